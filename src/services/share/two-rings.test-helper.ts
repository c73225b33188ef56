/** Two rings in memory that find one another, and what tests of shares do in them. */
import assert from 'node:assert/strict'

import { present } from '../../base/assert.ts'
import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import { MIB } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import type { Download } from '../../wire/api-shares.ts'
import { ANA, MemoryOutside, MemoryRing, MemoryWeb } from './share-world.test-helper.ts'

/** Of the tree. */
export const HOMES = '/home'
export const FILM = '/ana/film.bin'
export const ONE = 'http://one:9400'
export const TWO = 'http://two:9400'

export function noise(bytes: number, seed = 7): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 8) * seed) & 0xff)
}

export async function refuses(asked: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(asked, (thrown) => isAnilloError(thrown, code))
}

export interface World {
  readonly outside: MemoryOutside
  readonly web: MemoryWeb
  readonly one: MemoryRing
  readonly two: MemoryRing
}

export async function inWorld(run: (world: World) => Promise<void>, clock?: Clock): Promise<void> {
  const net = { outside: new MemoryOutside(), web: new MemoryWeb() }
  const one = new MemoryRing(net, ONE, { clock })
  const two = new MemoryRing(net, TWO, { clock })
  try {
    await run({ ...net, one, two })
    assert.deepEqual([...one.errors, ...two.errors], [])
  } finally {
    await one.service[Symbol.asyncDispose]()
    await two.service[Symbol.asyncDispose]()
  }
}

export async function ended(ring: MemoryRing, id: string): Promise<Download> {
  let last: Download | undefined
  for await (const told of ring.service.downloads.watch(ANA, id, AbortSignal.timeout(20_000))) {
    last = told
  }
  return present(last, 'a download')
}

/** Said to the network. */
export async function shared(ring: MemoryRing, path: string, name?: string) {
  const { share } = await ring.service.shares.share(ANA, { path, name })
  await ring.service.refresh(AbortSignal.timeout(5_000))
  return share
}

/** A download that has some pieces, and waits for the rest until `release` is called. */
export async function halfWay({ one, two, web }: World, clock: ManualClock) {
  const film = noise(6 * MIB)
  await one.file(FILM, film)
  const { magnet } = await shared(one, FILM)
  const serve = present(web.servers.get(ONE), 'a door')
  let isHeld = true
  let served = 0
  web.servers.set(ONE, async (path, ask) => {
    if (ask.range === undefined || !isHeld || ++served <= 2) return serve(path, ask)
    return new Promise<never>((_, reject) =>
      ask.signal.addEventListener('abort', () => reject(new Error('called off'))),
    )
  })
  const { id } = await two.service.downloads.begin(ANA, { magnet })
  const now = (ring = two): Promise<Download> => ring.service.downloads.get(ANA, id)
  await passUntil(clock, async () => (await now()).keptPieces === 2, 'two pieces')
  return {
    id,
    film,
    now,
    release: () => {
      isHeld = false
    },
  }
}

/** Lets time pass until it holds. */
export async function passUntil(
  clock: ManualClock,
  holds: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  for (let steps = 0; !(await holds()); steps++) {
    assert.ok(steps < STEPS_MAX, `it never came: ${what}`)
    clock.advance(STEP_MS)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const STEP_MS = 100
const STEPS_MAX = 5_000
