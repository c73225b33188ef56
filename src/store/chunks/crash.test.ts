/** Chunks while members crash, lose power and come back: what was acknowledged is there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { SeededChance } from '../../base/random.ts'
import { ALL_PARTITIONS, partitionOf, partitionOfHash } from '../../wire/partition.ts'
import { ChunkRing, type ChunkMember } from './chunk-ring.test-helper.ts'
import { chunkOf } from './sound-chunk.ts'

const RECORD = { table: 't', pk: 'p' } as const
const HOME = partitionOf(RECORD.table, RECORD.pk)
/** Chunks of these groups are put; more only take time. */
const GROUPS = [...new Set([HOME, ...ALL_PARTITIONS.slice(0, 3)])]
const PUTS = 14
const MEMBERS = 5
const CRASH_EVERY_MS = 700
const DOWN_MS = 1_500
const SETTINGS = { graceMs: 2_000, pinAgeMs: 4_000, auditEveryMs: 3_000 }

/** `undefined`: it failed, or the member that did it is no more. */
async function tried<T>(
  ring: ChunkRing,
  member: ChunkMember,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { running } = member
  if (running === undefined) return undefined
  let isSettled = false
  let value: T | undefined
  work().then(
    (done) => {
      value = done
      isSettled = true
    },
    () => (isSettled = true),
  )
  await ring.until(() => isSettled || member.running !== running, 'it ends')
  return value
}

/** Bytes whose chunk lies in one of the groups. */
function contentOf(chance: SeededChance): Uint8Array {
  for (;;) {
    const bytes = utf8(`${chance.fraction()}`.repeat(1 + chance.below(20_000)))
    if (GROUPS.includes(partitionOfHash(chunkOf(bytes).hash))) return bytes
  }
}

/** One member at a time goes, by kill -9 or with its power, and comes back. */
function crashes(ring: ChunkRing, chance: SeededChance): { stop(): Promise<void> } {
  let isStopped = false
  const run = async (): Promise<void> => {
    while (!isStopped) {
      await after(ring, CRASH_EVERY_MS * (0.5 + chance.fraction()))
      const member = ring.member(chance.below(MEMBERS))
      if (chance.below(2) === 0) member.kill()
      else member.losePower()
      await after(ring, DOWN_MS * chance.fraction())
      member.machine.givePower()
      await member.begin()
    }
  }
  const running = run()
  return {
    stop: () => {
      isStopped = true
      return ring.settle(running, 'the last comes back')
    },
  }
}

function after(ring: ChunkRing, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    ring.world.scheduler.after(delayMs, 'test', resolve)
  })
}

async function putAndRefer(
  ring: ChunkRing,
  member: ChunkMember,
  bytes: Uint8Array,
): Promise<string | undefined> {
  const upload = ring.upload(HOME)
  return tried(ring, member, async () => {
    const { store } = member.here
    const { hash, bytes: length } = await store.chunks.put(bytes, upload, { timeoutMs: 20_000 })
    const refer = { reference: hash, chunks: [{ hash, bytes: length }] }
    const writes = [{ kind: 'put', sk: hash, value: utf8('v') }] as const
    const request = { ...RECORD, conditions: [], writes, chunks: { upload: upload.id, refer } }
    await store.transact(request, { timeoutMs: 20_000 })
    return hash
  })
}

for (const seed of [1, 2, 3, 4, 5]) {
  test(`seed ${seed}: no acknowledged chunk is lost, each has its copies again`, async () => {
    const ring = await ChunkRing.founded({
      seed,
      members: MEMBERS,
      groups: GROUPS,
      settings: SETTINGS,
    })
    const chance = new SeededChance(seed)
    const acknowledged = new Map<string, Uint8Array>()
    const nemesis = crashes(ring, chance)
    for (let put = 0; put < PUTS; put++) {
      const bytes = contentOf(chance)
      const member = ring.member(chance.below(MEMBERS))
      const hash = await putAndRefer(ring, member, bytes)
      if (hash === undefined) await ring.world.pass(200)
      else acknowledged.set(hash, bytes)
    }
    await nemesis.stop()
    assert.ok(acknowledged.size > 0, 'some were acknowledged')
    for (const [hash, bytes] of acknowledged) {
      await ring.until(() => ring.holdersOf(hash).length >= 3, `three copies of ${hash}`)
      const { chunks } = ring.member(chance.below(MEMBERS)).here.store
      assert.deepEqual(await ring.settle(chunks.get(hash)), bytes)
    }
    assert.deepEqual(
      ring.members.flatMap(({ failures, damaged }) => [...failures, ...damaged]),
      [],
    )
  })
}
