/** What `anillo share upload` does. */
import { basename, resolve } from 'node:path'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { sizeText } from '../../../base/size-text.ts'
import type { AnilloClient } from '../../../client/client.ts'
import type { NewShare, Share } from '../../../wire/api-shares.ts'
import { fileInstant } from '../../../wire/file-times.ts'
import { EXIT, type ExitCode } from '../../failure.ts'
import { jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { Progress } from '../../progress.ts'
import { quoted } from '../../quoted.ts'
import { reachAllDoors } from '../../reach.ts'
import { estimateText } from '../../table.ts'
import { TransferRate } from '../../transfer-rate.ts'
import { localFile, localSource } from '../files/local-files.ts'
import { ringPath } from '../files/ring-path.ts'

export interface UploadFlags extends DoorFlags {
  readonly ring?: true
  readonly as?: string
}

const HASHING_PAUSE_MS = SECOND_MS

export async function runShareUpload(io: Io, typed: string, flags: UploadFlags): Promise<ExitCode> {
  const client = await reachAllDoors(io, flags)
  const path = flags.ring === true ? ringPath(typed).path : await put(io, client, typed, flags)
  const name = flags.as === undefined ? {} : { name: flags.as }
  const share = await sharedOrTold(io, client, { ask: { path, ...name }, flags })
  if (flags.json) jsonLine(io, share)
  else tell(io, share)
  return EXIT.done
}

/** Into Shared of the home of who asks. @returns where */
async function put(
  io: Io,
  client: AnilloClient,
  typed: string,
  flags: UploadFlags,
): Promise<string> {
  const local = await localFile(typed)
  if (local === 'folder') {
    const problem = `${quoted(typed)} is a folder: files are shared one by one.`
    throw new AnilloError('USAGE', { problem })
  }
  if (local.bytes === 0) throw new AnilloError('SHARE_EMPTY', { path: typed })
  const { nick } = await client.accounts.me()
  if (nick === null) throw new AnilloError('LOGIN_FIRST')
  const folder = `/home/${nick}/Shared`
  const own = basename(resolve(typed)).normalize('NFC')
  const path = `${folder}/${own}`
  const source = localSource(local)
  await demandFreeName(client, flags.as?.normalize('NFC') ?? own, local.bytes, source)
  await client.files.makeFolder(folder, { parents: true })
  const present = await client.files.find(path)
  if (present?.bytes === local.bytes && present.sha256 === (await source.sha256())) return path
  const rate = new TransferRate(performance.now())
  let sent = 0
  using _ = new Progress(io, () => sendingText(rate, sent, local.bytes))
  await client.files.uploads.put(path, source, {
    modifiedAt: fileInstant(local.modifiedMs),
    onSent: (bytes) => {
      sent = bytes
    },
  })
  return path
}

/** Before anything is sent. @throws AnilloError SHARE_NAME_TAKEN */
async function demandFreeName(
  { shares }: AnilloClient,
  name: string,
  bytes: number,
  source: Pick<ReturnType<typeof localSource>, 'sha256'>,
): Promise<void> {
  for await (const share of shares.list()) {
    if (share.name !== name) continue
    if (share.bytes === bytes && share.sha256 === (await source.sha256())) return
    throw new AnilloError('SHARE_NAME_TAKEN', { name })
  }
}

function sendingText(rate: TransferRate, sent: number, bytes: number): string {
  const nowMs = performance.now()
  rate.moved(sent, nowMs)
  const perSecond = rate.bytesPerSecond(sent, nowMs)
  const share = `${sizeText(sent)} of ${sizeText(bytes)}`
  if (perSecond === undefined || perSecond < 1) return share
  const left = estimateText(((bytes - sent) * SECOND_MS) / perSecond)
  return `${share}, ${sizeText(perSecond)}/s, about ${left} left`
}

/** What was sent stays, whatever becomes of it: who is refused reads where. */
async function sharedOrTold(
  io: Io,
  client: AnilloClient,
  { ask, flags }: { readonly ask: NewShare; readonly flags: UploadFlags },
): Promise<Share> {
  try {
    return await shared(io, client, ask)
  } catch (thrown) {
    if (flags.ring !== true) line(io.err, `the file stays in the ring, at ${quoted(ask.path)}`)
    throw thrown
  }
}

/** The ring reads a large file for a while before it can share it. */
async function shared(io: Io, client: AnilloClient, ask: NewShare): Promise<Share> {
  let percent = ''
  using _ = new Progress(io, () => `hashing${percent}`)
  for (;;) {
    try {
      return await client.shares.share(ask)
    } catch (thrown) {
      if (!isAnilloError(thrown, 'SHARE_HASHING')) throw thrown
      percent = ` (${String(thrown.details['percent'])} %)`
      await new Promise((resolve_) => setTimeout(resolve_, HASHING_PAUSE_MS))
    }
  }
}

function tell(io: Io, { bytes, magnet, name, urls }: Share): void {
  line(io.out, `${quoted(name)} is shared with everybody (${sizeText(bytes)})`)
  for (const url of urls) line(io.out, url)
  line(io.out, magnet)
  if (urls.length > 0) return
  line(
    io.err,
    'anillo: nobody outside reaches it yet: no member has a door beyond its own machine.',
  )
  line(io.err, '  “npx anillo member --http-host ADDRESS” opens one (docs/share.md).')
}
