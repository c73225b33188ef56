/** A member of the bench of chunks: groups, store and chunks over real disks and mutual TLS. */
import { randomBytes } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'

import { present } from '../src/base/assert.ts'
import type { MemberId, RingId } from '../src/base/ids.ts'
import { CIPHER_KEY_BYTES } from '../src/effects/cipher.ts'
import type { Effects } from '../src/effects/effects.ts'
import type { MemberCredentials } from '../src/effects/net.ts'
import { platformCipher } from '../src/platform/cipher.ts'
import { platformEffects } from '../src/platform/effects.ts'
import { RpcNode } from '../src/rpc/node.ts'
import { createContents } from '../src/services/files/contents/contents.ts'
import { CONTENT_PROCEDURES } from '../src/services/files/contents/procedures.ts'
import type { Body, Contents } from '../src/services/files/contents/types.ts'
import { openChunks } from '../src/store/chunks/member-chunks.ts'
import { CHUNK_PROCEDURES } from '../src/store/chunks/procedures.ts'
import { createGroupHost } from '../src/store/group/host.ts'
import type { GroupHost } from '../src/store/group/types.ts'
import { ProcedureTable } from '../src/store/partition/procedures.ts'
import { transact } from '../src/store/partition/transact.ts'
import { Router } from '../src/store/routing/router.ts'
import { RpcPeers } from '../src/store/rpc-peers.ts'
import { createStore, withChunks, type RecordStore } from '../src/store/store.ts'
import type { ChunkRef, ChunkStore } from '../src/store/types.ts'
import { ALL_PARTITIONS, partitionIdOf } from '../src/wire/partition.ts'
import { silentLog } from './silent-log.ts'
import { againMs, talliedCipher } from './tallied-cipher.ts'

export interface MemberStart {
  readonly ringId: RingId
  readonly memberId: MemberId
  readonly credentials: MemberCredentials
  readonly path: string
  /** 0 for any. */
  readonly port: number
}

export type Order =
  | { readonly kind: 'start'; readonly start: MemberStart }
  | { readonly kind: 'open'; readonly addresses: Readonly<Record<string, string>> }
  /** All groups, in which all members vote. */
  | { readonly kind: 'found' }
  /** Pieces of the seed, so that nothing is there already. */
  | { readonly kind: 'write'; readonly bytes: number; readonly seed: number }
  | { readonly kind: 'read'; readonly chunks: readonly ChunkRef[] }
  /** Files, a seed each, all at once; pieces of chance, stamped with the seed. */
  | { readonly kind: 'writeContent'; readonly bytes: number; readonly seeds: readonly number[] }
  | { readonly kind: 'readContent'; readonly bodies: readonly Body[] }
  /** So many records, `PUTS_AT_ONCE` at a time. */
  | { readonly kind: 'put'; readonly count: number; readonly seed: number }
  /** Time of the processor, ms, that its encryption takes by itself: all since the last time. */
  | { readonly kind: 'sealAgain' }
  /** Time of the processor that the process has used, in ms. */
  | { readonly kind: 'cpu' }

export interface Measured {
  readonly tookMs: number
  readonly rssMoreBytes: number
  readonly stallMsMax: number
  readonly chunks: readonly ChunkRef[]
}

export interface MeasuredContent extends Omit<Measured, 'chunks'> {
  readonly bodies: readonly Body[]
}

const PIECE_BYTES = 256 * 1024
/** Content of files: chunks are cut at other places in each stretch of it. */
const BLOCK_BYTES = 64 * PIECE_BYTES
const RSS_LOOK_MS = 20
const CHANGE_LOOK_MS = 20

/** As many as clients that wait for their answers in the bench of the store. */
const PUTS_AT_ONCE = 128
const VALUE_BYTES = 256
const TABLE = 'bench'

const cipher = talliedCipher(platformCipher())
let effects: Effects
let records: RecordStore
let rpc: RpcNode
let self: MemberId
let host: GroupHost
let chunks: ChunkStore
let contents: Contents
let voters: readonly MemberId[]

async function start({ ringId, memberId, credentials, path, port }: MemberStart): Promise<string> {
  effects = { ...platformEffects({ path, logLevel: 'error' }).effects, log: silentLog, cipher }
  self = memberId
  rpc = await RpcNode.start({
    effects,
    ringId,
    memberId,
    endpoint: { host: '127.0.0.1', port },
    credentials: () => credentials,
  })
  return rpc.address
}

async function open(addresses: Readonly<Record<string, string>>): Promise<void> {
  const members = Object.keys(addresses) as MemberId[]
  const peers = new RpcPeers({ rpc, addressesOf: (id) => [present(addresses[id], 'address')] })
  const router = new Router({ effects, self, peers, members: () => members })
  const key = new Uint8Array(CIPHER_KEY_BYTES).fill(7)
  host = await createGroupHost(effects, {
    self,
    generation: 1,
    path: 'store',
    key,
    peers,
    procedures: new ProcedureTable({
      procedures: [transact, ...CHUNK_PROCEDURES, ...CONTENT_PROCEDURES],
    }),
    directions: router,
    isEnrolled: () => true,
    onFailure: (error) => {
      throw error
    },
  })
  router.start(host)
  const nameOf = (id: MemberId): string => id
  const parts = { effects, self, host, peers, router, key, nameOf }
  records = createStore(parts)
  const opened = await openChunks({
    ...parts,
    records,
    path: 'store/chunks',
    hostOf: (id) => id,
    mayCollect: async () => true,
    onVerdict: () => undefined,
  })
  opened.start()
  chunks = opened.store
  contents = createContents({ effects, store: withChunks(records, chunks) })
  voters = members
}

async function found(): Promise<void> {
  await host.found()
  await letVote(voters)
}

/** Asked again until all groups have all voters. */
async function letVote(members: readonly MemberId[]): Promise<void> {
  for (;;) {
    const open = ALL_PARTITIONS.filter((group) => {
      const status = host.status(group)
      return status?.isChanging !== false || status.configuration?.voters.length !== members.length
    })
    if (open.length === 0) return
    for (const group of open) host.change(group, { voters: members, learners: [] })
    await new Promise((resolve) => setTimeout(resolve, CHANGE_LOOK_MS))
  }
}

async function* content(bytes: number, seed: number): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(PIECE_BYTES).fill(seed)
  const view = new DataView(piece.buffer)
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    view.setUint32(0, at / PIECE_BYTES)
    view.setUint32(4, seed)
    yield piece
  }
}

async function write(bytes: number, seed: number): Promise<readonly ChunkRef[]> {
  const upload = { id: seed.toString(16).padStart(32, '0'), partition: partitionIdOf(0) }
  return chunks.write(content(bytes, seed), upload, { timeoutMs: 60_000 })
}

async function read(refs: readonly ChunkRef[]): Promise<readonly ChunkRef[]> {
  let bytes = 0
  for await (const piece of chunks.read(refs)) bytes += piece.length
  return bytes === 0 ? [] : refs
}

async function writeContent(bytes: number, seed: number): Promise<Body> {
  const block = randomBytes(BLOCK_BYTES)
  const view = new DataView(block.buffer, block.byteOffset, block.length)
  const writer = contents.begin({ nick: 'bench' })
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    const place = at % BLOCK_BYTES
    view.setUint32(place, at / PIECE_BYTES)
    view.setUint32(place + 4, seed)
    await writer.push(block.subarray(place, place + Math.min(PIECE_BYTES, bytes - at)))
  }
  return writer.seal()
}

async function readContent(body: Body): Promise<Body> {
  const to = body.kind === 'here' ? body.bytes.length : body.bytes
  let bytes = 0
  for await (const piece of contents.read(body, { from: 0, to })) bytes += piece.length
  if (bytes !== to) throw new Error(`read ${bytes} of ${to} bytes`)
  return body
}

async function put(count: number, seed: number): Promise<readonly ChunkRef[]> {
  let next = 0
  const putter = async (): Promise<void> => {
    while (next < count) {
      const number = next++
      const value = new Uint8Array(VALUE_BYTES).fill(seed)
      const writes = [{ kind: 'put', sk: 'value', value } as const]
      const pk = `${seed} ${number}`
      await records.transact({ table: TABLE, pk, conditions: [], writes }, { timeoutMs: 60_000 })
    }
  }
  await Promise.all(Array.from({ length: PUTS_AT_ONCE }, putter))
  return []
}

async function measuredContent(works: readonly (() => Promise<Body>)[]): Promise<MeasuredContent> {
  const { done, ...numbers } = await measure(() => Promise.all(works.map((work) => work())))
  return { ...numbers, bodies: done }
}

async function measured(work: () => Promise<readonly ChunkRef[]>): Promise<Measured> {
  const { done, ...numbers } = await measure(work)
  return { ...numbers, chunks: done }
}

async function measure<T>(
  work: () => Promise<T>,
): Promise<Omit<Measured, 'chunks'> & { readonly done: T }> {
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = before
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, RSS_LOOK_MS)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const startMs = performance.now()
  const done = await work()
  const tookMs = performance.now() - startMs
  clearInterval(looking)
  delay.disable()
  return { tookMs, rssMoreBytes: most - before, stallMsMax: delay.max / 1e6, done }
}

async function cpuMs(): Promise<number> {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3
}

function carryOut(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'start':
      return start(order.start)
    case 'open':
      return open(order.addresses)
    case 'found':
      return found()
    case 'write':
      return measured(() => write(order.bytes, order.seed))
    case 'read':
      return measured(() => read(order.chunks))
    case 'writeContent':
      return measuredContent(order.seeds.map((seed) => () => writeContent(order.bytes, seed)))
    case 'readContent':
      return measuredContent(order.bodies.map((body) => () => readContent(body)))
    case 'put':
      return measured(() => put(order.count, order.seed))
    case 'sealAgain':
      return Promise.resolve(againMs(platformCipher(), cipher.take()))
    case 'cpu':
      return cpuMs()
  }
}

process.on('message', (order: Order) => {
  void carryOut(order).then((answer) => process.send?.({ answer: answer ?? null }))
})
process.once('disconnect', () => process.exit())
