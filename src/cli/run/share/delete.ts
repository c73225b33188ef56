/** What `anillo share del` does. */
import { AnilloError, asAnilloError, isAnilloError } from '../../../base/errors.ts'
import type { AnilloClient } from '../../../client/client.ts'
import { isDownloadOver } from '../../../wire/download-states.ts'
import { EXIT, tellFailure, type ExitCode } from '../../failure.ts'
import { jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { quoted } from '../../quoted.ts'
import { reachRing } from '../../reach.ts'
import { downloadsNamed } from './order.ts'
import { isRootPrefix, onlyOne } from './root-prefix.ts'

const ID = /^[0-9a-f]{32}$/
const KEY = /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/

/** All of them; of what fails the others do not suffer. */
export async function runShareDelete(
  io: Io,
  typed: readonly string[],
  flags: DoorFlags,
): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  let exit: ExitCode = EXIT.done
  for (const one of typed) {
    try {
      await endOne(client, one)
      if (flags.json) jsonLine(io, { ended: one })
      else line(io.err, `${quoted(one)} is not shared any more`)
    } catch (thrown) {
      if (isAnilloError(thrown, 'RING_NOT_REACHABLE')) throw thrown
      const code = tellFailure(io, asAnilloError(thrown))
      if (exit === EXIT.done) exit = code
    }
  }
  return exit
}

/** A share, by name, id or root; or a download, by its id. @throws AnilloError NOT_FOUND */
async function endOne({ shares }: AnilloClient, typed: string): Promise<void> {
  const key = KEY.test(typed) ? typed : await keyOf(shares, typed)
  if (key === undefined) {
    const named = await downloadsNamed(shares, typed)
    if (!named.some(({ state }) => !isDownloadOver(state))) {
      throw new AnilloError('NOT_FOUND', { what: 'such share' })
    }
    const cancel = `npx anillo share cancel ${quoted(typed)}`
    throw new AnilloError('USAGE', { problem: `that is a download so far: ${cancel} ends it` })
  }
  try {
    await shares.end(key)
  } catch (thrown) {
    if (!ID.test(key) || !isAnilloError(thrown, 'NOT_FOUND')) throw thrown
    await shares.endDownload(key)
  }
}

/** Of that name, or else the only one whose root or id begins so. */
async function keyOf(shares: AnilloClient['shares'], typed: string): Promise<string | undefined> {
  const name = typed.normalize('NFC')
  const start = typed.toLowerCase()
  const begun: string[] = []
  for await (const share of shares.list()) {
    if (share.name === name) return share.id
    const isBegun = share.root.startsWith(start) || share.id.startsWith(start)
    if (isRootPrefix(start) && isBegun) begun.push(share.id)
  }
  return onlyOne(typed, begun)
}
