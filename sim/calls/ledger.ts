/** What was asked in the simulation `calls` and what became of it, seen from outside. */
import { assert } from '../../src/base/assert.ts'
import { isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import type { Machine } from '../world/machine.ts'
import type { World } from '../world/world.ts'

/** How a call may fail when members, links and clocks do. */
const EXPECTED_CODES: ReadonlySet<ErrorCode> = new Set([
  'RPC_TIMEOUT',
  'RPC_UNREACHABLE',
  'RPC_CANCELLED',
  'BUSY',
])

/** A member that wakes from a pause has its timers run, then its sockets. */
const SLACK_MS = 1_500
/** As far as the director lets clocks drift. */
const DRIFT_MAX = 1.06

export const CHECKS = [
  'check: call settled in its time',
  'check: answer is of its question',
  'check: failure has an expected code',
  'check: done once at most',
] as const

interface OpenCall {
  readonly what: string
  readonly asker: Machine
  /** The run of its program; a call ends with it. */
  readonly life: number
  readonly dueMs: number
}

export class Ledger {
  readonly #world: World
  readonly #open = new Map<string, OpenCall>()
  readonly #done = new Map<string, number>()
  #asked = 0

  constructor(world: World) {
    this.#world = world
    world.tally.want(CHECKS)
  }

  get asked(): number {
    return this.#asked
  }

  /** The id of a call that is about to be made. */
  begin(asker: Machine, what: string, timeoutMs: number): string {
    const id = `${asker.name}-${this.#asked++}`
    const dueMs = this.#world.nowMs + timeoutMs * DRIFT_MAX + SLACK_MS
    this.#open.set(id, { what, asker, life: asker.lives, dueMs })
    return id
  }

  answered(id: string, isRight: boolean): void {
    this.#settled(id)
    this.#world.tally.add('check: answer is of its question')
    assert(isRight, `${id} got the answer to another question`)
  }

  failed(id: string, error: unknown): void {
    const call = this.#settled(id)
    this.#world.tally.add('check: failure has an expected code')
    const isExpected = isAnilloError(error) && EXPECTED_CODES.has(error.code)
    assert(isExpected, `${id} ${call.what} failed with ${String(error)}`)
    this.#world.tally.add(`calls: ${error.code}`)
  }

  /** Told by the member that carries it out. */
  done(id: string): void {
    const times = (this.#done.get(id) ?? 0) + 1
    this.#done.set(id, times)
    this.#world.tally.add('check: done once at most')
    assert(times === 1, `${id} was carried out ${times} times`)
  }

  /** No call of a program that still runs is open past its time. */
  checkOpen(): void {
    for (const [id, call] of this.#open) {
      if (call.asker.lives !== call.life || !call.asker.isRunning) this.#open.delete(id)
      else if (!call.asker.isPaused) this.#checkTime(id, call)
    }
  }

  get openCount(): number {
    return this.#open.size
  }

  #settled(id: string): OpenCall {
    const call = this.#open.get(id)
    assert(call !== undefined, `${id} settled twice`)
    this.#open.delete(id)
    this.#checkTime(id, call)
    return call
  }

  #checkTime(id: string, call: OpenCall): void {
    const dueMs = Math.max(call.dueMs, call.asker.resumedAtMs + SLACK_MS)
    this.#world.tally.add('check: call settled in its time')
    const lateMs = this.#world.nowMs - dueMs
    assert(lateMs <= 0, `${id} ${call.what} is ${lateMs.toFixed(0)} ms late`)
  }
}
