/** What processes use, as Linux counts it (proc(5)). */
import { readFile } from 'node:fs/promises'

import { MIB } from '../../src/base/limits.ts'

export interface Usage {
  readonly cpuSeconds: number
  readonly rssMib: number
}

/** Of `/proc/PID/stat`, in hundredths of a second on every Linux (USER_HZ). */
const TICKS_A_SECOND = 100

/** Behind the name in brackets, which may hold spaces: user and system time. */
const USER_FIELD = 11
const SYSTEM_FIELD = 12

const RSS = /^VmRSS:\s+(\d+)/m

/** Of all together; a process that is gone counts for nothing. */
export async function usageOf(pids: readonly number[]): Promise<Usage> {
  const usages = await Promise.all(pids.map(usageOfOne))
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    rssMib: usages.reduce((sum, { rssMib }) => sum + rssMib, 0),
  }
}

async function usageOfOne(pid: number): Promise<Usage> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return { cpuSeconds: ticks / TICKS_A_SECOND, rssMib: mibIn(status, RSS) }
  } catch {
    return { cpuSeconds: 0, rssMib: 0 }
  }
}

/** Of one process, in MiB. */
export interface Memory {
  readonly rssMib: number
  /** What it shares with others is divided among them. */
  readonly pssMib: number
  /** Most that `rssMib` ever was. */
  readonly peakMib: number
}

export async function memoryOf(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  return {
    rssMib: mibIn(status, RSS),
    pssMib: mibIn(rollup, /^Pss:\s+(\d+)/m),
    peakMib: mibIn(status, /^VmHWM:\s+(\d+)/m),
  }
}

function mibIn(text: string, kib: RegExp): number {
  return (Number(kib.exec(text)?.[1] ?? 0) * 1_024) / MIB
}
