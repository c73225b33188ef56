import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { present } from '../../../base/assert.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { DAY_MS, HOUR_MS } from '../../../base/limits.ts'
import type { ChunkRef } from '../../../store/types.ts'
import type { Answer } from '../../../wire/command.ts'
import { ALL_PARTITIONS, partitionOfHash } from '../../../wire/partition.ts'
import { CHUNKS_PER_PART_MAX, LIFE_MS, PARTS_PER_STEP } from './limits.ts'
import { ContentPartitions } from './partitions.test-helper.ts'
import { bytesOf, partitionOfContent, referenceOf, tailReferenceOf } from './rows.ts'

const CONTENT = 'c'.repeat(32)
const SHA256 = sha256Hex('all of it')
const HOLDER = `${'f'.repeat(32)}/1`

function chunk(name: string | number, bytes = 100): ChunkRef {
  return { hash: sha256Hex(`chunk ${name}`), bytes }
}

function codeOf(answer: Answer): string | undefined {
  return answer.kind === 'refused' ? answer.code : undefined
}

test('content.append makes a content, and puts what comes behind what is there', () => {
  const at = new ContentPartitions()
  assert.equal(at.append(CONTENT, { chunks: [chunk(1), chunk(2)] }).bytes, 200)
  assert.equal(at.append(CONTENT, { at: 200, chunks: [chunk(3, 50)] }).bytes, 250)
  assert.deepEqual(at.chunksOf(CONTENT), [chunk(1), chunk(2), chunk(3, 50)])
  at.deliver()
  assert.deepEqual(at.referencesOf(chunk(3).hash), [referenceOf(CONTENT)])
  assert.equal(at.refusedMessages(), 0)
})

test('content.append is refused where another number of bytes is there: nothing changes', () => {
  const at = new ContentPartitions()
  at.append(CONTENT, { chunks: [chunk(1)] })
  const answer = at.ask(CONTENT, 'content.append', at.appendOf({ at: 50, chunks: [chunk(2)] }))
  assert.ok(answer.kind === 'refused')
  assert.equal(answer.code, 'UPLOAD_OFFSET')
  assert.deepEqual(answer.details, { have: 100, at: 50 })
  assert.deepEqual(at.chunksOf(CONTENT), [chunk(1)])
})

test('content.append to what is gone, or was never there, is refused with NO_ENTRY', () => {
  const at = new ContentPartitions()
  const answer = at.ask(CONTENT, 'content.append', at.appendOf({ at: 7, chunks: [chunk(1)] }))
  assert.equal(codeOf(answer), 'NO_ENTRY')
  assert.equal(at.rowsOf(CONTENT), 0)
})

test('content.append sent twice appends once', () => {
  const at = new ContentPartitions()
  const input = at.appendOf({ chunks: [chunk(1)] })
  const once = at.ask(CONTENT, 'content.append', input)
  assert.deepEqual(at.ask(CONTENT, 'content.append', input), once)
  assert.equal(at.head(CONTENT)?.bytes, 100)
})

test('content.append is refused where the pins were given up', () => {
  const at = new ContentPartitions()
  const input = at.appendOf({ chunks: [chunk(1)] })
  const settle = { upload: input.upload, hash: chunk(1).hash }
  at.machine(partitionOfContent(CONTENT)).call('upload.settle', settle)
  assert.equal(codeOf(at.ask(CONTENT, 'content.append', input)), 'UPLOAD_VOID')
  assert.equal(at.head(CONTENT), undefined)
})

test('a tail is replaced by what comes behind it, and let go unless it stays', () => {
  const at = new ContentPartitions()
  at.append(CONTENT, { chunks: [chunk(1)], tail: chunk(2, 30) })
  assert.deepEqual(at.chunksOf(CONTENT), [chunk(1), chunk(2, 30)])
  at.deliver()
  assert.deepEqual(at.referencesOf(chunk(2).hash), [tailReferenceOf(CONTENT)])
  at.append(CONTENT, { at: 130, chunks: [chunk(3, 80)], tail: chunk(2, 30) })
  at.deliver()
  assert.deepEqual(at.referencesOf(chunk(2).hash), [tailReferenceOf(CONTENT)])
  at.append(CONTENT, { at: 210, chunks: [chunk(2, 30)] })
  at.deliver()
  assert.deepEqual(at.referencesOf(chunk(2).hash), [referenceOf(CONTENT)])
  assert.deepEqual(at.chunksOf(CONTENT), [chunk(1), chunk(3, 80), chunk(2, 30)])
})

test('content.append never makes a content shorter', () => {
  const at = new ContentPartitions()
  at.append(CONTENT, { tail: chunk(1, 30) })
  const shorter = at.appendOf({ at: 30, tail: chunk(2, 29) })
  assert.equal(codeOf(at.ask(CONTENT, 'content.append', shorter)), 'BAD_REQUEST')
  assert.deepEqual(at.chunksOf(CONTENT), [chunk(1, 30)])
})

test('content.seal ends it, also with the last append; then nothing changes it', () => {
  const at = new ContentPartitions()
  at.append(CONTENT, { chunks: [chunk(1)] })
  const seal = { at: 100, sha256: SHA256 }
  assert.equal(codeOf(at.ask(CONTENT, 'content.seal', { ...seal, at: 99 })), 'UPLOAD_OFFSET')
  assert.equal(codeOf(at.ask(CONTENT, 'content.seal', seal)), undefined)
  assert.equal(codeOf(at.ask(CONTENT, 'content.seal', seal)), undefined)
  const other = { ...seal, sha256: sha256Hex('other') }
  assert.equal(codeOf(at.ask(CONTENT, 'content.seal', other)), 'BAD_REQUEST')
  const more = at.appendOf({ at: 100, chunks: [chunk(2)] })
  assert.equal(codeOf(at.ask(CONTENT, 'content.append', more)), 'BAD_REQUEST')
  const sealed = 'd'.repeat(32)
  assert.equal(at.append(sealed, { chunks: [chunk(1)], seal: SHA256 }).sha256, SHA256)
  assert.equal(at.head(sealed)?.sha256, SHA256)
})

test('parts have so many chunks each, from the byte that their key tells', () => {
  const at = new ContentPartitions()
  const chunks = Array.from({ length: 2 * CHUNKS_PER_PART_MAX + 10 }, (_, i) => chunk(i, i + 1))
  for (let next = 0; next < chunks.length; next += 100) {
    const taken = chunks.slice(next, next + 100)
    at.append(CONTENT, { at: bytesOf(chunks.slice(0, next)), chunks: taken })
  }
  assert.deepEqual(at.chunksOf(CONTENT), chunks)
  const home = at.machine(partitionOfContent(CONTENT)).partition
  const { items } = home.list({ table: 'files.contents', pk: CONTENT, prefix: 'part/', limit: 9 })
  const offsets = [0, CHUNKS_PER_PART_MAX, 2 * CHUNKS_PER_PART_MAX].map((count) =>
    bytesOf(chunks.slice(0, count)),
  )
  assert.deepEqual(
    items.map(({ sk }) => Number(sk.slice('part/'.length))),
    offsets,
  )
})

test('what nobody holds goes a day after its last change, what is held stays', () => {
  const at = new ContentPartitions()
  const partition = partitionOfContent(CONTENT)
  at.append(CONTENT, { chunks: [chunk(1)], tail: chunk(2) })
  at.timeMs += LIFE_MS - HOUR_MS
  at.append(CONTENT, { at: 200, chunks: [chunk(2), chunk(3)], seal: SHA256 })
  at.timeMs += LIFE_MS - 1
  assert.deepEqual(at.sweepHeard(partition), { swept: 0, isMore: false })
  at.ask(CONTENT, 'content.hold', { holder: HOLDER })
  at.ask(CONTENT, 'content.hold', { holder: HOLDER })
  at.timeMs += 30 * DAY_MS
  assert.deepEqual(at.sweepHeard(partition), { swept: 0, isMore: false })
  at.ask(CONTENT, 'content.release', { holder: HOLDER })
  at.timeMs += LIFE_MS - 1
  assert.deepEqual(at.sweepHeard(partition), { swept: 0, isMore: false })
  at.timeMs += 1
  assert.deepEqual(at.sweepHeard(partition), { swept: 1, isMore: false })
  at.deliver()
  assert.equal(at.rowsOf(CONTENT), 0)
  for (const name of [1, 2, 3]) assert.deepEqual(at.referencesOf(chunk(name).hash), [])
})

test('what nobody holds is kept while a partition is silent that may have named it', () => {
  const at = new ContentPartitions()
  const partition = partitionOfContent(CONTENT)
  const silent = present(
    ALL_PARTITIONS.find((one) => one !== partition && one !== partitionOfHash(chunk(1).hash)),
    'another partition',
  )
  at.append(CONTENT, { chunks: [chunk(1)], seal: SHA256 })
  at.timeMs += 3 * LIFE_MS
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(at.sweep(partition), { swept: 0, isMore: false })
    at.deliver({ but: silent })
    at.timeMs += HOUR_MS
  }
  const { partition: waiting } = at.machine(partition)
  assert.deepEqual([...waiting.destinations()], [silent])
  assert.equal(waiting.outboxOf(silent, 1_000_000).length, 1, 'it is asked once')

  // It speaks again; what it had to say comes before its answer.
  at.ask(CONTENT, 'content.hold', { holder: HOLDER })
  at.deliver()
  assert.deepEqual(at.sweep(partition), { swept: 0, isMore: false })
  at.ask(CONTENT, 'content.release', { holder: HOLDER })
  at.timeMs += LIFE_MS
  assert.deepEqual(at.sweepHeard(partition), { swept: 1, isMore: false })
})

test('content.keep gives it another day, and is refused where it is gone', () => {
  const at = new ContentPartitions()
  at.append(CONTENT, { chunks: [chunk(1)] })
  at.timeMs += LIFE_MS
  assert.equal(codeOf(at.ask(CONTENT, 'content.keep', {})), undefined)
  assert.deepEqual(at.sweepHeard(partitionOfContent(CONTENT)), { swept: 0, isMore: false })
  at.timeMs += LIFE_MS
  at.sweepHeard(partitionOfContent(CONTENT))
  assert.equal(codeOf(at.ask(CONTENT, 'content.keep', {})), 'NO_ENTRY')
})

test('content.hold of what is gone is refused, and makes nothing', () => {
  const at = new ContentPartitions()
  assert.equal(codeOf(at.ask(CONTENT, 'content.hold', { holder: HOLDER })), 'NO_ENTRY')
  assert.equal(codeOf(at.ask(CONTENT, 'content.release', { holder: HOLDER })), undefined)
  assert.equal(at.rowsOf(CONTENT), 0)
})

test('a release that comes before its hold, from another partition, ends it', () => {
  const at = new ContentPartitions()
  at.append(CONTENT, { chunks: [chunk(1)], seal: SHA256 })
  at.ask(CONTENT, 'content.release', { holder: HOLDER })
  at.ask(CONTENT, 'content.hold', { holder: HOLDER })
  assert.equal(at.head(CONTENT)?.holders, 0)
  at.timeMs += LIFE_MS
  at.sweepHeard(partitionOfContent(CONTENT))
  at.deliver()
  assert.equal(at.rowsOf(CONTENT), 0)
})

test('content.discard takes what is open and not held, at once and wholly', () => {
  const at = new ContentPartitions()
  const chunks = Array.from({ length: 200 }, (_, i) => chunk(i))
  let bytes = 0
  // One more part than one step takes.
  while (bytes < 100 * CHUNKS_PER_PART_MAX * PARTS_PER_STEP + 1) {
    bytes = at.append(CONTENT, { at: bytes, chunks }).bytes
  }
  at.deliver()
  at.ask(CONTENT, 'content.discard', {})
  assert.equal(at.head(CONTENT), undefined)
  // While rows of it are left it is not begun anew.
  const anew = at.appendOf({ chunks: [chunk(1)] })
  assert.equal(codeOf(at.ask(CONTENT, 'content.append', anew)), 'NO_ENTRY')
  at.deliver()
  assert.equal(at.rowsOf(CONTENT), 0)
  assert.ok(chunks.every(({ hash }) => at.referencesOf(hash).length === 0))
})

test('content.discard leaves what is sealed or held', () => {
  const at = new ContentPartitions()
  at.append(CONTENT, { chunks: [chunk(1)], seal: SHA256 })
  at.ask(CONTENT, 'content.discard', {})
  const held = 'd'.repeat(32)
  at.append(held, { chunks: [chunk(1)] })
  at.ask(held, 'content.hold', { holder: HOLDER })
  at.ask(held, 'content.discard', {})
  assert.equal(at.head(CONTENT)?.bytes, 100)
  assert.equal(at.head(held)?.bytes, 100)
})

test('procedures of contents refuse what is not of their shape', () => {
  const at = new ContentPartitions()
  const bad: readonly (readonly [string, object])[] = [
    ['content.append', at.appendOf({ at: -1 })],
    ['content.append', at.appendOf({ chunks: [chunk(1, 0)] })],
    ['content.append', at.appendOf({ chunks: [chunk(1, 5 * 1024 * 1024)] })],
    ['content.append', at.appendOf({ upload: 'x' })],
    ['content.append', at.appendOf({ chunks: Array.from({ length: 257 }, (_, i) => chunk(i)) })],
    ['content.seal', { at: 0, sha256: 'x' }],
    ['content.hold', { holder: '' }],
    ['content.hold', { holder: 'a name' }],
    ['content.release', {}],
    ['content.keep', { content: 'x' }],
  ]
  for (const [procedure, input] of bad) {
    assert.equal(codeOf(at.ask(CONTENT, procedure, input)), 'BAD_REQUEST', procedure)
  }
  assert.equal(at.rowsOf(CONTENT), 0)
})

const CONTENTS = ['1', '2', '3'].map((digit) => digit.repeat(32))
const NAMES = fc.integer({ min: 1, max: 6 })
const step = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    content: fc.constantFrom(...CONTENTS),
    chunks: fc.array(NAMES, { maxLength: 3 }),
    tail: fc.option(NAMES, { nil: undefined }),
    isLate: fc.boolean(),
    isLast: fc.boolean(),
  }),
  fc.record({
    do: fc.constantFrom('hold' as const, 'release' as const),
    content: fc.constantFrom(...CONTENTS),
    holder: fc.constantFrom('a/1', 'a/2', 'b/1'),
  }),
  fc.record({
    do: fc.constantFrom('keep' as const, 'discard' as const, 'restart' as const),
    content: fc.constantFrom(...CONTENTS),
  }),
  fc.record({ do: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ do: fc.constantFrom('sweep' as const, 'deliver' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function take(at: ContentPartitions, taken: Step): void {
  switch (taken.do) {
    case 'append': {
      const bytes = at.head(taken.content)?.bytes ?? 0
      const chunks = taken.chunks.map((name) => chunk(name, name))
      const told = {
        at: taken.isLate ? Math.max(0, bytes - 1) : bytes,
        chunks,
        ...(taken.tail === undefined ? {} : { tail: chunk(taken.tail, taken.tail) }),
        ...(taken.isLast ? { seal: SHA256 } : {}),
      }
      at.ask(taken.content, 'content.append', at.appendOf(told))
      return
    }
    case 'hold':
    case 'release':
      at.ask(taken.content, `content.${taken.do}`, { holder: taken.holder })
      return
    case 'keep':
    case 'discard':
      at.ask(taken.content, `content.${taken.do}`, {})
      return
    case 'restart':
      at.machine(partitionOfContent(taken.content)).rebuild()
      return
    case 'pass':
      at.timeMs += taken.hours * HOUR_MS
      return
    case 'sweep':
      for (const content of CONTENTS) at.sweep(partitionOfContent(content))
      return
    case 'deliver':
      at.deliver()
  }
}

/** What is there is whole, sealed things stay as they are, and what is held is there. */
function check(at: ContentPartitions, sealed: Map<string, string>, held: Set<string>): void {
  for (const content of CONTENTS) {
    const head = at.head(content)
    if (head === undefined) {
      assert.ok(!held.has(content), 'what is held is there')
      sealed.delete(content)
      continue
    }
    const chunks = at.chunksOf(content)
    assert.equal(bytesOf(chunks), head.bytes)
    assert.equal(head.dueMs === undefined, head.holders > 0)
    const whole = JSON.stringify(chunks)
    assert.equal(sealed.get(content) ?? whole, whole)
    if (head.sha256 !== undefined) sealed.set(content, whole)
    if (head.holders > 0) held.add(content)
    else held.delete(content)
  }
}

test('in any order of entries: what is held stays, what is sealed never changes, and in the end nothing is left of what nobody holds', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const at = new ContentPartitions()
      const sealed = new Map<string, string>()
      const held = new Set<string>()
      for (const taken of steps) {
        take(at, taken)
        check(at, sealed, held)
      }
      at.deliver()
      at.timeMs += LIFE_MS
      for (const content of CONTENTS) at.sweepHeard(partitionOfContent(content))
      at.deliver()
      const references = new Map<string, Set<string>>()
      for (const content of CONTENTS) {
        const head = at.head(content)
        assert.equal(head !== undefined, held.has(content))
        if (head === undefined) assert.equal(at.rowsOf(content), 0)
        const chunks = at.chunksOf(content)
        const parts = head?.tail === undefined ? chunks : chunks.slice(0, -1)
        for (const { hash } of parts) refer(references, hash, referenceOf(content))
        if (head?.tail !== undefined) refer(references, head.tail.hash, tailReferenceOf(content))
      }
      for (const name of [1, 2, 3, 4, 5, 6]) {
        const { hash } = chunk(name)
        const wanted = [...(references.get(hash) ?? [])].toSorted()
        assert.deepEqual([...at.referencesOf(hash)].toSorted(), wanted)
      }
      assert.equal(at.refusedMessages(), 0)
    }),
    { numRuns: 150 },
  )
})

function refer(references: Map<string, Set<string>>, hash: string, reference: string): void {
  references.set(hash, (references.get(hash) ?? new Set()).add(reference))
}
