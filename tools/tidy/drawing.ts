/** Draws the layers into ARCHITECTURE.md, as a picture and a table, between two markers. */
import { LAYERS } from './layers.ts'
import type { Layer } from './layers.ts'

/** The page that holds the drawing. */
export const LAYERS_PAGE = 'ARCHITECTURE.md'

const BEGIN = '<!-- layers:begin -->'
const END = '<!-- layers:end -->'

/** How the picture marks what touches the world. */
const MARKS = { itself: '●', 'through effects': '○', pure: ' ' } as const
const FOLDER_WIDTH = 17

/** The page with its drawing renewed; unchanged where it has no markers, which is told as stale. */
export function layersDrawn(page: string, paths: Iterable<string>): string {
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) return `${BEGIN}\n${END}\n`
  return `${before}${BEGIN}\n\n${drawn([...paths])}\n\n${END}${after}`
}

/** Only layers that have files: it is a map of what is there. */
function drawn(paths: readonly string[]): string {
  const isThere = (folder: string): boolean => paths.some((path) => path.startsWith(`${folder}/`))
  const layers = LAYERS.filter(({ folder }) => isThere(folder)).map((layer) =>
    layer.importedBy === undefined
      ? layer
      : { ...layer, importedBy: layer.importedBy.filter(isThere) },
  )
  const ranks = [...new Set(layers.map(({ rank }) => rank))].toSorted((a, b) => b - a)
  const storeys = ranks.map((rank) => layers.filter((layer) => layer.rank === rank))
  return `${picture(storeys)}\n\n${table(storeys)}`
}

/** A house: each storey imports from those below. */
function picture(storeys: readonly (readonly Layer[])[]): string {
  const cells = Math.max(1, ...storeys.map((storey) => storey.length))
  const width = cells * (FOLDER_WIDTH + 3) + 5
  const rule = (ends: string): string => `${ends[0]}${'─'.repeat(width)}${ends[1]}`
  const rows = storeys.map((storey) => {
    const folders = storey.map(({ folder, touch }) => `${MARKS[touch]} ${folder}/`)
    const room = folders.map((text) => text.padEnd(FOLDER_WIDTH + 3)).join('')
    return `│ ${`${storey[0]?.rank}`.padStart(2)}  ${room}`.padEnd(width + 1).concat('│')
  })
  return [
    '```',
    rule('┌┐'),
    rows.join(`\n${rule('├┤')}\n`),
    rule('└┘'),
    `  ${MARKS.itself} touches the world   ${MARKS['through effects']} through src/effects alone   else: not at all`,
    '```',
  ].join('\n')
}

function table(storeys: readonly (readonly Layer[])[]): string {
  return [
    '| rank | folder | holds | touches the world | imports |',
    '|---|---|---|---|---|',
    ...storeys.flat().map(row),
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
