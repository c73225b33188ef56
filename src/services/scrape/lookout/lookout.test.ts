import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { AnilloError } from '../../../base/errors.ts'
import { parsePosition } from '../../../base/ids.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { SILENT } from '../pages/page-ring.test-helper.ts'
import { FIRST_LOOK_MS, LOOK_SOON_MS, LOOKS_AFTER_WORD_MS } from './limits.ts'
import { Lookout } from './lookout.ts'

const EVERY_MS = 100 * LOOK_SOON_MS
const POSITION = parsePosition('5'.repeat(64))

class Trial {
  readonly clock = new ManualClock()
  /** When it looked; virtual ms. */
  readonly looks: number[] = []
  readonly lookout: Lookout
  readonly watchers = new Set<() => void>()
  look: () => Promise<number> = async () => EVERY_MS
  isOwner = true
  joined = true

  constructor() {
    this.lookout = new Lookout({
      clock: this.clock,
      log: SILENT,
      overlay: this,
      what: 'what is tried',
      look: () => {
        this.looks.push(this.clock.nowMs())
        return this.look()
      },
    })
  }

  owns(): boolean {
    return this.isOwner
  }

  onNeighbours(changed: () => void): () => void {
    this.watchers.add(changed)
    return () => void this.watchers.delete(changed)
  }

  neighboursChange(): void {
    for (const changed of this.watchers) changed()
  }

  /**
   * @param isThere look by look; the last one for all that follow. @returns the looks, virtual ms
   */
  expect(...isThere: readonly boolean[]): number[] {
    const looks: number[] = []
    const find = async (): Promise<boolean> => {
      looks.push(this.clock.nowMs())
      return present(isThere[Math.min(looks.length, isThere.length) - 1], 'an answer')
    }
    this.lookout.expect('it', { position: POSITION, find })
    return looks
  }

  /** Step by step: what a look waits for comes between two of them. */
  async pass(ms: number, stepMs = 100): Promise<void> {
    this.clock.advance(0)
    await settled()
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      this.clock.advance(stepMs)
      await settled()
    }
  }
}

/** Whatever waits for promises alone has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** When the looks after a word at 0 are, where nothing comes. */
const AFTER_WORD_MS = LOOKS_AFTER_WORD_MS.map((_, last) =>
  LOOKS_AFTER_WORD_MS.slice(0, last + 1).reduce((sum, ms) => sum + ms, 0),
)

test('it looks soon, as often as it said, and soon after neighbours changed', async () => {
  const trial = new Trial()
  await trial.pass(FIRST_LOOK_MS + EVERY_MS + 500)
  const second = FIRST_LOOK_MS + EVERY_MS
  assert.deepEqual(trial.looks, [FIRST_LOOK_MS, second])
  trial.neighboursChange()
  await trial.pass(300)
  // The last of several counts.
  trial.neighboursChange()
  await trial.pass(LOOK_SOON_MS)
  assert.deepEqual(trial.looks.slice(2), [second + 800 + LOOK_SOON_MS])
})

test('the first look is the first one of a member that joined', async () => {
  const trial = new Trial()
  trial.joined = false
  await trial.pass(FIRST_LOOK_MS + 1_000)
  trial.joined = true
  trial.neighboursChange()
  await trial.pass(FIRST_LOOK_MS)
  assert.deepEqual(trial.looks, [FIRST_LOOK_MS, 2 * FIRST_LOOK_MS + 1_000])
})

test('hear() looks at once, and never begins a look while one is under way', async () => {
  const trial = new Trial()
  const first = Promise.withResolvers<number>()
  trial.look = () => first.promise
  trial.lookout.hear()
  await trial.pass(100)
  trial.lookout.hear()
  await trial.pass(100)
  assert.deepEqual(trial.looks, [0])
  trial.look = async () => EVERY_MS
  first.resolve(EVERY_MS)
  await trial.pass(100)
  assert.deepEqual(trial.looks, [0, 200])
})

test('neighbours that change during a look are looked at soon, though the look saw others', async () => {
  const trial = new Trial()
  const first = Promise.withResolvers<number>()
  trial.look = () => first.promise
  trial.lookout.hear()
  await trial.pass(100)
  trial.neighboursChange()
  await trial.pass(100)
  first.resolve(EVERY_MS)
  await trial.pass(LOOK_SOON_MS)
  assert.deepEqual(trial.looks, [0, 100 + LOOK_SOON_MS])
})

test('a look that failed is made again soon', async () => {
  const trial = new Trial()
  trial.look = () => Promise.reject(new AnilloError('STORE_UNAVAILABLE'))
  await trial.pass(3 * LOOK_SOON_MS)
  assert.deepEqual(
    trial.looks,
    [0, 1, 2].map((times) => FIRST_LOOK_MS + times * LOOK_SOON_MS),
  )
})

test('expect() looks a few times and then leaves it, or until it has come', async () => {
  const trial = new Trial()
  const never = trial.expect(false)
  await trial.pass(2 * present(AFTER_WORD_MS.at(-1), 'the last look'))
  assert.deepEqual(never, AFTER_WORD_MS)
  const startMs = trial.clock.nowMs()
  const third = trial.expect(false, false, true)
  await trial.pass(present(AFTER_WORD_MS.at(-1), 'the last look'))
  assert.deepEqual(
    third,
    AFTER_WORD_MS.slice(0, 3).map((ms) => startMs + ms),
  )
})

test('a word that comes while something is expected begins one more row of looks, afterwards', async () => {
  const trial = new Trial()
  const looks = trial.expect(false)
  const others = Array.from({ length: 100 }, () => trial.expect(false)).flat()
  await trial.pass(4 * present(AFTER_WORD_MS.at(-1), 'the last look'))
  assert.equal(looks.length, 2 * AFTER_WORD_MS.length)
  assert.deepEqual(others, [])
})

test('a look for what was told of that fails ends nothing', async () => {
  const trial = new Trial()
  let looks = 0
  const find = async (): Promise<boolean> => {
    if (++looks < 3) throw new AnilloError('STORE_UNAVAILABLE')
    return true
  }
  trial.lookout.expect('it', { position: POSITION, find })
  await trial.pass(present(AFTER_WORD_MS.at(-1), 'the last look'))
  assert.equal(looks, 3)
})

test('what another member owns, or this one before it has joined, is not looked for', async () => {
  for (const what of ['isOwner', 'joined'] as const) {
    const trial = new Trial()
    trial[what] = false
    assert.equal(trial.lookout.owns(POSITION), false)
    const looks = trial.expect(true)
    await trial.pass(LOOK_SOON_MS)
    assert.deepEqual(looks, [])
  }
})

test('close() ends all looks, waits for the one under way, and is heard by who waits', async () => {
  const trial = new Trial()
  const look = Promise.withResolvers<number>()
  trial.look = () => look.promise
  trial.lookout.hear()
  await trial.pass(100)
  const looks = trial.expect(false)
  await trial.pass(0)
  const order: string[] = []
  const closed = trial.lookout.close().then(() => order.push('closed'))
  assert.ok(trial.lookout.closing.aborted)
  await settled()
  order.push('looked')
  look.resolve(EVERY_MS)
  await closed
  assert.deepEqual(order, ['looked', 'closed'])
  trial.neighboursChange()
  trial.lookout.hear()
  await trial.pass(2 * EVERY_MS, EVERY_MS)
  assert.deepEqual([trial.looks.length, looks.length], [1, 1])
  assert.equal(trial.watchers.size, 0)
})
