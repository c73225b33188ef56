/**
 * What accounts cost a member, over a real store of its own: the check of a token, a read by
 * somebody beside one by nobody, log-ins and how long the event loop stands still meanwhile.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'

import { AnilloError } from '../src/base/errors.ts'
import { parseMemberId, parseRingId } from '../src/base/ids.ts'
import { CIPHER_KEY_BYTES } from '../src/effects/cipher.ts'
import type { Effects } from '../src/effects/effects.ts'
import { platformEffects } from '../src/platform/effects.ts'
import { AccessTokens } from '../src/services/accounts/access-tokens.ts'
import { createAccounts, type AccountsService } from '../src/services/accounts/accounts.ts'
import { ACCOUNT_PROCEDURES } from '../src/services/accounts/procedures.ts'
import { SigningKeys } from '../src/services/accounts/signing-keys.ts'
import { createGroupHost } from '../src/store/group/host.ts'
import { ProcedureTable } from '../src/store/partition/procedures.ts'
import { transact } from '../src/store/partition/transact.ts'
import type { Peers } from '../src/store/peers.ts'
import { Router } from '../src/store/routing/router.ts'
import { createStore, type RecordStore } from '../src/store/store.ts'
import type { Bench } from './bench.ts'
import { silentLog } from './silent-log.ts'
import { table } from './table.ts'

const SELF = parseMemberId('1'.repeat(32))
const RING_ID = parseRingId('2'.repeat(32))
const PASSWORD = 'correct horse'
const FROM = { address: undefined, client: 'a measurement' }

const CHECKS = 20_000
const TOKENS = 2_000
const ROUNDS = 7
const ROUND_MS = 700
const READERS = 64
const LOGIN_MS = 6_000
const LOGINS_AT_ONCE = 8
const STALL_RESOLUTION_MS = 1
const ALIVE_MS = 1_000

interface Member {
  readonly effects: Effects
  readonly store: RecordStore
  readonly accounts: AccountsService
}

export const benchAccounts: Bench = async (_, print) => {
  const root = await mkdtemp(join(tmpdir(), 'anillo-bench-accounts-'))
  const { effects, close } = platformEffects({ path: root, logLevel: 'error' })
  // Clocks and stores of a ring of one keep no process alive.
  const alive = setInterval(() => undefined, ALIVE_MS)
  const { member, stop } = await openMember({ ...effects, log: silentLog })
  try {
    for (const row of await checkCosts(member)) print(row)
    print('')
    for (const row of await readCosts(member)) print(row)
    print('')
    for (const row of await loginCosts(member)) print(row)
  } finally {
    await member.accounts.close()
    await stop()
    await close()
    await rm(root, { recursive: true })
    clearInterval(alive)
  }
}

/** A ring of one, founded. */
async function openMember(
  effects: Effects,
): Promise<{ readonly member: Member; readonly stop: () => Promise<void> }> {
  const router = new Router({ effects, self: SELF, peers: NOBODY, members: () => [SELF] })
  const host = await createGroupHost(effects, {
    self: SELF,
    generation: 1,
    path: 'store',
    key: new Uint8Array(CIPHER_KEY_BYTES).fill(7),
    peers: NOBODY,
    procedures: new ProcedureTable({ procedures: [transact, ...ACCOUNT_PROCEDURES] }),
    directions: router,
    isEnrolled: () => true,
    onFailure: (error) => {
      throw error
    },
    onDoing: () => undefined,
  })
  await host.found()
  router.start(host)
  const options = { effects, self: SELF, host, peers: NOBODY, router, nameOf: () => 'n1' }
  const store = createStore(options)
  const accounts = createAccounts({ effects, ringId: RING_ID, store })
  const stop = async (): Promise<void> => {
    router.stop()
    await host.close()
  }
  return { member: { effects, store, accounts }, stop }
}

const NOBODY: Peers = {
  send: () => undefined,
  onBundle: () => undefined,
  onLost: () => undefined,
  isLost: () => false,
  handle: () => undefined,
  ask: async () => {
    throw new AnilloError('RPC_UNREACHABLE', { address: 'nobody', problem: 'a ring of one' })
  },
}

async function checkCosts({ effects, store }: Member): Promise<readonly string[]> {
  const keys = new SigningKeys({ effects, store })
  const parts = { effects, ringId: RING_ID, keys }
  const tokens = new AccessTokens(parts)
  const issued: string[] = []
  await keys.signing()
  const issueUs = await cpuUs(TOKENS, async (number) => {
    const sessionId = String(number).padStart(16, '0')
    issued.push(await tokens.issue({ nick: 'ana', sessionId }))
  })
  const anew = new AccessTokens(parts)
  const anewUs = await cpuUs(TOKENS, (number) => anew.check(issued[number] ?? ''))
  const knownUs = await cpuUs(CHECKS, (number) => anew.check(issued[number % TOKENS] ?? ''))
  const rows = [
    ['made and signed', issueUs.toFixed(1)],
    ['checked the first time', anewUs.toFixed(1)],
    ['checked again', knownUs.toFixed(1)],
  ]
  return table(['an access token is', 'CPU, us'], rows)
}

async function cpuUs(count: number, run: (number: number) => unknown): Promise<number> {
  const before = process.cpuUsage()
  for (let number = 0; number < count; number++) await run(number)
  const { system, user } = process.cpuUsage(before)
  return (system + user) / count
}

/** Rounds of both alternate. */
async function readCosts({ accounts, store }: Member): Promise<readonly string[]> {
  await accounts.register({ nick: 'ana', password: PASSWORD }, FROM)
  const { accessToken } = await accounts.logIn({ nick: 'ana', password: PASSWORD }, FROM)
  const key = { table: 't', pk: 'p', sk: 's' }
  const value = new Uint8Array(100)
  const writes = [{ kind: 'put', sk: key.sk, value } as const]
  await store.transact({ table: key.table, pk: key.pk, conditions: [], writes })
  const rounds = { nobody: new Array<Round>(), somebody: new Array<Round>() }
  for (let round = 0; round < ROUNDS; round++) {
    rounds.nobody.push(await readMany(() => store.get(key)))
    const authorised = async (): Promise<unknown> => {
      await accounts.authenticate(accessToken)
      return store.get(key)
    }
    rounds.somebody.push(await readMany(authorised))
  }
  const [nobody, somebody] = [median(rounds.nobody), median(rounds.somebody)]
  const cells = ({ cpuUs: us, perSecond }: Round): string[] => [
    Math.round(perSecond).toLocaleString('en'),
    us.toFixed(1),
    `${(perSecond / nobody.perSecond).toFixed(2)}x`,
  ]
  return table(
    [`reads of a record, ${READERS} at once`, 'reads/s', 'CPU, us', 'of nobody’s'],
    [
      ['by nobody', ...cells(nobody)],
      ['by somebody, whose session is read first', ...cells(somebody)],
    ],
  )
}

interface Round {
  readonly perSecond: number
  readonly cpuUs: number
}

async function readMany(read: () => Promise<unknown>): Promise<Round> {
  const before = process.cpuUsage()
  const beginMs = performance.now()
  let count = 0
  const reader = async (): Promise<void> => {
    while (performance.now() - beginMs < ROUND_MS) {
      await read()
      count++
    }
  }
  await Promise.all(Array.from({ length: READERS }, reader))
  const { system, user } = process.cpuUsage(before)
  const seconds = (performance.now() - beginMs) / 1_000
  return { perSecond: count / seconds, cpuUs: (system + user) / count }
}

function median(rounds: readonly Round[]): Round {
  const sorted = rounds.toSorted((a, b) => a.perSecond - b.perSecond)
  return sorted[sorted.length >> 1] ?? { perSecond: 0, cpuUs: 0 }
}

async function loginCosts({ accounts }: Member): Promise<readonly string[]> {
  const nicks = Array.from({ length: LOGINS_AT_ONCE }, (_, number) => `user${number}`)
  for (const nick of nicks) await accounts.register({ nick, password: PASSWORD }, FROM)
  const quiet = await stalls(async (endMs) => {
    while (performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 1))
    return 0
  })
  const busy = await stalls(async (endMs) => {
    let count = 0
    const person = async (nick: string): Promise<void> => {
      while (performance.now() < endMs) {
        await accounts.logIn({ nick, password: PASSWORD }, FROM)
        count++
      }
    }
    await Promise.all(nicks.map(person))
    return count
  })
  const cells = ({ count, cpuMs, loopCpuMs, maxMs, p99Ms }: Stalls): string[] => [
    (count / (LOGIN_MS / 1_000)).toFixed(0),
    count === 0 ? '' : (cpuMs / count).toFixed(1),
    count === 0 ? '' : (loopCpuMs / count).toFixed(1),
    p99Ms.toFixed(1),
    maxMs.toFixed(1),
  ]
  return table(
    ['', 'log-ins/s', 'CPU, ms', 'of it the loop’s', 'loop stalls p99, ms', 'most, ms'],
    [
      ['nothing', ...cells(quiet)],
      [`log-ins, ${LOGINS_AT_ONCE} at once`, ...cells(busy)],
    ],
  )
}

interface Stalls {
  readonly count: number
  readonly cpuMs: number
  /** Of the thread of the event loop. */
  readonly loopCpuMs: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** How late a timer of a millisecond fires. */
async function stalls(run: (endMs: number) => Promise<number>): Promise<Stalls> {
  const delay = monitorEventLoopDelay({ resolution: STALL_RESOLUTION_MS })
  const before = process.cpuUsage()
  const loopBefore = process.threadCpuUsage()
  delay.enable()
  const count = await run(performance.now() + LOGIN_MS)
  delay.disable()
  const cpuMs = milliseconds(process.cpuUsage(before))
  const loopCpuMs = milliseconds(process.threadCpuUsage(loopBefore))
  const lateMs = (nanoseconds: number): number => nanoseconds / 1e6 - STALL_RESOLUTION_MS
  return { count, cpuMs, loopCpuMs, p99Ms: lateMs(delay.percentile(99)), maxMs: lateMs(delay.max) }
}

function milliseconds({ system, user }: NodeJS.CpuUsage): number {
  return (system + user) / 1_000
}
