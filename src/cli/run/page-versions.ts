/** What `anillo pages versions`, `diff` and `delete` do. */
import { sizeText } from '../../base/size-text.ts'
import type { DiffOf, DiffLine, PageDiff, PageVersion } from '../../wire/api-pages.ts'
import { isMeant } from '../confirm.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { ConfirmedFlags, DoorFlags } from '../options.ts'
import { paintFor, type Paint } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { countText } from '../table.ts'
import { told } from '../told.ts'
import { pageNamed, shown } from './pages.ts'

export interface DiffFlags extends DoorFlags {
  readonly from?: string
  readonly to?: string
  readonly of: DiffOf
}

export async function runPageVersions(io: Io, named: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { id } = await pageNamed(client, named)
  const paint = paintFor(io, io.out)
  for await (const version of client.versions.of(id)) {
    if (flags.json) jsonLine(io, version)
    else line(io.out, versionLine(version, paint))
  }
  return EXIT.done
}

export async function runPageDiff(io: Io, named: string, flags: DiffFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { id } = await pageNamed(client, named)
  const { from, of, to } = flags
  const asked = { of, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  const diff = await client.versions.diff(id, asked)
  return told(io, flags, { json: diff, text: diffTexts(diff, paintFor(io, io.out)) })
}

export async function runDeletePage(
  io: Io,
  named: string,
  flags: ConfirmedFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { id, url } = await pageNamed(client, named)
  const question = `Delete ${shown(url)} with all its versions? Type yes: `
  const doubt = { question, answer: 'yes', command: `pages delete ${id}` }
  if (!(await isMeant(io, flags, doubt))) return EXIT.failed
  const { versions } = await client.versions.remove(id)
  const text = `${shown(url)} is deleted: ${countText(versions, 'version')}`
  return told(io, flags, { json: { deleted: id, versions }, text })
}

/** The instant as `--from` and `--to` take it. */
export function versionLine(version: PageVersion, paint: Paint): string {
  const { at, bytes, fetchedAt, importedAt, isHeld, status, title } = version
  const seen = fetchedAt === at ? '' : `, seen until ${fetchedAt}`
  const by = importedAt === undefined ? '' : ', imported'
  const held = isHeld ? ', held' : ''
  const named = title === null ? '' : `  ${paint('dim', shown(title))}`
  const facts = `${paint('bold', at)}  ${status}  ${sizeText(bytes).padStart(SIZE_CHARS)}`
  return `${facts}${named}${seen}${by}${held}`
}

const SIZE_CHARS = 8

/** As unified diffs are written, so that other programs read it; changed words are bold. */
export function diffTexts(diff: PageDiff, paint: Paint): readonly string[] {
  const { from, hunks, to } = diff
  if (from.at === to.at) return [`there is one version, of ${to.at}`]
  const statuses = from.status === to.status ? [] : [`status ${from.status} became ${to.status}`]
  const heads = [paint('red', `--- ${from.at}`), paint('green', `+++ ${to.at}`), ...statuses]
  if (hunks.length === 0) return [...heads, `no difference in the ${diff.of}`]
  return [
    ...heads,
    ...hunks.flatMap((hunk) => {
      const counted = (but: DiffLine['kind']): number =>
        hunk.lines.filter(({ kind }) => kind !== but).length
      const place = `@@ -${hunk.from},${counted('added')} +${hunk.to},${counted('removed')} @@`
      return [paint('cyan', place), ...hunk.lines.map((one) => lineText(one, paint))]
    }),
  ]
}

function lineText({ kind, parts }: DiffLine, paint: Paint): string {
  if (kind === 'same') return ` ${parts.map(({ text }) => shownLine(text)).join('')}`
  const [sign, colour] = kind === 'added' ? (['+', 'green'] as const) : (['-', 'red'] as const)
  const text = parts.map((part) => {
    const visible = shownLine(part.text)
    return part.isChanged === true ? paint('bold', visible) : visible
  })
  return paint(colour, sign + text.join(''))
}

/** Cells of a row are parted by tabs. */
function shownLine(text: string): string {
  return text.split('\t').map(shown).join('\t')
}
