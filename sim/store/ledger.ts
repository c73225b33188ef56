/**
 * What clients know of accounts and counters: what was surely done, and what perhaps. At the end of
 * a run nothing may be missing and nothing be there twice.
 */
import { assert } from '../../src/base/assert.ts'
import type { Transfer } from './procedures.ts'

/** How one change ended for the one who asked for it. */
export type Fate = 'done' | 'never' | 'unknown'

interface Counted {
  readonly called: number
  readonly returned: number
  readonly answer: number
}

class Counter {
  readonly counted: Counted[] = []
  unknown = 0
}

/** What the store holds in the end, by account. */
export interface FinalAccount {
  readonly balance: number
  /** By the other account, messages sent to it. */
  readonly out: ReadonlyMap<string, number>
  readonly in: ReadonlyMap<string, number>
  /** Messages that came twice or out of order. */
  readonly wrong: number
}

const pairOf = (from: string, to: string): string => `${from} to ${to}`

export class Ledger {
  readonly #counters = new Map<string, Counter>()
  readonly #sent = new Map<string, { done: number; unknown: number }>()
  #sequence = 0

  /** A place in the order of calls and returns. */
  next(): number {
    return ++this.#sequence
  }

  counted(counter: string, counted: Omit<Counted, 'returned'>): void {
    this.#counter(counter).counted.push({ ...counted, returned: this.next() })
  }

  countUnknown(counter: string): void {
    this.#counter(counter).unknown++
  }

  transferred({ from, to }: Transfer, fate: Fate): void {
    const pair = pairOf(from, to)
    const sent = this.#sent.get(pair) ?? { done: 0, unknown: 0 }
    if (fate === 'done') sent.done++
    if (fate === 'unknown') sent.unknown++
    this.#sent.set(pair, sent)
  }

  /** Each answer once, in the order of time, and in the end as many as were asked for. */
  checkCounter(counter: string, finalCount: number): void {
    const { counted, unknown } = this.#counter(counter)
    const answers = new Set(counted.map(({ answer }) => answer))
    assert(answers.size === counted.length, `${counter} answered one number twice`)
    checkOrder(counter, counted)
    const most = counted.length + unknown
    const isRight = finalCount >= counted.length && finalCount <= most
    assert(isRight, `${counter} is ${finalCount}, not ${counted.length} to ${most}`)
  }

  /** What was sent has come, once each; nothing was made or lost. */
  checkAccounts(accounts: ReadonlyMap<string, FinalAccount>, opening: number): void {
    let total = 0
    for (const [name, { balance, wrong, out }] of accounts) {
      total += balance
      assert(wrong === 0, `${name} was sent ${wrong} messages twice or out of order`)
      for (const other of accounts.keys()) {
        if (other === name) continue
        this.#checkPair(accounts, { from: name, to: other, sent: out.get(other) ?? 0 })
      }
    }
    const expected = accounts.size * opening
    assert(total === expected, `all accounts hold ${total}, not ${expected}`)
  }

  #checkPair(
    accounts: ReadonlyMap<string, FinalAccount>,
    { from, to, sent }: { from: string; to: string; sent: number },
  ): void {
    const pair = pairOf(from, to)
    const taken = accounts.get(to)?.in.get(from) ?? 0
    assert(taken === sent, `${pair}: ${sent} were sent, ${taken} were taken`)
    const { done, unknown } = this.#sent.get(pair) ?? { done: 0, unknown: 0 }
    const isRight = sent >= done && sent <= done + unknown
    assert(isRight, `${pair}: ${sent} transfers, not ${done} to ${done + unknown}`)
  }

  #counter(name: string): Counter {
    const counter = this.#counters.get(name) ?? new Counter()
    this.#counters.set(name, counter)
    return counter
  }
}

/** Who was answered before another called got the smaller number. */
function checkOrder(counter: string, counted: readonly Counted[]): void {
  const byReturn = counted.toSorted((a, b) => a.returned - b.returned)
  let at = 0
  let most = 0
  for (const { called, answer } of counted.toSorted((a, b) => a.called - b.called)) {
    for (; (byReturn[at]?.returned ?? Infinity) < called; at++) {
      most = Math.max(most, byReturn[at]?.answer ?? 0)
    }
    assert(answer > most, `${counter} answered ${answer} after ${most}`)
  }
}
