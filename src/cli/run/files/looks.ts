/** What `anillo ls` and `anillo stat` do. */
import { sizeText } from '../../../base/size-text.ts'
import type { AnilloClient } from '../../../client/client.ts'
import type { FileEntry } from '../../../wire/api-files.ts'
import type { ExitCode } from '../../failure.ts'
import { jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { paintFor } from '../../paint.ts'
import { reachRing } from '../../reach.ts'
import { dateText, tableLines, type Column } from '../../table.ts'
import { each } from './changes.ts'
import { ringPath, within } from './ring-path.ts'

export interface ListFlags extends DoorFlags {
  readonly recursive?: true
}

interface Row {
  readonly entry: FileEntry
  /** As it is shown. */
  readonly name: string
}

/** So many lines are laid out together: the first of a long list need not wait for its end. */
const ROWS_AT_ONCE = 1_000

export async function runList(
  io: Io,
  paths: readonly string[],
  flags: ListFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const asked = paths.length === 0 ? ['/'] : paths
  let shown = 0
  return each(io, asked, async (typed) => {
    const { path } = ringPath(typed)
    const entry = await client.files.stat(path)
    if (asked.length > 1 && flags.json !== true) {
      line(io.out, `${shown++ === 0 ? '' : '\n'}${path}:`)
    }
    await show(io, rowsOf(client, { entry, path }, flags), flags)
  })
}

async function* rowsOf(
  { files }: AnilloClient,
  { entry, path }: { readonly entry: FileEntry; readonly path: string },
  { recursive }: ListFlags,
): AsyncGenerator<Row> {
  if (entry.kind === 'file') {
    yield { entry, name: entry.name }
    return
  }
  const waiting = [{ path, shown: '' }]
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const below: typeof waiting = []
    for await (const found of files.list(folder.path)) {
      const shown = folder.shown + found.name
      const isFolder = found.kind === 'folder'
      yield { entry: found, name: isFolder ? `${shown}/` : shown }
      if (isFolder) below.push({ path: within(folder.path, found.name), shown: `${shown}/` })
    }
    if (recursive === true) waiting.unshift(...below)
  }
}

async function show(io: Io, rows: AsyncIterable<Row>, { json }: ListFlags): Promise<void> {
  const paint = paintFor(io, io.out)
  let held: Row[] = []
  const flush = (): void => {
    const [, ...lines] = tableLines(columnsWith(paint), held)
    for (const text of lines) line(io.out, text)
    held = []
  }
  for await (const row of rows) {
    if (json) {
      jsonLine(io, row.entry)
      continue
    }
    held.push(row)
    if (held.length === ROWS_AT_ONCE) flush()
  }
  if (held.length > 0) flush()
}

function columnsWith(paint: ReturnType<typeof paintFor>): readonly Column<Row>[] {
  return [
    {
      title: '',
      text: ({ entry }) => (entry.kind === 'folder' ? '' : sizeText(entry.bytes)),
      right: true,
    },
    { title: '', text: ({ entry }) => paint('dim', dateText(entry.modifiedAt)) },
    { title: '', text: ({ entry }) => paint('dim', entry.owner) },
    {
      title: '',
      text: ({ entry, name }) => (entry.kind === 'folder' ? paint('cyan', name) : name),
    },
  ]
}

export async function runStat(
  io: Io,
  paths: readonly string[],
  flags: DoorFlags,
): Promise<ExitCode> {
  const { files } = await reachRing(io, flags)
  let shown = 0
  return each(io, paths, async (typed) => {
    const entry = await files.stat(ringPath(typed).path)
    if (flags.json) jsonLine(io, entry)
    else tellEntry(io, entry, shown++)
  })
}

function tellEntry(io: Io, entry: FileEntry, at: number): void {
  const { access, bytes, createdAt, etag, kind, modifiedAt, owner, path, sha256 } = entry
  if (at > 0) line(io.out)
  line(io.out, path)
  const rows = [
    ['kind', kind],
    ...(kind === 'file' ? [['size', `${sizeText(bytes)} (${bytes} bytes)`]] : []),
    ['modified', modifiedAt],
    ['created', createdAt],
    ['owner', owner],
    ['you may', ACCESS[access]],
    ...(sha256 === undefined ? [] : [['SHA-256', sha256]]),
    ['ETag', etag],
  ]
  for (const [name = '', value = ''] of rows) line(io.out, `  ${name.padEnd(9)} ${value}`)
}

const ACCESS: Readonly<Record<FileEntry['access'], string>> = {
  read: 'read it',
  write: 'read and change it',
  own: 'read, change and share it',
}
