/**
 * One of three members on a disk of its own that gets full, and that becomes read-only. The member
 * tells, the ring goes on without it, and it comes back by itself. Needs leave to mount; without
 * it the simulation alone shows this.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { RealRing } from '../process/ring.ts'

const DISK = '512m'
const LOOK_MS = 100

interface Written {
  readonly status: number
  readonly body: string
}

async function put(ring: RealRing, key: string): Promise<Written> {
  const response = await ring
    .fetch(`${ring.door(0)}/v1/kv/trial/${key}/v`, {
      method: 'PUT',
      body: key,
      signal: AbortSignal.timeout(10_000),
    })
    .catch((error: unknown) => new Response(String(error), { status: 599 }))
  return { status: response.status, body: await response.text() }
}

/** Asks again until it is so; fails with what was seen last. */
async function until<T>(ask: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  const endMs = performance.now() + PATIENCE_MS
  for (;;) {
    const seen = await ask()
    if (isSo(seen)) return seen
    assert.ok(performance.now() < endMs, `still ${JSON.stringify(seen).slice(0, 400)}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

const KEYS = Array.from({ length: 40 }, (_, at) => `k${at}`)

async function putAll(ring: RealRing): Promise<readonly Written[]> {
  return Promise.all(KEYS.map((key) => put(ring, key)))
}

const isDone = ({ status }: Written): boolean => status === 201 || status === 204

/** The ring with the directory of its third member on a small disk. */
async function ringWithSmallDisk() {
  const first = await RealRing.start({ members: 3 })
  const { data, http } = first
  await first.stop()
  const disk = join(data, 'members', 'n3')
  const copy = join(data, 'copy')
  execFileSync('cp', ['-a', disk, copy])
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk])
  execFileSync('cp', ['-a', `${copy}/.`, disk])
  await rm(copy, { recursive: true })
  const ring = await RealRing.start({ members: 3, data, http })
  return {
    ring,
    disk,
    async [Symbol.asyncDispose]() {
      await ring.stop()
      spawnSync('mount', ['-o', 'remount,rw', disk])
      execFileSync('umount', ['-l', disk])
      await rm(data, { recursive: true, force: true })
    },
  }
}

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize
}

/** Leaves so many bytes free; none: until nothing can be written any more. */
async function fill(disk: string, leftBytes: number): Promise<void> {
  const path = join(disk, 'filler')
  const bytes = (await freeBytes(disk)) - leftBytes
  if (leftBytes > 0) execFileSync('fallocate', ['-l', `${bytes}`, path])
  else spawnSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=4k'])
}

async function untilAllArePut(ring: RealRing): Promise<void> {
  await until(
    () => putAll(ring),
    (told) => told.every(isDone),
  )
}

/** All three hold all again, as the last of them tells it. */
async function untilOneMayFail(ring: RealRing): Promise<void> {
  const mayFail = (): Promise<number> =>
    ring.ring(2).then(
      (told) => told.mayFail,
      () => -1,
    )
  await until(mayFail, (count) => count === 1)
}

const mayMount = spawnSync('unshare', ['-m', 'true']).status === 0 && process.getuid?.() === 0
const options = mayMount ? {} : { skip: 'mounting is not allowed here' }

test(
  'a disk that is nearly full refuses writes by name, takes deletes, and opens again',
  options,
  async () => {
    await using small = await ringWithSmallDisk()
    const { disk, ring } = small
    assert.ok((await putAll(ring)).every(isDone))
    await fill(disk, 40 * 2 ** 20)
    const refused = await until(
      () => put(ring, 'k1'),
      ({ status }) => status === 507,
    )
    assert.match(refused.body, /DISK_FULL/)
    assert.match(refused.body, /n3/)
    const removed = await ring.fetch(`${ring.door(1)}/v1/kv/trial/k2/v`, { method: 'DELETE' })
    assert.equal(removed.status, 204)
    await rm(join(disk, 'filler'))
    await untilAllArePut(ring)
  },
)

test(
  'a disk without a byte left stops its member, not the ring; with room it is back',
  options,
  async (t) => {
    await using small = await ringWithSmallDisk()
    const { disk, ring } = small
    assert.ok((await putAll(ring)).every(isDone))
    await fill(disk, 0)
    assert.equal(await freeBytes(disk), 0)
    // Refused while the member lives and tells that it is full, or taken by the other two.
    const all = await until(
      () => putAll(ring),
      (told) => told.every(({ status }) => status < 599),
    )
    t.diagnostic([...new Set(all.map(({ status }) => status))].join(' '))
    for (const { status, body } of all)
      assert.ok(status < 300 || status === 507 || status === 503, body)
    await rm(join(disk, 'filler'))
    await untilAllArePut(ring)
    await untilOneMayFail(ring)
  },
)

/**
 * A file system is made read-only while nothing on it is open for writing: so its member is killed
 * first, as often as it is back before that.
 */
async function makeReadOnly(ring: RealRing, disk: string): Promise<void> {
  const remount = () => spawnSync('mount', ['-o', 'remount,ro', disk]).status === 0
  await until(
    async () => {
      await ring.signal('n3', 'SIGKILL').catch(() => undefined)
      return remount()
    },
    (isReadOnly) => isReadOnly,
  )
}

test(
  'a disk that is read-only keeps its member out, not the ring; writable, it is back',
  options,
  async (t) => {
    await using small = await ringWithSmallDisk()
    const { disk, ring } = small
    assert.ok((await putAll(ring)).every(isDone))
    await makeReadOnly(ring, disk)
    await untilAllArePut(ring)
    await until(
      async () => ring.said.join('\n'),
      (said) => /n3.*cannot be written/.test(said),
    )
    t.diagnostic(
      ring.said
        .filter((line) => line.includes('n3'))
        .slice(-3)
        .join(' | '),
    )
    execFileSync('mount', ['-o', 'remount,rw', disk])
    await untilOneMayFail(ring)
  },
)
