/** Draws the table of layers into ARCHITECTURE.md, between two markers. */
import { LAYERS } from './layers.ts'
import type { Layer } from './layers.ts'

/** The page that holds the drawing. */
export const LAYERS_PAGE = 'ARCHITECTURE.md'

const BEGIN = '<!-- layers:begin -->'
const END = '<!-- layers:end -->'

/** The page with its drawing renewed; unchanged where it has no markers, which is told as stale. */
export function layersDrawn(page: string, paths: Iterable<string>): string {
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) return `${BEGIN}\n${END}\n`
  return `${before}${BEGIN}\n\n${table([...paths])}\n\n${END}${after}`
}

/** Only layers that have files: the table is a map of what is there. */
function table(paths: readonly string[]): string {
  const isThere = (folder: string): boolean => paths.some((path) => path.startsWith(`${folder}/`))
  const layers = LAYERS.filter(({ folder }) => isThere(folder)).map((layer) =>
    layer.importedBy === undefined
      ? layer
      : { ...layer, importedBy: layer.importedBy.filter(isThere) },
  )
  const ranks = [...new Set(layers.map(({ rank }) => rank))].toSorted((a, b) => b - a)
  const rows = ranks.flatMap((rank) => layers.filter((layer) => layer.rank === rank).map(row))
  return [
    '| rank | folder | holds | touches the world | imports |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function row(layer: Layer): string {
  const { rank, folder, holds } = layer
  return `| ${rank} | \`${folder}/\` | ${holds} | ${touches(layer)} | ${imports(layer)} |`
}

function touches({ touch }: Layer): string {
  return touch === 'pure' ? 'not at all' : touch
}

function imports({ rank, mayImport, importedBy, islands }: Layer): string {
  const notes = [rank === 0 ? 'nothing' : (mayImport?.map(code).join(', ') ?? 'all below')]
  if (islands === true) notes.push('its folders do not import each other')
  if (importedBy !== undefined) notes.push(`imported by ${importedBy.map(code).join(', ')} alone`)
  return notes.join('; ')
}

function code(folder: string): string {
  return `\`${folder}\``
}
