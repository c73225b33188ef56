/** A member of the simulation `calls`: answers everything, and asks the others without end. */
import { AnilloError } from '../../src/base/errors.ts'
import { parseMemberId } from '../../src/base/ids.ts'
import { pick, type Chance } from '../../src/base/random.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { MemberCredentials } from '../../src/effects/net.ts'
import { RpcNode } from '../../src/rpc/node.ts'
import type { Target } from '../../src/rpc/types.ts'
import { memberIdOf, RING_ID } from '../world/credentials.ts'
import type { Machine, Running } from '../world/machine.ts'
import type { Ledger } from './ledger.ts'
import { echo, hang, items, once } from './methods.ts'

export const PORT = 9_300

/** Between two calls of one member, on average. */
const PAUSE_MS_MEAN = 40
const TIMEOUT_MS_MIN = 200
const TIMEOUT_MS_RANGE = 4_000
const SMALL_BYTES_MAX = 200
const LARGE_BYTES_MAX = 300_000
const WORK_MS_MAX = 300
const ITEMS_MAX = 30
const ITEM_BYTES_MAX = 20_000

export interface CallerParts {
  readonly machine: Machine
  readonly credentials: MemberCredentials
  readonly others: () => readonly Target[]
  readonly ledger: Ledger
}

export function targetOf(machine: Machine, index: number): Target {
  return { addresses: [`${machine.address}:${PORT}`], id: memberIdOf(index) }
}

/** The node, beside what stops it: the scenario asks through it once all is healed. */
export interface RunningCaller extends Running {
  readonly node: RpcNode
}

export async function runCaller(effects: Effects, parts: CallerParts): Promise<RunningCaller> {
  const { machine, credentials, ledger } = parts
  const memberId = /^member: (\w+)$/m.exec(credentials.certificatePem)?.[1] ?? ''
  const node = await RpcNode.start({
    effects,
    ringId: RING_ID,
    memberId: parseMemberId(memberId),
    endpoint: { host: '0.0.0.0', port: PORT },
    advertised: `${machine.address}:${PORT}`,
    credentials: () => credentials,
  })
  answer(node, effects, ledger)
  const caller = new Caller(node, effects, parts)
  caller.start()
  const stop = (): Promise<void> => {
    caller.stop()
    return node.stop()
  }
  return { node, stop }
}

function answer(node: RpcNode, effects: Effects, ledger: Ledger): void {
  node.handle(echo, async ({ id, padding, waitMs }) => {
    await elapsed(effects, waitMs)
    return { id, padding }
  })
  node.handle(once, ({ id }) => {
    ledger.done(id)
    return { id }
  })
  node.handle(hang, (_, { signal }) => {
    const { promise, reject } = Promise.withResolvers<{ id: string }>()
    signal.addEventListener('abort', () => {
      reject(new AnilloError('RPC_CANCELLED', { method: hang.name }))
    })
    return promise
  })
  node.handleStream(items, async function* ({ id, count }) {
    for (let number = 0; number < count; number++) {
      if (number % 7 === 3) await elapsed(effects, effects.random.below(WORK_MS_MAX))
      yield { id, number, padding: textOf(effects.random, ITEM_BYTES_MAX) }
    }
  })
}

function elapsed({ clock }: Effects, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve)
  })
}

function textOf(chance: Chance, bytesMax: number): string {
  return 'x'.repeat(chance.below(bytesMax + 1))
}

class Caller {
  readonly #node: RpcNode
  readonly #effects: Effects
  readonly #parts: CallerParts
  #isStopped = false

  constructor(node: RpcNode, effects: Effects, parts: CallerParts) {
    this.#node = node
    this.#effects = effects
    this.#parts = parts
  }

  start(): void {
    const { clock, random } = this.#effects
    const next = (): void => {
      if (this.#isStopped) return
      void this.#ask()
      clock.after(2 * PAUSE_MS_MEAN * random.fraction(), next)
    }
    next()
  }

  stop(): void {
    this.#isStopped = true
  }

  async #ask(): Promise<void> {
    const { random } = this.#effects
    const { machine, ledger, others } = this.#parts
    const what = pick(random, ['echo', 'echo', 'echo', 'once', 'once', 'items', 'hang', 'cancel'])
    const timeoutMs = TIMEOUT_MS_MIN + random.below(TIMEOUT_MS_RANGE)
    const target = pick(random, others())
    // Of a stream each wait is bounded, so the whole is bounded by all of them.
    const id = ledger.begin(machine, what, what === 'items' ? timeoutMs * ITEMS_MAX : timeoutMs)
    try {
      ledger.answered(id, await this.#call({ what, id, target, timeoutMs }))
    } catch (error) {
      ledger.failed(id, error)
    }
  }

  #call(call: Asked): Promise<boolean> {
    if (call.what === 'echo') return this.#echo(call)
    if (call.what === 'once') return this.#once(call)
    if (call.what === 'items') return this.#items(call)
    return this.#hang(call)
  }

  async #echo({ id, target, timeoutMs }: Asked): Promise<boolean> {
    const { random } = this.#effects
    const bytesMax = random.below(10) === 0 ? LARGE_BYTES_MAX : SMALL_BYTES_MAX
    const question = { id, padding: textOf(random, bytesMax), waitMs: random.below(WORK_MS_MAX) }
    const told = await this.#node.call(target, echo, question, { timeoutMs })
    return told.id === id && told.padding === question.padding
  }

  async #once({ id, target, timeoutMs }: Asked): Promise<boolean> {
    const told = await this.#node.call(target, once, { id }, { timeoutMs })
    return told.id === id
  }

  async #items({ id, target, timeoutMs }: Asked): Promise<boolean> {
    const { random } = this.#effects
    const count = random.below(ITEMS_MAX)
    const leaveAt = random.below(2 * ITEMS_MAX)
    let expected = 0
    for await (const item of this.#node.stream(target, items, { id, count }, { timeoutMs })) {
      if (item.id !== id || item.number !== expected) return false
      expected++
      if (expected > leaveAt) return true
    }
    return expected === count
  }

  /** Nobody answers: it ends by its time, or is cancelled. */
  async #hang({ what, id, target, timeoutMs }: Asked): Promise<boolean> {
    const { clock, random } = this.#effects
    const controller = new AbortController()
    if (what === 'cancel') clock.after(random.below(timeoutMs), () => controller.abort())
    await this.#node.call(target, hang, { id }, { timeoutMs, signal: controller.signal })
    return false
  }
}

interface Asked {
  readonly what: string
  readonly id: string
  readonly target: Target
  readonly timeoutMs: number
}
