/** What `anillo share download` does. */
import { join } from 'node:path'

import { AnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { sizeText } from '../../../base/size-text.ts'
import type { AnilloClient } from '../../../client/client.ts'
import type { Download, NewDownload } from '../../../wire/api-shares.ts'
import { waitOf, type DownloadWait } from '../../../wire/download-waits.ts'
import { shareAddressOf } from '../../../wire/share-address.ts'
import { EXIT, type ExitCode } from '../../failure.ts'
import { jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { Progress } from '../../progress.ts'
import { quoted } from '../../quoted.ts'
import { reachAllDoors } from '../../reach.ts'
import { countText, estimateText } from '../../table.ts'
import { fetchFile } from '../files/fetch-file.ts'
import { nameOf, ringPath } from '../files/ring-path.ts'
import { isRoot, isRootPrefix, onlyOne } from './root-prefix.ts'

export interface DownloadFlags extends DoorFlags {
  readonly root?: string
  readonly url?: string
  readonly to?: string
  readonly keep?: true
  readonly replace?: true
}

export async function runShareDownload(
  io: Io,
  typed: string | undefined,
  flags: DownloadFlags,
): Promise<ExitCode> {
  if (typed === undefined && flags.root === undefined) {
    const problem = 'give a name, a magnet link, or --root with the root of a content'
    throw new AnilloError('USAGE', { problem })
  }
  const client = await reachAllDoors(io, flags)
  const begun = await client.shares.download(await askOf(client, typed, flags))
  const done = await followed(io, { client, begun, flags })
  if (done.state !== 'done') {
    line(io.err, done.problem?.text ?? 'the download was cancelled')
    return EXIT.failed
  }
  const { path, verified } = done
  if (begun.state === 'done') line(io.err, 'the ring has it already, and shares it')
  if (!verified) line(io.err, 'nobody gave hashes of it: what came may be anything')
  if (done.unshared !== undefined) line(io.err, `it is not shared on: ${done.unshared.text}`)
  if (flags.keep === true) {
    if (flags.json !== true) line(io.out, `${quoted(path)} is in the ring`)
    return EXIT.done
  }
  await fetch(io, { client, path, name: localName(nameOf(path), typed), flags })
  return EXIT.done
}

async function askOf(
  client: AnilloClient,
  typed: string | undefined,
  { root, to, url }: DownloadFlags,
): Promise<NewDownload> {
  const what = whatOf(typed)
  return {
    ...what,
    ...(root === undefined ? {} : { root: await wholeRoot(client, what.name, root) }),
    ...(url === undefined ? {} : { url }),
    ...(to === undefined ? {} : { path: ringPath(to).path }),
  }
}

/** An address of a share is what it leads to, and who has it. */
function whatOf(typed: string | undefined): NewDownload {
  if (typed === undefined) return {}
  if (isMagnet(typed)) return { magnet: typed }
  const address = shareAddressOf(typed)
  if (address === undefined) return { name: typed }
  const { kind: _, ...what } = address
  return what
}

/** As it was typed, or the only one under the name that begins so. */
async function wholeRoot(
  { shares }: AnilloClient,
  name: string | undefined,
  typed: string,
): Promise<string> {
  const root = typed.toLowerCase()
  if (name === undefined || !isRootPrefix(root)) return root
  const { contents } = await shares.lookup(name)
  const known = contents.flatMap((content) => content.root ?? [])
  return (
    onlyOne(
      typed,
      known.filter((one) => one.startsWith(root)),
    ) ?? root
  )
}

function isMagnet(typed: string): boolean {
  return /^magnet:/i.test(typed)
}

/**
 * Where nobody typed the name, whoever made the link, or has the content, chose it: no file comes
 * of it that programs read, and nobody sees.
 */
export function localName(name: string, typed: string | undefined): string {
  const isTyped =
    typed !== undefined && !isMagnet(typed) && !isRoot(typed) && shareAddressOf(typed) === undefined
  return isTyped ? name : name.replace(/^\.+/, '_')
}

/** As it ended. */
async function followed(
  io: Io,
  {
    begun,
    client,
    flags,
  }: { readonly client: AnilloClient; readonly begun: Download; readonly flags: DownloadFlags },
): Promise<Download> {
  let latest = begun
  const dropped = new Set<string>()
  using progress = new Progress(io, () => progressText(latest))
  const stop = new AbortController()
  for await (const told of client.shares.watch(begun.id, stop.signal)) {
    latest = told
    if (flags.json) jsonLine(io, told)
    for (const { state, url, why } of told.sources) {
      if (state !== 'dropped' || dropped.has(url)) continue
      dropped.add(url)
      progress.say(`${url} was given up: ${WHY[why ?? ''] ?? 'it does not answer'}`)
    }
  }
  return latest
}

const WAITS: Readonly<Record<DownloadWait, string>> = {
  private: 'its only addresses are in private networks; the setting sharePrivate on allows them',
  anybody: 'nobody who can be reached has the rest; waiting for somebody',
}

const WHY: Readonly<Record<string, string>> = {
  corrupt: 'it sent wrong bytes',
  forbidden: 'its address may not be asked',
  gone: 'it does not have it any more',
  silent: 'it fell silent',
  slow: 'it is too slow',
  refused: 'it refuses connections',
  busy: 'it is too busy',
}

export function progressText(download: Download): string {
  const { bytes, bytesPerSecond, name, problem, receivedBytes, secondsLeft, sources, state } =
    download
  if (state === 'paused') {
    const resume = `npx anillo share resume ${quoted(name)} goes on with it`
    return `paused: ${problem === undefined ? resume : problem.text}`
  }
  if (state === 'joining') return 'becoming a file'
  const wait = waitOf(download)
  if (wait === 'private') return WAITS.private
  if (bytes === null || state === 'looking') return 'looking for who has it'
  const active = sources.filter((source) => source.state === 'active').length
  const has = `${sizeText(receivedBytes)} of ${sizeText(bytes)}`
  if (wait !== undefined) return `${has}: ${WAITS[wait]}`
  const share = `${has} from ${countText(active, 'source')}`
  if (secondsLeft === null) return share
  const left = estimateText(secondsLeft * SECOND_MS)
  return `${share}, ${sizeText(bytesPerSecond)}/s, about ${left} left`
}

/** Onto this disk, as `get` does it. */
async function fetch(
  io: Io,
  {
    client,
    flags,
    name,
    path,
  }: {
    readonly client: AnilloClient
    readonly path: string
    readonly name: string
    readonly flags: DownloadFlags
  },
): Promise<void> {
  const entry = await client.files.stat(path)
  const to = join('.', name)
  let bytes = 0
  {
    using _ = new Progress(
      io,
      () => `${sizeText(bytes)} of ${sizeText(entry.bytes)} to this folder`,
    )
    const moved = (count: number): void => {
      bytes = count
    }
    await fetchFile(client, { entry, to, replace: flags.replace === true, moved })
  }
  if (flags.json !== true) line(io.out, to)
}
