/**
 * Members whose supervisor was killed notice it and stop; one that hangs cannot. A supervisor that
 * starts on their directory, which it holds by then, waits for them, and in the end kills them.
 */
import { setTimeout as sleep } from 'node:timers/promises'

import { tryText } from '../../base/bytes.ts'
import { isAnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Disk } from '../../effects/disk.ts'
import { memberDirectory, memberNames } from '../enrolment/ring-files.ts'
import { STOP_MS_MAX } from './times.ts'

/** A member that was abandoned ends by itself within STOP_MS_MAX. */
const ORPHAN_MS_MAX = STOP_MS_MAX + 2_000
const LOOK_EVERY_MS = 100

/** Returns when no process holds a member's directory. */
export async function endOrphans(
  effects: { readonly disk: Disk; readonly clock: Clock },
  say: (text: string) => void,
): Promise<void> {
  const { disk, clock } = effects
  const killFromMs = clock.nowMs() + ORPHAN_MS_MAX
  let isTold = false
  for (;;) {
    const held = await heldMembers(disk)
    if (held.length === 0) return
    if (!isTold) say(`waiting for ${held.join(', ')} of an earlier start to end`)
    isTold = true
    if (clock.nowMs() >= killFromMs) await killAll(disk, held)
    await sleep(LOOK_EVERY_MS)
  }
}

async function heldMembers(disk: Disk): Promise<readonly string[]> {
  const held: string[] = []
  for (const name of await memberNames(disk)) {
    try {
      const lock = await disk.lock(memberDirectory(name))
      await lock.release()
    } catch (thrown) {
      if (!isAnilloError(thrown, 'DATA_IN_USE')) throw thrown
      held.push(name)
    }
  }
  return held
}

/** The lock is held, so the process that wrote its pid there lives. */
async function killAll(disk: Disk, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const bytes = await disk.read(`${memberDirectory(name)}/pid`)
    const pid = bytes === undefined ? undefined : /^(\d{1,10})\s*$/.exec(tryText(bytes) ?? '')?.[1]
    if (pid === undefined) continue
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It ended in between; the next look tells.
    }
  }
}
