/** What `anillo share pause`, `share resume` and `share cancel` do. */
import { AnilloError } from '../../../base/errors.ts'
import { sizeText } from '../../../base/size-text.ts'
import type { AnilloClient } from '../../../client/client.ts'
import type { Download, DownloadOrder } from '../../../wire/api-shares.ts'
import { isDownloadOver } from '../../../wire/download-states.ts'
import { EXIT, type ExitCode } from '../../failure.ts'
import { jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { quoted } from '../../quoted.ts'
import { reachRing } from '../../reach.ts'

const ID = /^[0-9a-f]{32}$/

export async function runShareOrder(
  io: Io,
  { order, typed }: { readonly order: DownloadOrder; readonly typed: string },
  flags: DoorFlags,
): Promise<ExitCode> {
  const { shares } = await reachRing(io, flags)
  const download = await shares.orderDownload(await goingOn(shares, typed), order)
  if (flags.json) jsonLine(io, download)
  else line(io.err, `${quoted(download.name)} ${outcomeText(order, download)}`)
  return EXIT.done
}

/** What was on its way when it was paused is kept yet: how much that is shows later. */
function outcomeText(order: DownloadOrder, { bytes, receivedBytes }: Download): string {
  if (order === 'pause') return 'is paused, and keeps what it has'
  if (bytes === null) return 'goes on'
  return `goes on, ${sizeText(receivedBytes)} of ${sizeText(bytes)} are there`
}

/** What is there of it goes. What is over already is left as it is. */
export async function runShareCancel(io: Io, typed: string, flags: DoorFlags): Promise<ExitCode> {
  const { shares } = await reachRing(io, flags)
  const id = await goingOn(shares, typed)
  const { name, state } = await shares.findDownload(id)
  if (isDownloadOver(state)) throw new AnilloError('DOWNLOAD_OVER')
  await shares.endDownload(id)
  if (flags.json) jsonLine(io, { cancelled: id })
  else line(io.err, `the download of ${quoted(name)} is cancelled, and what was there of it goes`)
  return EXIT.done
}

/**
 * The id; by a name, of the newest that is not over. @throws AnilloError NOT_FOUND, DOWNLOAD_OVER
 */
async function goingOn(shares: AnilloClient['shares'], typed: string): Promise<string> {
  if (ID.test(typed)) return typed
  const named = await downloadsNamed(shares, typed)
  const found = named.find(({ state }) => !isDownloadOver(state))
  if (found !== undefined) return found.id
  if (named.length > 0) throw new AnilloError('DOWNLOAD_OVER')
  throw new AnilloError('NOT_FOUND', { what: 'such download' })
}

/** Newest first. */
export async function downloadsNamed(
  shares: AnilloClient['shares'],
  typed: string,
): Promise<readonly Download[]> {
  const name = typed.normalize('NFC')
  return (await shares.downloads()).filter((one) => one.name === name)
}
