/** What `anillo share ls` and `share stat` do. */
import { sizeText } from '../../../base/size-text.ts'
import type { Download, Share, ShareContent, ShareLookup } from '../../../wire/api-shares.ts'
import { EXIT, type ExitCode } from '../../failure.ts'
import { inOneLine, jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { paintFor } from '../../paint.ts'
import { quoted } from '../../quoted.ts'
import { reachRing } from '../../reach.ts'
import { countText, dateText, type Column } from '../../table.ts'
import { toldEach } from '../../told.ts'

export interface ListFlags extends DoorFlags {
  readonly downloads?: true
}

export async function runShareList(io: Io, flags: ListFlags): Promise<ExitCode> {
  const { shares } = await reachRing(io, flags)
  if (flags.downloads === true) {
    const items = await shares.downloads()
    return toldEach(io, flags, { items, columns: DOWNLOADS, none: 'you have no downloads' })
  }
  return toldEach(io, flags, {
    items: shares.list(),
    columns: SHARES,
    none: 'the ring shares nothing: npx anillo share upload FILE',
  })
}

const ROOT_SHOWN = 16

function announcedText({ announcedAt, heldBack, mainline, nodes }: Share): string {
  // With the account of whoever shared it.
  if (heldBack !== undefined) return `rests (${heldBack})`
  const here = announcedAt === null || nodes === 0 ? 'not yet' : countText(nodes ?? 0, 'node')
  return mainline === undefined ? here : `${here}, ${mainline.nodes} of Mainline`
}

const SHARES: readonly Column<Share>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'SIZE', text: ({ bytes }) => sizeText(bytes), right: true },
  { title: 'BY', text: ({ by }) => by },
  { title: 'SINCE', text: ({ madeAt }) => dateText(madeAt) },
  {
    title: 'ANNOUNCED',
    text: announcedText,
  },
  { title: 'ROOT', text: ({ root }) => root.slice(0, ROOT_SHOWN) },
]

const DOWNLOADS: readonly Column<Download>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'SIZE', text: ({ bytes }) => (bytes === null ? '' : sizeText(bytes)), right: true },
  { title: 'STATE', text: ({ state }) => (state === 'joining' ? 'becoming a file' : state) },
  {
    title: 'HAS',
    text: ({ keptPieces, pieces }) =>
      pieces === 0 ? '' : `${keptPieces} of ${countText(pieces, 'piece')}`,
  },
  { title: 'PATH', text: ({ path, state }) => (state === 'done' ? path : '') },
  { title: 'ID', text: ({ id }) => id },
]

export async function runShareStat(io: Io, name: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const looked = await client.shares.lookup(name)
  if (flags.json) {
    jsonLine(io, looked)
    return EXIT.done
  }
  if (looked.contents.length === 0 && looked.texts.length === 0) {
    line(io.err, `nobody who can be reached shares ${quoted(name)} just now`)
    return EXIT.failed
  }
  tellLookup(io, looked)
  return EXIT.done
}

function tellLookup(io: Io, { contents, self, texts }: ShareLookup): void {
  const paint = paintFor(io, io.out)
  for (const [at, content] of contents.entries()) {
    if (at > 0) line(io.out, '')
    for (const told of contentLines(content, self)) line(io.out, told)
    for (const { url } of content.providers) line(io.out, `  ${paint('cyan', url)}`)
  }
  for (const text of texts) line(io.out, `text ${quoted(inOneLine(text))}`)
}

function contentLines(
  { bytes, publishers, root, share }: ShareContent,
  self: string,
): readonly string[] {
  const size = bytes === null ? 'of unknown size' : sizeText(bytes)
  const others = publishers.filter((publisher) => publisher !== self).length
  const who = [
    ...(share === undefined ? [] : ['this ring']),
    ...(others === 0 ? [] : [countText(others, 'publisher')]),
  ]
  if (root === null) return [`${size}, proven by nobody`]
  return [
    `root ${root}`,
    `${size}, shared by ${who.length === 0 ? 'nobody who signs' : who.join(' and ')}`,
  ]
}
