/** What `anillo dweet save` does. */
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join, parse } from 'node:path'

import { sizeText } from '../../base/size-text.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { Attachment } from '../../wire/api-attachments.ts'
import type { ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { OutFile, outputError } from '../out-file.ts'
import { reachRing } from '../reach.ts'
import { toldEach } from '../told.ts'

export interface SaveFlags extends DoorFlags {
  readonly out?: string
  /** For moderators. */
  readonly reported?: true
}

/** Of one name. */
const TRIES_MAX = 1_000

interface Saved {
  readonly path: string
  readonly bytes: number
}

export async function runSave(io: Io, id: string, flags: SaveFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const isReported = flags.reported === true
  const attachments = await (isReported ? reportedOf(client, id) : shownOf(client, id))
  const { out: directory = '.' } = flags
  if (attachments.length > 0) {
    await mkdir(directory, { recursive: true }).catch((thrown: unknown) => {
      throw outputError(directory, thrown)
    })
  }
  const items: Saved[] = []
  for (const one of attachments) items.push(await saveOne(client, one, directory))
  return toldEach(io, flags, {
    items,
    columns: [
      { title: 'saved as', text: ({ path }) => path },
      { title: 'size', text: ({ bytes }) => sizeText(bytes), right: true },
    ],
    none: 'nothing is shown with that dweet',
  })
}

async function shownOf({ dweets }: AnilloClient, id: string): Promise<readonly Attachment[]> {
  return (await dweets.dweet(id)).attachments ?? []
}

async function reportedOf({ dweets }: AnilloClient, id: string): Promise<readonly Attachment[]> {
  return (await dweets.reports.find(id)).dweet?.now?.attachments ?? []
}

/** Under another name until it is whole. */
async function saveOne(
  client: AnilloClient,
  { bytes, name, sha256, url }: Attachment,
  directory: string,
): Promise<Saved> {
  const path = await freePath(directory, plainName(name))
  const unfinished = `${path}.part`
  try {
    await using file = await OutFile.create(unfinished)
    const ask = { address: url, path: name, etag: `"${sha256}"`, from: 0, to: bytes }
    for await (const piece of client.files.downloads.read(ask)) await file.write(piece)
    await rename(unfinished, path).catch((thrown: unknown) => {
      throw outputError(path, thrown)
    })
    return { path, bytes }
  } catch (thrown) {
    await rm(unfinished, { force: true })
    throw thrown
  }
}

/** What somebody else called it: one name, that hides nothing and leads nowhere. */
export function plainName(name: string): string {
  const plain = basename(name.replaceAll('\\', '/'))
    .replaceAll(/[\p{C}<>:"|?*]/gu, '_')
    .replace(/^\.+/, '')
    .trim()
  return plain === '' ? 'file' : plain
}

/** `sea.png`, `sea (1).png`, … */
async function freePath(directory: string, name: string): Promise<string> {
  const { ext, name: stem } = parse(name)
  for (let count = 0; count < TRIES_MAX; count++) {
    const path = join(directory, count === 0 ? name : `${stem} (${count})${ext}`)
    if (!(await isThere(path)) && !(await isThere(`${path}.part`))) return path
  }
  throw outputError(join(directory, name), new Error('there are too many of that name'))
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
