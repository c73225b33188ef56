import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { present } from '../../base/assert.ts'
import { readDeliverAnswer } from '../../wire/command-codec.ts'
import type { DeliverAnswer } from '../../wire/command.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { MESSAGE_BYTES_MAX, MESSAGE_DEPTH_MAX } from '../../wire/record-limits.ts'
import { audit } from './audit.ts'
import { turnOf } from './inbox.ts'
import { Machine, valueOf } from './machine.test-helper.ts'
import { raiseGeneration } from './meta.ts'
import { OUTBOX_MESSAGES_MAX } from './outbox.ts'
import { defineProcedure } from './procedures.ts'

const SOURCE = partitionIdOf(1)
const DESTINATION = partitionIdOf(2)
const PLENTY_BYTES = 1_000_000

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Sends its input on, as many times as its length says. */
const send = defineProcedure({
  name: 'test.send',
  tables: [],
  readInput: textOf,
  run: (work, text: string) => {
    for (const each of text) work.send({ to: DESTINATION, procedure: 'test.append', input: each })
  },
})

const sendWhole = defineProcedure({
  name: 'test.sendWhole',
  tables: [],
  readInput: (value) => value ?? undefined,
  run: (work, input: unknown) => {
    work.send({ to: DESTINATION, procedure: 'test.append', input })
  },
})

/** Appends to a list; `!` is refused. */
const append = defineProcedure({
  name: 'test.append',
  tables: [],
  readInput: textOf,
  run: (work, text: string) => {
    const key = { table: 't', pk: 'list', sk: 'all' }
    const before = work.get(key)?.value ?? new Uint8Array(0)
    const all = new TextDecoder().decode(before) + text
    work.put(key, new TextEncoder().encode(all))
    if (text === '!') work.refuse('NOT_FOUND', { what: 'place for it' })
  },
})

class Pair {
  readonly source = new Machine({ partition: SOURCE, procedures: [send, sendWhole, append] })
  readonly destination = new Machine({ partition: DESTINATION, procedures: [send, append] })

  send(text: string): void {
    valueOf(this.source.call('test.send', text))
  }

  /** One turn of the pump; messages passed over first, and the answer lost on the way. */
  pump({ skip = 0, isLost = false, bytesMax = PLENTY_BYTES } = {}): DeliverAnswer {
    const messages = this.source.partition.outboxOf(DESTINATION, bytesMax).slice(skip)
    const value = valueOf(this.destination.apply({ kind: 'deliver', source: SOURCE, messages }))
    const answer = present(readDeliverAnswer(value), 'answer')
    if (!isLost) this.acknowledge(answer)
    return answer
  }

  acknowledge({ mark, backup }: DeliverAnswer): void {
    this.source.apply({ kind: 'delivered', destination: DESTINATION, through: mark, backup })
  }

  get taken(): string | undefined {
    return this.destination.text('list', 'all')
  }

  isSound(): void {
    const records = (line: string) => !line.startsWith('belongs')
    assert.deepEqual(audit(SOURCE, this.source.state).filter(records), [])
    assert.deepEqual(audit(DESTINATION, this.destination.state).filter(records), [])
  }
}

suite('messages', () => {
  test('are taken in order, once, and then dropped', () => {
    const pair = new Pair()
    pair.send('ab')
    assert.deepEqual(pair.source.applied?.sent, [DESTINATION])
    assert.deepEqual(pair.source.partition.destinations(), [DESTINATION])
    pair.pump({ isLost: true })
    pair.pump()
    assert.equal(pair.taken, 'ab')
    assert.deepEqual(pair.source.partition.destinations(), [])
    assert.deepEqual(pair.source.partition.outboxOf(DESTINATION, PLENTY_BYTES), [])
    pair.isSound()
  })

  test('behind a gap are not taken', () => {
    const pair = new Pair()
    pair.send('abc')
    const answer = pair.pump({ skip: 1 })
    assert.deepEqual(answer.mark, { generation: 0, number: 0 })
    assert.equal(pair.taken, undefined)
    pair.pump()
    assert.equal(pair.taken, 'abc')
  })

  test('outboxOf gives one at least, and no more than the bytes asked for', () => {
    const pair = new Pair()
    pair.send('abc')
    assert.equal(pair.source.partition.outboxOf(DESTINATION, 1).length, 1)
    assert.equal(pair.source.partition.outboxOf(DESTINATION, 70).length, 2)
    pair.send('x'.repeat(64))
    assert.equal(pair.source.partition.outboxOf(DESTINATION, PLENTY_BYTES).length, 64)
  })
})

suite('messages without effect', () => {
  test('a refused one does not hold up the others, has no effect, and is told', () => {
    const pair = new Pair()
    pair.send('a!b')
    pair.pump()
    assert.equal(pair.taken, 'ab')
    const { source, number, code } = present(pair.destination.applied?.refused[0], 'refused')
    assert.deepEqual({ source, number, code }, { source: SOURCE, number: 2, code: 'NOT_FOUND' })
    pair.destination.rebuild()
    assert.equal(pair.destination.partition.refusedMessages().length, 1)
    assert.equal(pair.destination.partition.counts().messagesRefused, 1)
    for (let i = 0; i < 300; i++) {
      pair.send('!')
      pair.pump()
    }
    const kept = pair.destination.partition.refusedMessages()
    assert.equal(kept.length, 256)
    assert.equal(kept.at(-1)?.number, 303)
    assert.equal(pair.destination.partition.counts().messagesRefused, 301)
    pair.isSound()
  })

  test('one that its destination could not read is refused where it is sent', () => {
    const pair = new Pair()
    const nested = (depth: number): unknown => (depth === 0 ? 'x' : [nested(depth - 1)])
    for (const [input, code] of [
      [nested(MESSAGE_DEPTH_MAX + 1), 'BAD_REQUEST'],
      ['x'.repeat(MESSAGE_BYTES_MAX), 'TOO_LARGE'],
    ]) {
      const answer = pair.source.call('test.sendWhole', input)
      assert.equal(answer.kind === 'refused' && answer.code, code)
    }
    const many = Array.from({ length: MESSAGE_BYTES_MAX - 64 }, () => 1)
    const most = [nested(MESSAGE_DEPTH_MAX), many, many, many]
    for (const input of most) valueOf(pair.source.call('test.sendWhole', input))
    for (let turn = 0; turn < most.length; turn++) pair.pump()
    assert.deepEqual(pair.source.partition.destinations(), [])
    assert.equal(pair.destination.partition.counts().messagesRefused, most.length)
  })

  test('one for a procedure that is not known is refused like that', () => {
    const pair = new Pair()
    const message = { generation: 1, number: 1, procedure: 'none', input: 1, backup: 0 }
    pair.destination.apply({ kind: 'deliver', source: SOURCE, messages: [message] })
    assert.equal(pair.destination.applied?.refused[0]?.code, 'BAD_REQUEST')
  })
})

suite('messages under stress', () => {
  test('a call that sends to a full outbox is refused and changes nothing', () => {
    const pair = new Pair()
    for (let i = 0; i < OUTBOX_MESSAGES_MAX / 64; i++) pair.send('x'.repeat(64))
    const answer = pair.source.call('test.send', 'y')
    assert.equal(answer.kind === 'refused' && answer.code, 'BUSY')
    assert.equal(pair.source.partition.counts().outboxMessages, OUTBOX_MESSAGES_MAX)
    pair.pump()
    pair.send('y')
    pair.isSound()
  })

  test('a word of a mark from before a recovery drops no newer message', () => {
    const pair = new Pair()
    pair.send('ab')
    pair.source.state.commit(raiseGeneration(pair.source.state, 2))
    pair.source.rebuild()
    pair.source.forgetSession()
    pair.send('c')
    pair.acknowledge({ mark: { generation: 1, number: 9 }, backup: 0 })
    const left = pair.source.partition.outboxOf(DESTINATION, PLENTY_BYTES)
    assert.deepEqual(
      left.map(({ generation, number }) => [generation, number]),
      [[2, 3]],
    )
  })

  test('arrive once in effect, in order, whatever is lost, repeated or restarted', () => {
    const step = fc.oneof(
      fc.string({ minLength: 1, maxLength: 4 }).map((text) => ({ kind: 'send', text }) as const),
      fc
        .record({ skip: fc.nat({ max: 2 }), isLost: fc.boolean(), bytesMax: fc.nat({ max: 200 }) })
        .map((how) => ({ kind: 'pump', how }) as const),
      fc.constant({ kind: 'late' } as const),
      fc.constant({ kind: 'rebuild' } as const),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const pair = new Pair()
        const answers: DeliverAnswer[] = []
        let sent = ''
        for (const each of steps) {
          if (each.kind === 'send') {
            pair.send(each.text)
            sent += each.text
          } else if (each.kind === 'pump') {
            answers.push(pair.pump(each.how))
          } else if (each.kind === 'late') {
            for (const answer of answers) pair.acknowledge(answer)
          } else {
            pair.source.rebuild()
            pair.destination.rebuild()
          }
        }
        while (pair.source.partition.destinations().length > 0) pair.pump()
        assert.equal(pair.taken ?? '', sent.replaceAll('!', ''))
        pair.isSound()
      }),
      { numRuns: 200 },
    )
  })
})

test('turnOf takes each message once over recoveries, and sees gaps', () => {
  const at = (generation: number, number: number) => ({ generation, number })
  const cases = [
    [at(1, 1), at(0, 0), 1, 'next'],
    [at(1, 2), at(0, 0), 1, 'gap'],
    [at(1, 4), at(1, 4), 1, 'repeated'],
    [at(1, 5), at(1, 4), 1, 'next'],
    [at(1, 6), at(1, 4), 1, 'gap'],
    // The source lost 5 and 6, which were taken here, and gave 5 again.
    [at(2, 5), at(1, 6), 2, 'next'],
    [at(1, 7), at(2, 5), 2, 'repeated'],
    // This partition forgot that it took 4 and 5; the source dropped them.
    [at(1, 6), at(1, 3), 2, 'next'],
    [at(2, 6), at(1, 3), 2, 'next'],
    [at(2, 8), at(2, 6), 2, 'gap'],
    [at(1, 2), at(0, 0), 2, 'next'],
  ] as const
  for (const [message, mark, generation, turn] of cases) {
    assert.equal(turnOf(message, mark, generation), turn, JSON.stringify([message, mark]))
  }
})
