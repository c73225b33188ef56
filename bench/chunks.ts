/**
 * Chunks over five members, each a process with a disk of its own folder and mutual TLS 1.3 to the
 * others: one stream written to three of them each piece, and read back at a member that did not
 * write it. Then one that lost its chunks is refilled, while another goes on reading.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { present } from '../src/base/assert.ts'
import { parseMemberId, parseRingId } from '../src/base/ids.ts'
import { DAY_MS, MIB, SECOND_MS } from '../src/base/limits.ts'
import { makeCrypto } from '../src/platform/crypto.ts'
import type { Bench } from './bench.ts'
import type { Measured, MemberStart, Order } from './chunks-member.ts'
import { table } from './table.ts'

const MEMBERS = 5
const ROUNDS = 3
const ROUND_BYTES = 128 * MIB
const IDLE_MS = 2_000
const LONG_BYTES = 1024 * MIB
const REFILL_READ_BYTES = 128 * MIB
const REFILL_LOOK_MS = 200
const WHOLE_CHUNK = /[0-9a-f]{64}$/
const RING = parseRingId('c'.repeat(32))

export const HEADS = ['', 'MB/s', 'CPU of all, ms/MB', 'memory more, MiB', 'longest stall, ms']

/** `short`: without the stream of 1 GiB. */
export const benchChunks: Bench = async ([length], print) => {
  const root = await mkdtemp(join(tmpdir(), 'anillo-bench-chunks-'))
  const members: ChildProcess[] = []
  try {
    const starts = await openRing(members, root)
    print(await idleLine(members))
    const rows: string[][] = []
    for (let round = 1; round <= ROUNDS; round++) {
      rows.push(...(await measure(members, { name: `${round}`, bytes: ROUND_BYTES, seed: round })))
    }
    if (length !== 'short') {
      const seed = ROUNDS + 1
      rows.push(...(await measure(members, { name: '1 GiB', bytes: LONG_BYTES, seed })))
    }
    for (const line of table(HEADS, rows)) print(line)
    for (const line of await measureRefill(members, starts)) print(line)
  } finally {
    await Promise.all(members.map(end))
    await rm(root, { recursive: true })
  }
}

interface Round {
  readonly name: string
  readonly bytes: number
  readonly seed: number
}

/** Written at the first member, read at the second. */
async function measure(
  members: readonly ChildProcess[],
  { name, bytes, seed }: Round,
): Promise<readonly string[][]> {
  const [writer, reader] = [present(members[0], 'writer'), present(members[1], 'reader')]
  const startMs = await cpuMs(members)
  const written = await ask<Measured>(writer, { kind: 'write', bytes, seed })
  const writtenMs = await cpuMs(members)
  const read = await ask<Measured>(reader, { kind: 'read', chunks: written.chunks })
  const readMs = await cpuMs(members)
  return [
    rowOf(`write ${name}`, written, { bytes, cpuMs: writtenMs - startMs }),
    rowOf(`read ${name}`, read, { bytes, cpuMs: readMs - writtenMs }),
  ]
}

/**
 * The last member is ended, its chunks are deleted, and it is started again; the second reads all
 * the time.
 */
async function measureRefill(
  members: ChildProcess[],
  starts: readonly MemberStart[],
): Promise<readonly string[]> {
  const start = present(starts.at(-1), 'last member')
  const reader = present(members[1], 'reader')
  const writer = present(members[0], 'writer')
  const seed = ROUNDS + 2
  const { chunks } = await ask<Measured>(writer, { kind: 'write', bytes: REFILL_READ_BYTES, seed })
  const alone = await ask<Measured>(reader, { kind: 'read', chunks })
  const path = join(start.path, 'store/chunks')
  const wanted = await bytesBelow(path)
  await end(present(members.pop(), 'last member'))
  await rm(path, { recursive: true })
  const again = forkMember()
  members.push(again)
  await ask(again, { kind: 'start', start })
  await ask(again, { kind: 'open', addresses: addressesOf(starts) })
  const openedMs = performance.now()
  while ((await bytesBelow(path)) === 0) await setTimeout(REFILL_LOOK_MS)
  const begunMs = performance.now()
  const reads: Measured[] = []
  const before = await cpuMs(members)
  while ((await bytesBelow(path)) < wanted) {
    reads.push(await ask<Measured>(reader, { kind: 'read', chunks }))
  }
  const tookMs = performance.now() - begunMs
  const usedMs = (await cpuMs(members)) - before
  const readMs = reads.reduce((sum, each) => sum + each.tookMs, 0)
  const rateOf = (bytes: number, ms: number): string => (bytes / 1e3 / ms).toFixed(0)
  const read = rateOf(reads.length * REFILL_READ_BYTES, readMs)
  return [
    `Refill of ${(wanted / MIB).toFixed(0)} MiB: begun after ${((begunMs - openedMs) / SECOND_MS).toFixed(0)} s, ` +
      `${rateOf(wanted, tookMs)} MB/s, ${(usedMs / (wanted / 1e6)).toFixed(1)} ms/MB of all with the reads.`,
    `Read meanwhile: ${read} MB/s, alone before: ${rateOf(REFILL_READ_BYTES, alone.tookMs)} MB/s; ` +
      `longest stall there ${Math.max(0, ...reads.map((each) => each.stallMsMax)).toFixed(0)} ms.`,
  ]
}

/** Of chunks that are whole. */
async function bytesBelow(path: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(path, { recursive: true }).catch(() => [])) {
    if (!WHOLE_CHUNK.test(name)) continue
    bytes += (await stat(join(path, name)).catch(() => undefined))?.size ?? 0
  }
  return bytes
}

/** What the five use while nobody asks for anything: beats, for the most part. */
async function idleLine(members: readonly ChildProcess[]): Promise<string> {
  await setTimeout(IDLE_MS)
  const beforeMs = await cpuMs(members)
  await setTimeout(IDLE_MS)
  const usedMs = ((await cpuMs(members)) - beforeMs) / (IDLE_MS / SECOND_MS)
  return `Idle, all use ${usedMs.toFixed(0)} ms of processor a second: at 10 MB/s ${(usedMs / 10).toFixed(0)} ms/MB.`
}

export async function cpuMs(members: readonly ChildProcess[]): Promise<number> {
  const all = await Promise.all(members.map((member) => ask<number>(member, { kind: 'cpu' })))
  return all.reduce((sum, each) => sum + each, 0)
}

export function rowOf(
  what: string,
  { tookMs, rssMoreBytes, stallMsMax }: Omit<Measured, 'chunks'>,
  used: { readonly bytes: number; readonly cpuMs: number },
): string[] {
  const mb = used.bytes / 1e6
  const numbers = [(mb * 1e3) / tookMs, used.cpuMs / mb, rssMoreBytes / MIB, stallMsMax]
  return [what, ...numbers.map((number, at) => number.toFixed(at === 1 ? 1 : 0))]
}

export async function end(member: ChildProcess): Promise<void> {
  if (member.exitCode !== null) return
  member.disconnect()
  await once(member, 'exit')
}

export async function openRing(
  members: ChildProcess[],
  root: string,
  count = MEMBERS,
): Promise<readonly MemberStart[]> {
  const starts = await makeStarts(root, count)
  const opened: MemberStart[] = []
  for (const start of starts) {
    const member = forkMember()
    members.push(member)
    const address = await ask<string>(member, { kind: 'start', start })
    opened.push({ ...start, port: Number(address.split(':').at(-1)) })
  }
  for (const member of members) await ask(member, { kind: 'open', addresses: addressesOf(opened) })
  await ask(present(members[0], 'first member'), { kind: 'found' })
  return opened
}

async function makeStarts(root: string, count: number): Promise<readonly MemberStart[]> {
  const crypto = makeCrypto()
  const nowMs = Date.now()
  const authority = await crypto.makeAuthority(RING, nowMs)
  const make = async (number: number): Promise<MemberStart> => {
    const memberId = parseMemberId(number.toString(16).padStart(32, '0'))
    const { privateKeyPem, requestPem } = await crypto.makeRequest(memberId)
    const validity = { validFromMs: nowMs - DAY_MS, validForMs: 2 * DAY_MS }
    const options = { authority, requestPem, ringId: RING, memberId, ...validity }
    const certificatePem = await crypto.issue(options)
    const credentials = { authorityPem: authority.certificatePem, certificatePem, privateKeyPem }
    return { ringId: RING, memberId, credentials, path: join(root, `n${number}`), port: 0 }
  }
  return Promise.all(Array.from({ length: count }, (_, at) => make(at + 1)))
}

function addressesOf(starts: readonly MemberStart[]): Readonly<Record<string, string>> {
  return Object.fromEntries(starts.map(({ memberId, port }) => [memberId, `127.0.0.1:${port}`]))
}

function forkMember(): ChildProcess {
  return fork(new URL('chunks-member.ts', import.meta.url), {
    stdio: 'inherit',
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    execArgv: ['--expose-gc'],
  })
}

export async function ask<T>(member: ChildProcess, order: Order): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const ended = (): void => reject(new Error('a member of the bench ended'))
  member.once('exit', ended)
  member.once('message', (message) => resolve((message as { readonly answer: T }).answer))
  member.send(order)
  return promise.finally(() => member.off('exit', ended))
}
