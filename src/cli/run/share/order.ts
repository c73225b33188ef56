/** What `anillo share pause` and `share resume` do. */
import { AnilloError } from '../../../base/errors.ts'
import { sizeText } from '../../../base/size-text.ts'
import type { AnilloClient } from '../../../client/client.ts'
import type { DownloadOrder } from '../../../wire/api-shares.ts'
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
  const id = ID.test(typed) ? typed : await goingOn(shares, typed)
  const download = await shares.orderDownload(id, order)
  if (flags.json) {
    jsonLine(io, download)
    return EXIT.done
  }
  const { bytes, name, receivedBytes } = download
  const has = bytes === null ? '' : `, ${sizeText(receivedBytes)} of ${sizeText(bytes)} are there`
  line(io.err, `${quoted(name)} ${order === 'pause' ? 'is paused' : 'goes on'}${has}`)
  return EXIT.done
}

/** By its name: the newest that is not over. @throws AnilloError NOT_FOUND */
async function goingOn(shares: AnilloClient['shares'], typed: string): Promise<string> {
  const name = typed.normalize('NFC')
  const all = await shares.downloads()
  const found = all.find((one) => one.name === name && !isDownloadOver(one.state))
  if (found === undefined) throw new AnilloError('NOT_FOUND', { what: 'such download' })
  return found.id
}
