/**
 * Whether a process works, as Linux tells in /proc (proc_pid_stat(5)): one that was stopped, or
 * waits for ever, uses no time of the processor; one that is late does, or waits in the queue.
 */
import { readFileSync } from 'node:fs'

/** Running or waiting for the processor; waiting for the disk, which no signal ends. */
const AT_WORK = new Set(['R', 'D'])
/**
 * Of the fields behind the name: state, and ticks of the processor for itself and in the kernel.
 */
const STATE = 0
const OWN_TICKS = 11
const KERNEL_TICKS = 12

/** Each call looks, and compares with the call before. */
export function workWatch(pid: number | undefined): () => boolean {
  let before = 0
  return () => {
    const fields = statOf(pid)
    if (fields === undefined) return false
    const ticks = Number(fields[OWN_TICKS]) + Number(fields[KERNEL_TICKS])
    const hasGrown = ticks > before
    before = ticks
    return hasGrown || AT_WORK.has(fields[STATE] ?? '')
  }
}

function statOf(pid: number | undefined): readonly string[] | undefined {
  if (pid === undefined) return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name stands in brackets, and may hold anything, brackets too.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
