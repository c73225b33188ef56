import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SeededChance } from '../../src/base/random.ts'
import {
  ABSENT,
  checkLinearizable,
  PRESENT,
  type Claim,
  type Operation,
  type SlotWrite,
} from './linearizable.ts'

type Span = readonly [called: number, returned: number]

function operation(
  span: Span,
  parts: { what: string; claims?: readonly Claim[]; writes?: readonly SlotWrite[] },
): Operation {
  const [called, returned] = span
  const { what, claims = [], writes = [] } = parts
  return { what, called, returned, claims, writes, isOptional: false }
}

const put = (span: Span, token: number, slot = 0): Operation =>
  operation(span, { what: `put ${token}`, writes: [{ slot, token }] })
const get = (span: Span, holds: number, slot = 0): Operation =>
  operation(span, { what: `get ${holds}`, claims: [{ slot, holds }] })
const remove = (span: Span, holds: number): Operation =>
  operation(span, {
    what: 'delete',
    claims: [{ slot: 0, holds }],
    writes: [{ slot: 0, token: ABSENT }],
  })
const swap = (span: Span, from: number, to: number): Operation =>
  operation(span, {
    what: `swap ${from} for ${to}`,
    claims: [{ slot: 0, holds: from }],
    writes: [{ slot: 0, token: to }],
  })
/** Nobody knows whether it happened. */
const lost = (operation: Operation): Operation => ({
  ...operation,
  returned: Infinity,
  isOptional: true,
})

const GOOD: Readonly<Record<string, readonly Operation[]>> = {
  'nothing at all': [],
  'a read during a write sees either': [put([1, 4], 1), get([2, 3], ABSENT), get([5, 6], 1)],
  'reads during a write see it in turn': [put([1, 8], 1), get([2, 3], ABSENT), get([4, 5], 1)],
  'a lost write is seen late': [lost(put([1, 2], 1)), get([3, 4], ABSENT), get([5, 6], 1)],
  'a lost write never happens': [put([1, 2], 1), lost(put([3, 4], 2)), get([5, 6], 1)],
  'a lost swap happens when it can': [
    lost(swap([1, 2], 7, 8)),
    get([3, 4], ABSENT),
    put([5, 6], 7),
    get([7, 8], 8),
  ],
  'two swaps, one of them refused': [
    put([1, 2], 1),
    swap([3, 6], 1, 2),
    get([4, 5], 2),
    get([7, 8], 2),
  ],
  'deleted and made again': [
    put([1, 2], 1),
    remove([3, 4], 1),
    get([5, 6], ABSENT),
    put([7, 8], 2),
    get([9, 10], PRESENT),
  ],
  'a lost delete that only an overwritten write explains': [
    put([1, 2], 1),
    lost(operation([3, 4], { what: 'delete', writes: [{ slot: 0, token: ABSENT }] })),
    swap([5, 6], ABSENT, 2),
    get([7, 8], 2),
  ],
  'a batch is seen whole': [
    operation([1, 4], {
      what: 'batch',
      writes: [
        { slot: 0, token: 1 },
        { slot: 1, token: 2 },
      ],
    }),
    get([2, 3], 1),
    get([5, 6], 2, 1),
  ],
  'an unseen lost write explains that there was something': [
    lost(put([1, 2], 1)),
    remove([3, 4], PRESENT),
    get([5, 6], ABSENT),
  ],
}

/** Each a promise that a store could break. */
const BAD: Readonly<Record<string, readonly Operation[]>> = {
  'a stale read': [put([1, 2], 1), put([3, 4], 2), get([5, 6], 1)],
  'an acknowledged write lost': [put([1, 2], 1), get([3, 4], ABSENT)],
  'a read goes back in time': [put([1, 10], 1), get([2, 3], 1), get([4, 5], ABSENT)],
  'a value from nowhere': [put([1, 2], 1), get([3, 4], 9)],
  'a value before it was written': [get([1, 2], 1), put([3, 4], 1)],
  'two swaps of one value': [put([1, 2], 1), swap([3, 6], 1, 2), swap([4, 5], 1, 3)],
  'two creations of one key': [swap([1, 4], ABSENT, 1), swap([2, 3], ABSENT, 2)],
  'a deleted record comes back': [put([1, 2], 1), remove([3, 4], 1), get([5, 6], 1)],
  'a refused write takes place': [
    put([1, 2], 1),
    get([3, 4], 1),
    swap([5, 6], 2, 3),
    get([7, 8], 1),
  ],
  'a lost write takes place twice': [
    lost(put([1, 2], 1)),
    get([3, 4], 1),
    put([5, 6], 2),
    get([7, 8], 2),
    get([9, 10], 1),
  ],
  'a batch torn apart': [
    put([1, 2], 1),
    put([3, 4], 2, 1),
    operation([5, 6], {
      what: 'batch',
      writes: [
        { slot: 0, token: 3 },
        { slot: 1, token: 4 },
      ],
    }),
    operation([7, 8], {
      what: 'list',
      claims: [
        { slot: 0, holds: 3 },
        { slot: 1, holds: 2 },
      ],
    }),
  ],
  'two readers see two orders': [
    put([1, 20], 1),
    put([2, 21], 2),
    get([3, 4], 1),
    get([5, 6], 2),
    get([7, 8], 1),
  ],
  'a lost write before it was called': [get([1, 2], 1), lost(put([3, 4], 1))],
  'a delete that found nothing where something was': [put([1, 2], 1), remove([3, 4], ABSENT)],
}

for (const [name, history] of Object.entries(GOOD)) {
  test(`checkLinearizable() accepts: ${name}`, () => {
    assert.equal(checkLinearizable(history).kind, 'linearizable')
  })
}

test('BAD histories are ten at least', () => {
  assert.ok(Object.keys(BAD).length >= 10)
})

for (const [name, history] of Object.entries(BAD)) {
  test(`checkLinearizable() refuses: ${name}`, () => {
    const verdict = checkLinearizable(history)
    assert.equal(verdict.kind, 'violated')
  })
}

/** What one copy gives to clients that call at random, with outcomes lost on the way. */
function randomHistory(seed: number, size: number): Operation[] {
  const chance = new SeededChance(seed)
  const history: Operation[] = []
  const slots = [ABSENT, ABSENT]
  const lateMax = 6
  for (let number = 0; number < size; number++) {
    // It takes effect at `number`, and is called before and returns after.
    const span: Span = [number - lateMax * chance.fraction(), number + lateMax * chance.fraction()]
    const slot = chance.below(2)
    const token = number + 1
    const isLost = chance.below(12) === 0
    const happens = !isLost || chance.below(2) === 0
    const held = slots[slot] ?? ABSENT
    if (chance.below(2) === 0) history.push(get(span, held, slot))
    else {
      const made = put(span, token, slot)
      history.push(isLost ? lost(made) : made)
      if (happens) slots[slot] = token
    }
  }
  return history
}

test('checkLinearizable() accepts what one copy gave, a thousand operations in a second', () => {
  const startedMs = performance.now()
  for (let seed = 1; seed <= 20; seed++) {
    assert.equal(checkLinearizable(randomHistory(seed, 1_000)).kind, 'linearizable')
  }
  assert.ok(performance.now() - startedMs < 20_000)
})

test('checkLinearizable() refuses what one copy gave once a read of it sees another write', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const history = randomHistory(seed, 60)
    const [oldest] = history.filter(({ isOptional, writes }) => !isOptional && writes.length > 0)
    const write = oldest?.writes[0]
    assert.ok(write !== undefined)
    const late: Claim = { slot: write.slot, holds: write.token }
    const wrong = [...history, operation([300, 301], { what: 'late', claims: [late] })]
    assert.notEqual(checkLinearizable(wrong).kind, 'linearizable')
  }
})
