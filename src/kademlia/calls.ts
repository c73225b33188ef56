/**
 * Questions of this node that are under way. An answer counts when it bears the id of the question
 * and comes from the address that was asked: ids alone can be guessed by whoever sees them.
 */
import { byteText } from '../base/bytes.ts'
import type { Endpoint } from '../effects/net.ts'
import { LOST_AFTER_MS } from './settings.ts'

/** Who asked hears one of `answered` and `lost`, and before it perhaps `slow`. */
export interface Caller {
  /** @returns whether the answer was one to this question */
  answered(body: Uint8Array, tookMs: number): boolean
  /** It takes longer than answers of this node do: others are asked beside it. */
  slow(): void
  lost(): void
}

interface Call {
  readonly to: string
  readonly askedMs: number
  readonly slowAtMs: number
  readonly caller: Caller
  isSlow: boolean
}

export function addressText({ host, port }: Endpoint): string {
  return `${host}:${port}`
}

export class Calls {
  readonly #calls = new Map<string, Call>()
  #dueMs = Infinity

  get size(): number {
    return this.#calls.size
  }

  /** When `passed` has something to do; perhaps a little before. */
  get dueMs(): number {
    return this.#dueMs
  }

  begin(
    messageId: Uint8Array,
    {
      caller,
      nowMs,
      patienceMs,
      to,
    }: {
      readonly to: Endpoint
      readonly nowMs: number
      readonly patienceMs: number
      readonly caller: Caller
    },
  ): void {
    const slowAtMs = nowMs + patienceMs
    const call = { to: addressText(to), askedMs: nowMs, slowAtMs, caller, isSlow: false }
    this.#calls.set(byteText(messageId), call)
    this.#dueMs = Math.min(this.#dueMs, slowAtMs)
  }

  /** `undefined`: nobody asked that there. */
  answered(messageId: Uint8Array, from: Endpoint): Pick<Call, 'askedMs' | 'caller'> | undefined {
    const text = byteText(messageId)
    const call = this.#calls.get(text)
    if (call === undefined || call.to !== addressText(from)) return undefined
    this.#calls.delete(text)
    return call
  }

  /** Tells those who waited too long. */
  passed(nowMs: number): void {
    if (nowMs < this.#dueMs) return
    this.#dueMs = Infinity
    for (const [text, call] of this.#calls) {
      if (!call.isSlow && call.slowAtMs <= nowMs) {
        call.isSlow = true
        call.caller.slow()
      }
      const lostAtMs = call.askedMs + LOST_AFTER_MS
      if (lostAtMs <= nowMs) {
        this.#calls.delete(text)
        call.caller.lost()
      }
    }
    for (const { askedMs, isSlow, slowAtMs } of this.#calls.values()) {
      this.#dueMs = Math.min(this.#dueMs, isSlow ? askedMs + LOST_AFTER_MS : slowAtMs)
    }
  }
}
