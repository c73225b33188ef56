/**
 * Preloaded into members (`--import`): how late the event loop was, written down when it gets
 * SIGUSR2, and counted anew from then on.
 */
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

import { STALLS_DIRECTORY, type Stalls } from './stalls.ts'

const RESOLUTION_MS = 1
const NS_A_MS = 1e6

const directory = process.env[STALLS_DIRECTORY]
if (isMainThread && directory !== undefined) watch(`${directory}/${process.pid}`)

function watch(file: string): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const late = (ns: number): number => Math.max(0, ns / NS_A_MS - RESOLUTION_MS)
  process.on('SIGUSR2', () => {
    const stalls: Stalls = { p99Ms: late(delay.percentile(99)), mostMs: late(delay.max) }
    delay.reset()
    writeFileSync(file, JSON.stringify(stalls))
  })
}
