/** What `anillo member rotate-authority` does. */
import { setTimeout as pause } from 'node:timers/promises'

import { SECOND_MS } from '../../base/limits.ts'
import type { AuthorityRotation, Ring } from '../../wire/api.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { rotationText } from '../store-lines.ts'

const LOOK_EVERY_MS = SECOND_MS / 2
/** Where lines stay, as in the log of a job: often enough to see that it goes on. */
const SAY_EVERY_MS = 10 * SECOND_MS

/** Whoever ends the command ends the looking alone: the ring goes on by itself. */
export async function runRotateAuthority(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  let rotation: AuthorityRotation = await client.rotateAuthority()
  let ring: Ring = await client.ring()
  let saidMs = -Infinity
  using progress = new Progress(io, () => rotationText(ring, rotation))
  while (rotation.phase !== 'done') {
    if (flags.json) jsonLine(io, rotation)
    else if (!io.err.isTerminal && performance.now() - saidMs >= SAY_EVERY_MS) {
      progress.say(rotationText(ring, rotation))
      saidMs = performance.now()
    }
    await pause(LOOK_EVERY_MS)
    ring = await client.ring()
    rotation = ring.authority ?? rotation
  }
  if (flags.json) jsonLine(io, rotation)
  else tellDone(io, await client.ring())
  return EXIT.done
}

function tellDone(io: Io, { authorityFingerprint }: Ring): void {
  line(io.out, 'The ring has another authority, and all members have certificates of it.')
  if (authorityFingerprint === undefined) return
  line(io.out, `Its fingerprint, for clients of other machines: ${authorityFingerprint}`)
}
