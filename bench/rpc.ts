/**
 * Requests between two processes over mutual TLS 1.3 with every guard on, beside `node:http2` with
 * the same certificates. Rounds of both alternate and the best of each counts, since what else runs
 * on the machine only ever slows.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2'

import { parseMemberId, parseRingId } from '../src/base/ids.ts'
import { DAY_MS } from '../src/base/limits.ts'
import type { MemberCredentials } from '../src/effects/net.ts'
import { platformClock } from '../src/platform/clock.ts'
import { makeCrypto } from '../src/platform/crypto.ts'
import { makeNet } from '../src/platform/net.ts'
import { platformRandom } from '../src/platform/random.ts'
import { RpcNode } from '../src/rpc/node.ts'
import type { Target } from '../src/rpc/types.ts'
import type { Bench } from './bench.ts'
import type { AnswererDoors } from './rpc-answerer.ts'
import { CPU, ECHO, PIECE_BYTES, PIECES } from './rpc-methods.ts'
import { silentLog } from './silent-log.ts'
import { table } from './table.ts'

const RING = parseRingId('a'.repeat(32))
const ASKER = parseMemberId('1'.repeat(32))
const ANSWERER = parseMemberId('2'.repeat(32))

const BODY_BYTES = 100
const IN_FLIGHT = 64
const ROUNDS = 25
const ROUND_MS = 250
const LONE_CALLS = 1_000
const STREAM_PIECES = 96

/** One way to ask: the member's door or HTTP/2. */
interface Contender {
  ask(): Promise<unknown>
  /** Takes so many pieces of PIECE_BYTES. */
  stream(pieces: number): Promise<void>
}

interface Best {
  requestsPerSecond: number
  cpuUs: number
  p50Us: number
  p99Us: number
  loneP50Us: number
  loneP99Us: number
  mbPerSecond: number
  cpuUsPerMb: number
}

export const benchRpc: Bench = async (_, print) => {
  const credentials = await makeCredentials()
  const answerer = fork(new URL('rpc-answerer.ts', import.meta.url), { stdio: 'inherit' })
  try {
    const doors = await startAnswerer(answerer, credentials.answerer)
    const node = await startAsker(credentials.asker)
    const target: Target = { addresses: [doors.rpcAddress], id: ANSWERER }
    const session = await openSession(doors.http2Port, credentials.asker)
    const contenders = { rpc: rpcContender(node, target), http2: http2Contender(session) }
    const cpuUs = async (): Promise<number> => ownCpuUs() + (await node.call(target, CPU, null))
    const best = { rpc: nothingYet(), http2: nothingYet() }
    for (let round = 0; round < ROUNDS; round++) {
      await measure(contenders.rpc, best.rpc, cpuUs)
      await measure(contenders.http2, best.http2, cpuUs)
    }
    report(best.rpc, best.http2, print)
    session.close()
    await node.stop()
  } finally {
    answerer.disconnect()
  }
}

async function makeCredentials() {
  const crypto = makeCrypto()
  const nowMs = Date.now()
  const authority = await crypto.makeAuthority(RING, nowMs)
  const certify = async (memberId: typeof ASKER): Promise<MemberCredentials> => {
    const { privateKeyPem, requestPem } = await crypto.makeRequest(memberId)
    const validity = { validFromMs: nowMs - DAY_MS, validForMs: 2 * DAY_MS }
    const options = { authority, requestPem, ringId: RING, memberId, ...validity }
    const certificatePem = await crypto.issue(options)
    return { authorityPem: authority.certificatePem, certificatePem, privateKeyPem }
  }
  return { asker: await certify(ASKER), answerer: await certify(ANSWERER) }
}

async function startAnswerer(
  answerer: ChildProcess,
  credentials: MemberCredentials,
): Promise<AnswererDoors> {
  answerer.send({ ringId: RING, memberId: ANSWERER, credentials })
  const [doors] = (await once(answerer, 'message')) as [AnswererDoors]
  return doors
}

function startAsker(credentials: MemberCredentials): Promise<RpcNode> {
  return RpcNode.start({
    effects: { clock: platformClock(), net: makeNet(), random: platformRandom(), log: silentLog },
    ringId: RING,
    memberId: ASKER,
    endpoint: { host: '127.0.0.1', port: 0 },
    credentials: () => credentials,
  })
}

async function openSession(
  port: number,
  credentials: MemberCredentials,
): Promise<ClientHttp2Session> {
  const session = connectHttp2(`https://127.0.0.1:${port}`, {
    key: credentials.privateKeyPem,
    cert: credentials.certificatePem,
    ca: credentials.authorityPem,
    // The name is no host's: as between members, the certificate alone decides.
    checkServerIdentity: () => undefined,
    settings: { initialWindowSize: 4 << 20 },
  })
  await once(session, 'connect')
  session.setLocalWindowSize(4 << 20)
  return session
}

function rpcContender(node: RpcNode, target: Target): Contender {
  const question = { text: 'x'.repeat(BODY_BYTES) }
  return {
    ask: () => node.call(target, ECHO, question),
    stream: async (pieces) => {
      let bytes = 0
      for await (const piece of node.stream(target, PIECES, pieces)) bytes += piece.length
      if (bytes !== pieces * PIECE_BYTES) throw new Error(`${bytes} bytes came`)
    },
  }
}

function http2Contender(session: ClientHttp2Session): Contender {
  const body = Buffer.alloc(BODY_BYTES, 'x')
  return {
    ask: () =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':method': 'POST', ':path': '/' })
        const pieces: Buffer[] = []
        stream.on('data', (piece: Buffer) => pieces.push(piece))
        stream.on('end', () => resolve(Buffer.concat(pieces)))
        stream.on('error', reject)
        stream.end(body)
      }),
    stream: (pieces) =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':path': '/', 'x-pieces': String(pieces) })
        let bytes = 0
        stream.on('data', (piece: Buffer) => {
          bytes += piece.length
        })
        stream.on('end', () => {
          if (bytes === pieces * PIECE_BYTES) resolve()
          else reject(new Error(`${bytes} bytes came`))
        })
        stream.on('error', reject)
      }),
  }
}

function nothingYet(): Best {
  const never = Number.POSITIVE_INFINITY
  return {
    requestsPerSecond: 0,
    cpuUs: never,
    p50Us: never,
    p99Us: never,
    loneP50Us: never,
    loneP99Us: never,
    mbPerSecond: 0,
    cpuUsPerMb: never,
  }
}

async function measure(who: Contender, best: Best, cpuUs: () => Promise<number>): Promise<void> {
  const many = await askMany(who, cpuUs)
  best.requestsPerSecond = Math.max(best.requestsPerSecond, many.requestsPerSecond)
  best.cpuUs = Math.min(best.cpuUs, many.cpuUs)
  best.p50Us = Math.min(best.p50Us, many.p50Us)
  best.p99Us = Math.min(best.p99Us, many.p99Us)
  const lone = await askAlone(who)
  best.loneP50Us = Math.min(best.loneP50Us, lone.p50Us)
  best.loneP99Us = Math.min(best.loneP99Us, lone.p99Us)
  const bulk = await takeStream(who, cpuUs)
  best.mbPerSecond = Math.max(best.mbPerSecond, bulk.mbPerSecond)
  best.cpuUsPerMb = Math.min(best.cpuUsPerMb, bulk.cpuUsPerMb)
}

async function askMany(who: Contender, cpuUs: () => Promise<number>) {
  const latencies: number[] = []
  const cpuBeforeUs = await cpuUs()
  const startMs = performance.now()
  const endMs = startMs + ROUND_MS
  const askOn = async (): Promise<void> => {
    for (let nowMs = performance.now(); nowMs < endMs;) {
      await who.ask()
      const doneMs = performance.now()
      latencies.push(doneMs - nowMs)
      nowMs = doneMs
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, askOn))
  const tookMs = performance.now() - startMs
  const usedUs = (await cpuUs()) - cpuBeforeUs
  return {
    requestsPerSecond: (latencies.length / tookMs) * 1e3,
    cpuUs: usedUs / latencies.length,
    ...percentiles(latencies),
  }
}

async function askAlone(who: Contender) {
  const latencies: number[] = []
  for (let i = 0; i < LONE_CALLS; i++) {
    const startMs = performance.now()
    await who.ask()
    latencies.push(performance.now() - startMs)
  }
  return percentiles(latencies)
}

async function takeStream(who: Contender, cpuUs: () => Promise<number>) {
  const megabytes = (STREAM_PIECES * PIECE_BYTES) / 1e6
  const cpuBeforeUs = await cpuUs()
  const startMs = performance.now()
  await who.stream(STREAM_PIECES)
  const tookMs = performance.now() - startMs
  const cpuUsPerMb = ((await cpuUs()) - cpuBeforeUs) / megabytes
  return { mbPerSecond: (megabytes / tookMs) * 1e3, cpuUsPerMb }
}

function percentiles(latenciesMs: readonly number[]) {
  const sorted = Float64Array.from(latenciesMs).sort()
  const at = (part: number): number => (sorted[Math.floor(sorted.length * part)] ?? 0) * 1e3
  return { p50Us: at(0.5), p99Us: at(0.99) }
}

function ownCpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function report(rpc: Best, http2: Best, print: (line: string) => void): void {
  const row = (label: string, pick: (best: Best) => number, wanted: 'more' | 'less') => {
    const [ours, theirs] = [pick(rpc), pick(http2)]
    const ratio = wanted === 'more' ? ours / theirs : theirs / ours
    return [label, whole(ours), whole(theirs), `${ratio.toFixed(1)}x`]
  }
  print(`${BODY_BYTES} bytes a request, ${ROUNDS} rounds of ${ROUND_MS} ms each, the best of each`)
  print('')
  const rows = [
    row(`requests/s, ${IN_FLIGHT} in flight`, (best) => best.requestsPerSecond, 'more'),
    row('CPU of both processes, us a request', (best) => best.cpuUs, 'less'),
    row(`p50 at ${IN_FLIGHT} in flight, us`, (best) => best.p50Us, 'less'),
    row(`p99 at ${IN_FLIGHT} in flight, us`, (best) => best.p99Us, 'less'),
    row('p50 at one in flight, us', (best) => best.loneP50Us, 'less'),
    row('p99 at one in flight, us', (best) => best.loneP99Us, 'less'),
    row('stream of 1 MiB pieces, MB/s', (best) => best.mbPerSecond, 'more'),
    row('CPU of both processes, us a MB of it', (best) => best.cpuUsPerMb, 'less'),
  ]
  for (const line of table(['', 'anillo', 'node:http2', 'ratio'], rows)) print(line)
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
