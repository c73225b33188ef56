/**
 * Preloaded into the processes of a ring (`--import`): each second it writes down how long the
 * longest turn of the event loop took, by the clock and of the processor. On a machine that others
 * use, too, a turn that had to wait for the processor is long by the clock alone.
 */
import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

import { TURNS_DIRECTORY, type Turns } from './turns.ts'

/** A turn is seen when it is longer than this. */
const LOOK_EVERY_MS = 5
const WRITE_EVERY_MS = 1_000

const directory = process.env[TURNS_DIRECTORY]
if (isMainThread && directory !== undefined) watch(`${directory}/${process.pid}`)

function watch(file: string): void {
  let atMs = performance.now()
  let cpuMs = threadCpuMs()
  let longestMs = 0
  let longestCpuMs = 0
  setInterval(() => {
    const nowMs = performance.now()
    const nowCpuMs = threadCpuMs()
    longestMs = Math.max(longestMs, nowMs - atMs - LOOK_EVERY_MS)
    longestCpuMs = Math.max(longestCpuMs, nowCpuMs - cpuMs)
    atMs = nowMs
    cpuMs = nowCpuMs
  }, LOOK_EVERY_MS).unref()
  setInterval(() => {
    const turns: Turns = { endMs: Date.now(), longestMs, longestCpuMs }
    appendFileSync(file, `${JSON.stringify(turns)}\n`)
    longestMs = longestCpuMs = 0
  }, WRITE_EVERY_MS).unref()
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
