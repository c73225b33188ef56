/**
 * The machine beside a model of some lines that says what a caller is promised, over commands drawn
 * at random; and replicas of it that restart, or get a copy of the state, beside one that does not.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { encodeCommand } from '../../wire/command-codec.ts'
import type { Answer, Command, RequestId, RetryKey } from '../../wire/command.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import type { Condition, RecordWrite } from '../types.ts'
import { audit } from './audit.ts'
import { HOME, Machine } from './machine.test-helper.ts'
import { listOfOutcome, packTransact } from './transact-codec.ts'

const KEYS = ['a', 'b', 'c', 'd']
const sk = fc.constantFrom(...KEYS)

interface ModelRecord {
  readonly text: string
  readonly index: number
  readonly expiresAtMs: number
}

/** What is asked for; etags and sessions are of what the model then knows. */
type Step =
  | { readonly kind: 'open' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'expire' }
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'noise'; readonly bytes: Uint8Array }
  | { readonly kind: 'message'; readonly source: number; readonly sk: string }
  | ({ readonly kind: 'call' } & CallStep)
  | { readonly kind: 'repeat'; readonly which: number }

interface CallStep {
  readonly session: number
  readonly retry: number | undefined
  readonly conditions: readonly {
    readonly sk: string
    readonly is: 'absent' | 'present' | 'etag'
  }[]
  readonly writes: readonly { readonly sk: string; readonly expiresInMs: number | undefined }[]
  readonly isDelete: boolean
}

const callStep: fc.Arbitrary<CallStep> = fc.record({
  session: fc.nat({ max: 3 }),
  retry: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 2 }),
  conditions: fc.array(fc.record({ sk, is: fc.constantFrom('absent', 'present', 'etag') }), {
    maxLength: 2,
  }),
  writes: fc.array(
    fc.record({ sk, expiresInMs: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }) }),
    { maxLength: 3 },
  ),
  isDelete: fc.boolean(),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: callStep.map((call) => ({ kind: 'call', ...call }) as const) },
  { weight: 3, arbitrary: fc.nat().map((which) => ({ kind: 'repeat', which }) as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'open' } as const) },
  { weight: 2, arbitrary: fc.nat({ max: 15 }).map((ms) => ({ kind: 'pass', ms }) as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(43_200_000).map((ms) => ({ kind: 'pass', ms }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'expire' } as const) },
  { weight: 1, arbitrary: fc.constantFrom('rebuild', 'copy').map((kind) => ({ kind }) as const) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ kind: 'noise', bytes }) as const),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('message' as const), source: fc.nat({ max: 1 }), sk }),
  },
)

interface ModelCall {
  readonly request: RequestId
  readonly retry: RetryKey | undefined
  readonly conditions: readonly Condition[]
  readonly writes: readonly RecordWrite[]
}

/** What a caller may rely on. */
class Model {
  index = 0
  timeMs = 1_000
  readonly records = new Map<string, ModelRecord>()
  readonly sessions: number[] = []
  readonly answers = new Map<string, Answer>()
  readonly retries = new Map<string, { request: string; answer: Answer; untilMs: number }>()

  get(name: string): ModelRecord | undefined {
    const record = this.records.get(name)
    return record !== undefined && record.expiresAtMs > this.timeMs ? record : undefined
  }

  call({ request, retry, conditions, writes }: ModelCall): Answer {
    if (!this.sessions.includes(request.session)) {
      return { kind: 'refused', code: 'SESSION_UNKNOWN', details: {} }
    }
    const name = `${request.session}.${request.sequence}`
    const known = this.answers.get(name)
    if (known !== undefined) return known
    const answer = this.#retried(retry, () => this.#transact(conditions, writes))
    this.answers.set(name, answer)
    return answer
  }

  #retried(retry: RetryKey | undefined, run: () => Answer): Answer {
    if (retry === undefined) return run()
    const kept = this.retries.get(retry.key)
    if (kept === undefined || kept.untilMs <= this.timeMs) {
      const answer = run()
      const untilMs = this.timeMs + 86_400_000
      this.retries.set(retry.key, { request: retry.request, answer, untilMs })
      return answer
    }
    if (kept.request === retry.request) return kept.answer
    return { kind: 'refused', code: 'RETRY_MISMATCH', details: {} }
  }

  #transact(conditions: readonly Condition[], writes: readonly RecordWrite[]): Answer {
    for (const [condition, { sk: name, is }] of conditions.entries()) {
      const found = this.get(name)
      const index = typeof is === 'object' && 'index' in is ? is.index : undefined
      const holds = is === 'absent' ? found === undefined : found !== undefined
      if (holds && (index === undefined || index === found?.index)) continue
      const etag = found === undefined ? undefined : { generation: 1, index: found.index }
      const value = listOfOutcome({ kind: 'conflict', condition, etag })
      return { kind: 'done', value }
    }
    const existed = writes.map((write) => {
      const was = this.get(write.sk) !== undefined
      if (write.kind === 'delete') this.records.delete(write.sk)
      else this.put(write.sk, new TextDecoder().decode(write.value), write.expiresInMs)
      return was
    })
    const etag = { generation: 1, index: this.index }
    return { kind: 'done', value: listOfOutcome({ kind: 'done', etag, existed }) }
  }

  put(name: string, text: string, expiresInMs = Infinity): void {
    this.records.set(name, { text, index: this.index, expiresAtMs: this.timeMs + expiresInMs })
  }
}

class Trial {
  readonly model = new Model()
  readonly steady = new Machine()
  /** Restarts, and moves to copies of its state. */
  moved = new Machine()
  readonly #calls: ModelCall[] = []
  readonly #taken = [0, 0]

  take(each: Step): void {
    switch (each.kind) {
      case 'pass':
        this.model.timeMs += each.ms
        return
      case 'rebuild':
        this.moved.rebuild()
        return
      case 'copy':
        this.moved = new Machine({ state: this.moved.state.copy() })
        return
      case 'open':
        this.#apply({ kind: 'openSession', owner: 'x' }, () => this.#opened())
        return
      case 'expire':
        this.#apply({ kind: 'expire' }, () => ({ kind: 'done', value: null }))
        return
      case 'noise':
        this.#noise(each.bytes)
        return
      case 'message':
        this.#message(each)
        return
      case 'call':
        this.#call(this.#made(each))
        return
      case 'repeat': {
        const call = this.#calls[each.which % this.#calls.length]
        if (call !== undefined) this.#call(call)
      }
    }
  }

  #opened(): Answer {
    this.model.sessions.push(this.model.index)
    return { kind: 'done', value: this.model.index }
  }

  #made(asked: CallStep): ModelCall {
    const { model } = this
    const session = model.sessions[asked.session] ?? 999
    const sequence = this.#calls.length + 1
    const { retry: key } = asked
    const request = { session, sequence, floor: Math.max(0, sequence - 12) }
    const retry =
      key === undefined
        ? undefined
        : { key: `${key}`.repeat(64), request: asked.isDelete ? 'd'.repeat(64) : 'e'.repeat(64) }
    const conditions = asked.conditions.map(({ sk: name, is }): Condition => {
      const etag = { generation: 1, index: model.get(name)?.index ?? 1 }
      return { sk: name, is: is === 'etag' ? etag : is }
    })
    const writes = asked.writes.map(({ sk: name, expiresInMs }): RecordWrite => {
      if (asked.isDelete) return { kind: 'delete', sk: name }
      const value = new TextEncoder().encode(`${name} ${sequence}`)
      const put = { kind: 'put', sk: name, value } as const
      return expiresInMs === undefined ? put : { ...put, expiresInMs }
    })
    const call = { request, retry, conditions, writes }
    this.#calls.push(call)
    return call
  }

  #call(call: ModelCall): void {
    const { request, retry, conditions, writes } = call
    // What the asker gave up it does not repeat: so the model need not know what is forgotten.
    if (request.sequence < this.#calls.length - 12) return
    const input = packTransact({ table: 't', pk: 'p', conditions, writes })
    const command = { kind: 'call', request, procedure: 'transact', input } as const
    const whole: Command = retry === undefined ? command : { ...command, retry }
    this.#apply(whole, () => this.model.call(call))
  }

  /** A put by another partition, which repeats its last message each time. */
  #message({ source, sk: name }: Extract<Step, { kind: 'message' }>): void {
    const number = (this.#taken[source] ?? 0) + 1
    this.#taken[source] = number
    const write = { kind: 'put', sk: name, value: new TextEncoder().encode(`m${number}`) } as const
    const input = packTransact({ table: 't', pk: 'p', conditions: [], writes: [write] })
    const message = { generation: 1, number, procedure: 'transact', input, backup: 0 }
    const messages = [
      { ...message, number: number - 1 },
      message,
      { ...message, number: number + 2 },
    ]
    const repeated = messages.filter((one) => one.number > 0)
    this.#apply({ kind: 'deliver', source: partitionIdOf(source), messages: repeated }, () => {
      this.model.put(name, `m${number}`)
      return { kind: 'done', value: [1, number, 0] }
    })
  }

  #noise(bytes: Uint8Array): void {
    this.#applyBytes(bytes, () => ({
      kind: 'refused',
      code: 'BAD_REQUEST',
      details: { problem: 'no such command' },
    }))
  }

  #apply(command: Command, expected: () => Answer): void {
    this.#applyBytes(encodeCommand(command), expected)
  }

  #applyBytes(bytes: Uint8Array, expected: () => Answer): void {
    const { model, steady, moved } = this
    model.index++
    const answer = expected()
    for (const machine of [steady, moved]) {
      machine.timeMs = model.timeMs
      assert.deepEqual(machine.applyBytes(bytes), answer)
    }
    assert.deepEqual(moved.applied, steady.applied)
    for (const name of KEYS) assert.equal(steady.text('p', name), model.get(name)?.text)
  }

  end(): void {
    assert.equal(this.moved.state.dump(), this.steady.state.dump())
    assert.deepEqual(audit(HOME, this.steady.state), [])
    // An expire removes all that is due, of so few.
    this.model.timeMs += 1_000
    this.take({ kind: 'expire' })
    const kept = KEYS.filter((name) => this.model.get(name) !== undefined)
    assert.equal(this.steady.partition.counts().records, kept.length)
    assert.deepEqual(audit(HOME, this.steady.state), [])
  }
}

test('a partition does what the model says, whatever restarts and is copied on the way', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const trial = new Trial()
      trial.take({ kind: 'open' })
      trial.take({ kind: 'open' })
      for (const each of steps) trial.take(each)
      trial.end()
    }),
    { numRuns: 250 },
  )
})
