/**
 * Chunks and the records that refer to them, under faults that interrupt: whatever a record refers
 * to can be read, and what nothing refers to goes in the end.
 */
import { assert } from '../../src/base/assert.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { SeededChance } from '../../src/base/random.ts'
import { ALL_PARTITIONS, partitionOf } from '../../src/wire/partition.ts'
import { seedRun } from '../seed-run.ts'
import { areWhole, interrupt } from '../store/interrupted.ts'
import type { Simulation } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { FileClient, FILE_TABLE, fileIn, type FileOfRecord } from './client.ts'
import { ChunkedRing, type Content } from './ring.ts'

const MEMBERS = 3
const CLIENTS = 4
const FILES_A_CLIENT = 3
const CONTENTS = 24
const LIFE_MS = 2 * MINUTE_MS
const INTERRUPTIONS = {
  intervalMsMean: 5 * SECOND_MS,
  durationMsMax: 10 * SECOND_MS,
  downMax: 1,
}
const READY_WITHIN_MS = MINUTE_MS
const ENDED_WITHIN_MS = MINUTE_MS
/** Old pins, graces, audits: all of them a few times. */
const COLLECTED_WITHIN_MS = 3 * MINUTE_MS
const READ_TIMEOUT_MS = 5 * SECOND_MS

const WANTED = [
  'check: a chunk has the bytes of its hash',
  'check: what is referred to has its row',
  'check: what nothing refers to is collected',
  'chunks: a file was written',
  'chunks: a file was deleted',
] as const

export const runChunksScenario = seedRun(simulationOf)

export function simulationOf(seed: number): Simulation {
  return { name: 'chunks', seed, scenario: (world) => live(world, seed) }
}

async function live(world: World, seed: number): Promise<readonly string[]> {
  world.tally.want(WANTED)
  const ring = new ChunkedRing(world)
  const contents = ring.contents(CONTENTS, seed)
  const names = namesIn(ring, CLIENTS * FILES_A_CLIENT)
  await ring.stores.begin(MEMBERS)
  await world.until(() => isWhole(ring), 'all vote', READY_WITHIN_MS)
  const director = interrupt(world, ring.stores, INTERRUPTIONS)
  director.start()
  const endMs = world.nowMs + LIFE_MS
  const clients = Array.from({ length: CLIENTS }, (_, number) => {
    const own = names.filter((_name, place) => place % CLIENTS === number)
    const chance = new SeededChance(seed * CLIENTS + number)
    return new FileClient({ world, ring, contents, names: own, chance, number })
  })
  const living = Promise.all(clients.map((client) => client.live(endMs)))
  await world.settle(living, 'the clients live', LIFE_MS + ENDED_WITHIN_MS)
  director.heal()
  await world.until(() => isWhole(ring), 'all are up again', READY_WITHIN_MS)
  const files = await world.settle(filesOf(ring, names), 'files are listed', ENDED_WITHIN_MS)
  await checkRows(world, ring, { contents, files })
  for (const [place, name] of names.entries()) {
    const client = clients[place % CLIENTS]
    assert(client !== undefined, 'each file has its client')
    const isRead = await world.settle(readAtLast(client, name), `${name} is read`, ENDED_WITHIN_MS)
    assert(isRead, `${name} cannot be read`)
  }
  return [`${MEMBERS} members, ${files.length} files in the end, ${ring.rows().length} chunks`]
}

async function readAtLast(client: FileClient, name: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES_MAX; tries++) if (await client.read(name)) return true
  return false
}

const TRIES_MAX = 10

/** In time there is a row for each chunk that a file refers to, and no other. */
async function checkRows(
  world: World,
  ring: ChunkedRing,
  { contents, files }: { contents: readonly Content[]; files: readonly FileOfRecord[] },
): Promise<void> {
  const wanted = new Set(files.map(({ content }) => contents[content]?.ref.hash ?? ''))
  world.tally.add('check: what is referred to has its row', wanted.size)
  const endMs = world.nowMs + COLLECTED_WITHIN_MS
  for (;;) {
    const rows = isWhole(ring) ? ring.rows() : []
    const isExact = rows.length === wanted.size && rows.every((hash) => wanted.has(hash))
    if (isExact) break
    assert(world.nowMs < endMs, `${rows.length} chunks are kept for ${wanted.size} referred to`)
    await world.pass(SECOND_MS)
  }
  world.tally.add('check: what nothing refers to is collected')
}

async function filesOf(
  ring: ChunkedRing,
  names: readonly string[],
): Promise<readonly FileOfRecord[]> {
  const files: FileOfRecord[] = []
  for (const name of names) {
    for (;;) {
      const key = { table: FILE_TABLE, pk: name, sk: 'file' }
      const asked = await ring.ask(0, (records) => records.get(key, { timeoutMs: READ_TIMEOUT_MS }))
      if (asked.kind !== 'answer') continue
      const file = fileIn(asked.value)
      if (file !== undefined) files.push(file)
      break
    }
  }
  return files
}

function isWhole({ stores }: ChunkedRing): boolean {
  return areWhole(stores, MEMBERS)
}

/** Names of files whose records lie in the partitions of the ring. */
function namesIn({ groups }: ChunkedRing, count: number): readonly string[] {
  const names: string[] = []
  for (let number = 0; names.length < count; number++) {
    assert(number < count * ALL_PARTITIONS.length, 'some names lie in each partition')
    const name = `file${number}`
    if (groups.includes(partitionOf(FILE_TABLE, name))) names.push(name)
  }
  return names
}
