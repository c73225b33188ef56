/**
 * Runs targets case after case, from one seed, and looks for what no case can see by itself: what
 * the process throws, and what it holds when all is quiet.
 */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'

import { SeededChance } from '../../src/base/random.ts'
import { codecTarget } from './codec-target.ts'
import { httpTarget } from './http-target.ts'
import { kademliaTarget } from './kademlia-target.ts'
import { mainlineTarget } from './mainline-target.ts'
import { rpcTarget } from './rpc-target.ts'
import { socketTarget } from './socket-target.ts'
import type { FuzzTarget } from './target.ts'
import { tokenTarget } from './token-target.ts'

export const TARGETS = {
  codec: codecTarget,
  http: httpTarget,
  kademlia: kademliaTarget,
  mainline: mainlineTarget,
  rpc: rpcTarget,
  socket: socketTarget,
  token: tokenTarget,
} as const
export type TargetName = keyof typeof TARGETS

/** Conversations under way at once, where a target mostly waits. */
const LANES: Readonly<Record<TargetName, number>> = {
  codec: 1,
  http: 40,
  kademlia: 1,
  mainline: 1,
  rpc: 6,
  socket: 1,
  token: 1,
}
/** Until code is compiled and pools are filled, what is held grows by itself. */
const WARM_UP_CASES: Readonly<Record<TargetName, number>> = {
  codec: 2_000,
  http: 300,
  kademlia: 3_000,
  mainline: 3_000,
  rpc: 60,
  socket: 2_000,
  token: 300,
}
/** More than a runtime's own doing in an hour; a leak of a KiB a case is far above it. */
const HEAP_GROWTH_BYTES_MAX = 48 * 1024 * 1024
const HANDLES_GROWTH_MAX = 4
const REST_MS_MAX = 40_000

export interface FuzzRequest {
  readonly target: TargetName
  readonly seed: number
  /** It ends with the first of both. */
  readonly cases: number
  readonly forMs: number
}

export interface FuzzReport {
  readonly cases: number
  readonly ms: number
  readonly heapGrowthBytes: number
  readonly handlesGrowth: number
}

/** @throws Error that names the seed of the case that failed */
export async function runFuzz(request: FuzzRequest): Promise<FuzzReport> {
  const thrown: unknown[] = []
  const notice = (error: unknown): void => void thrown.push(error)
  process.on('uncaughtException', notice)
  process.on('unhandledRejection', notice)
  try {
    await using target = await TARGETS[request.target]()
    return await runCases(target, request, thrown)
  } finally {
    process.off('uncaughtException', notice)
    process.off('unhandledRejection', notice)
  }
}

async function runCases(
  target: FuzzTarget,
  { cases, forMs, seed, target: name }: FuzzRequest,
  thrown: readonly unknown[],
): Promise<FuzzReport> {
  const run = { target, seed, lanes: LANES[name], thrown }
  const warm = Math.min(cases, WARM_UP_CASES[name])
  const beganMs = performance.now()
  await runRange(run, { from: 0, to: warm, untilMs: beganMs + forMs })
  await target.rest()
  const before = await holdings()
  const done = await runRange(run, { from: warm, to: cases, untilMs: beganMs + forMs })
  await target.rest()
  const after = await holdingsBelow(before)
  const growth = {
    heapGrowthBytes: after.heapBytes - before.heapBytes,
    handlesGrowth: after.handles - before.handles,
  }
  assert.ok(
    growth.heapGrowthBytes < HEAP_GROWTH_BYTES_MAX,
    `memory grew: ${JSON.stringify(growth)}`,
  )
  assert.ok(growth.handlesGrowth <= HANDLES_GROWTH_MAX, `handles grew: ${JSON.stringify(growth)}`)
  return { cases: done, ms: performance.now() - beganMs, ...growth }
}

interface Run {
  readonly target: FuzzTarget
  readonly seed: number
  readonly lanes: number
  readonly thrown: readonly unknown[]
}

/** @returns how many cases were begun in all */
async function runRange(
  { lanes, seed, target, thrown }: Run,
  range: { readonly from: number; readonly to: number; readonly untilMs: number },
): Promise<number> {
  let next = range.from
  const lane = async (): Promise<void> => {
    while (next < range.to && performance.now() < range.untilMs) {
      const number = next++
      const about = `${target.name}: case ${number} of seed ${seed}`
      try {
        await target.run(new SeededChance(seed * 2 ** 24 + number))
      } catch (cause) {
        throw new Error(`${about}: ${cause instanceof Error ? cause.message : ''}`, { cause })
      }
      if (thrown.length > 0) throw new Error(`${about}, or one before it`, { cause: thrown[0] })
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return next
}

interface Holdings {
  readonly heapBytes: number
  /** Files and connections of the process. */
  readonly handles: number
}

/** What others are about to let go of is waited for. */
async function holdingsBelow(before: Holdings): Promise<Holdings> {
  const untilMs = performance.now() + REST_MS_MAX
  for (;;) {
    const now = await holdings()
    if (now.handles <= before.handles || performance.now() > untilMs) return now
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function holdings(): Promise<Holdings> {
  await new Promise((resolve) => setImmediate(resolve))
  globalThis.gc?.()
  await new Promise((resolve) => setImmediate(resolve))
  globalThis.gc?.()
  return { heapBytes: process.memoryUsage().heapUsed, handles: openHandles() }
}

/** Linux tells all; elsewhere what Node itself waits for is counted. */
function openHandles(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return process.getActiveResourcesInfo().length
  }
}
