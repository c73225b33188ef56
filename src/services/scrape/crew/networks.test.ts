import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError, type ErrorCode } from '../../../base/errors.ts'
import { parseMemberId, positionOf } from '../../../base/ids.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { platformUnpack } from '../../../platform/unpack.ts'
import { MemoryChunks } from '../../../store/memory-chunks.test-helper.ts'
import type { FetchedFor } from '../../../wire/fetch-for.ts'
import { partitionIdOf } from '../../../wire/partition.ts'
import type { ReceivedBy } from '../pages/page-download.ts'
import { SILENT } from '../pages/page-ring.test-helper.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import type { CrewMember } from './crew.ts'
import { UNREACHED_MS } from './limits.ts'
import { Networks } from './networks.ts'

const NEVER = new AbortController().signal
const member = (digit: string, host: string): CrewMember => ({
  id: parseMemberId(digit.repeat(32)),
  name: `m${digit}`,
  address: `10.0.0.${digit}:9300`,
  host,
})
const SELF = member('1', 'here')
const REFUSED: FetchedFor = {
  kind: 'failed',
  code: 'FETCH_REFUSED',
  details: { host: 'site.example' },
  isAnswered: false,
}
const PAGE: FetchedFor = {
  kind: 'page',
  fetched: {
    finalUrl: 'http://site.example/',
    redirects: [],
    status: 200,
    statusText: 'OK',
    headers: [],
    contentType: 'text/plain',
    charset: null,
    title: null,
    bytes: 0,
    wireBytes: 0,
    hash: 'a'.repeat(64),
    durationMs: 1,
    remoteAddress: '192.0.2.1',
  },
  body: { kind: 'none' },
}

type Here = (url: URL) => number | readonly [number, string]

/** The site as this member sees it, and what others say when they are asked. */
class Trial {
  readonly clock = new ManualClock()
  crew: readonly CrewMember[] = [
    SELF,
    member('2', 'there'),
    member('3', 'beyond'),
    member('4', 'far'),
  ]
  /** Who tried, in order. */
  readonly tried: string[] = []
  here: Here = () => {
    throw new AnilloError('FETCH_REFUSED', { host: 'site.example' })
  }
  there: (name: string) => FetchedFor = () => PAGE
  readonly #networks: Networks

  constructor() {
    const { clock } = this
    const gate = {
      admit: async () => [{ address: '192.0.2.1', family: 4 } as const],
      confirm: () => undefined,
    }
    this.#networks = new Networks({
      clock,
      log: SILENT,
      crew: () => this.crew,
      self: { ...SELF, position: positionOf(SELF.address) },
      chunks: new MemoryChunks(),
      fetching: {
        clock,
        gate,
        unpack: platformUnpack,
        agent: 'anillo',
        http: { request: async ({ url }) => this.#answer(url) },
      },
      rpc: {
        call: async (target, method) => {
          const name = this.crew.find(({ id }) => id === target.id)?.name ?? ''
          this.tried.push(name)
          const read = method.readAnswer(this.there(name))
          if (read === undefined) throw new AnilloError('RPC_GARBLED', { address: '', problem: '' })
          return read
        },
        stream: () => assert.fail('nothing is streamed'),
      },
    })
  }

  receive(how: { vantage?: string; mayBegin?: () => boolean } = {}): Promise<ReceivedBy> {
    return this.#networks.receive({
      url: canonicalUrl('http://site.example/'),
      conditions: [],
      upload: { id: '0'.repeat(32), partition: partitionIdOf(0) },
      progress: () => undefined,
      wantsLinks: () => false,
      signal: NEVER,
      vantage: how.vantage,
      mayBegin: how.mayBegin ?? (() => true),
    })
  }

  async failsWith(code: ErrorCode, how: { vantage?: string } = {}): Promise<void> {
    await assert.rejects(this.receive(how), { code })
  }

  #answer(url: URL) {
    if (this.tried.at(-1) !== 'm1' || url.pathname === '/') this.tried.push('m1')
    const told = this.here(url)
    const [status, location] = typeof told === 'number' ? [told, undefined] : told
    const headers = location === undefined ? [] : [['Location', location] as const]
    return {
      status,
      statusText: '',
      httpVersion: '1.1',
      headers,
      remoteAddress: '192.0.2.1',
      body: ReadableStream.from<Uint8Array>([]),
    }
  }
}

function failing(code: ErrorCode, details = {}): Here {
  return () => {
    throw new AnilloError(code, { host: 'site.example', ...details })
  }
}

test('receive() by this member alone where its network does', async () => {
  const trial = new Trial()
  trial.here = () => 200
  assert.equal((await trial.receive()).by.name, 'm1')
  assert.deepEqual(trial.tried, ['m1'])
})

test('receive() moves on to another host where this network cannot reach the site', async () => {
  for (const here of [
    failing('FETCH_REFUSED'),
    failing('HOST_UNKNOWN'),
    failing('FETCH_TIMEOUT', { phase: 'connect', limitMs: 1 }),
    failing('FETCH_TIMEOUT', { phase: 'name', limitMs: 1 }),
  ]) {
    const trial = new Trial()
    trial.here = here
    const { by } = await trial.receive()
    assert.notEqual(by.name, 'm1')
    assert.deepEqual(trial.tried, ['m1', by.name])
  }
})

test('receive() takes what a site says for the end, whatever it is', async () => {
  const ends: readonly (readonly [Here, ErrorCode | undefined])[] = [
    [() => 403, undefined],
    [() => 429, undefined],
    [() => 503, undefined],
    [failing('ADDRESS_FORBIDDEN', { address: '10.0.0.1', reason: 'private' }), 'ADDRESS_FORBIDDEN'],
    [failing('FETCH_BROKEN', { problem: 'it broke off' }), 'FETCH_BROKEN'],
    [failing('FETCH_TLS', { problem: 'expired' }), 'FETCH_TLS'],
    [failing('FETCH_TIMEOUT', { phase: 'headers', limitMs: 1 }), 'FETCH_TIMEOUT'],
  ]
  for (const [here, code] of ends) {
    const trial = new Trial()
    trial.here = here
    if (code === undefined) assert.equal((await trial.receive()).kind, 'page')
    else await trial.failsWith(code)
    assert.deepEqual(trial.tried, ['m1'])
  }
})

test('receive() does not move on where a redirect was answered before', async () => {
  const trial = new Trial()
  trial.here = (url) => {
    if (url.pathname === '/') return [302, '/on']
    throw new AnilloError('FETCH_REFUSED', { host: 'site.example' })
  }
  await trial.failsWith('FETCH_REFUSED')
  assert.deepEqual(trial.tried, ['m1'])
})

test('receive() stops at what a site says to another member', async () => {
  const trial = new Trial()
  trial.there = () => ({ ...REFUSED, code: 'ADDRESS_FORBIDDEN' })
  await trial.failsWith('ADDRESS_FORBIDDEN')
  assert.equal(trial.tried.length, 2)
})

test('receive() asks two others at most, and remembers who could not', async () => {
  const trial = new Trial()
  trial.there = () => REFUSED
  await trial.failsWith('FETCH_REFUSED')
  assert.equal(trial.tried.length, 3)
  trial.tried.length = 0
  for (let again = 0; again < 3; again++) await trial.failsWith('FETCH_REFUSED')
  assert.deepEqual(trial.tried, ['m1', 'm1', 'm1'])
  trial.tried.length = 0
  trial.clock.advance(UNREACHED_MS)
  await trial.failsWith('FETCH_REFUSED')
  assert.equal(trial.tried.length, 3)
})

test('receive() goes to whom it reached the host by, for a while', async () => {
  const trial = new Trial()
  const { by } = await trial.receive()
  trial.tried.length = 0
  await trial.receive()
  assert.deepEqual(trial.tried, [by.name])
  trial.clock.advance(UNREACHED_MS)
  trial.tried.length = 0
  await trial.receive()
  assert.deepEqual(trial.tried, ['m1', by.name])
})

test('receive() leaves members of its own host alone: they have its network', async () => {
  const trial = new Trial()
  trial.crew = trial.crew.map((one) => ({ ...one, host: 'here' }))
  await trial.failsWith('FETCH_REFUSED')
  assert.deepEqual(trial.tried, ['m1'])
})

test('receive() begins nothing more when the leave is over', async () => {
  const trial = new Trial()
  await assert.rejects(trial.receive({ mayBegin: () => false }), { code: 'FETCH_REFUSED' })
  assert.deepEqual(trial.tried, ['m1'])
  // The next leave is for another network.
  assert.notEqual((await trial.receive({ mayBegin: () => false })).by.name, 'm1')
})

test('receive() passes over members that are gone', async () => {
  const trial = new Trial()
  let isGone = true
  trial.there = () => {
    if (!isGone) return PAGE
    isGone = false
    throw new AnilloError('RPC_UNREACHABLE', { address: '', problem: '' })
  }
  assert.equal((await trial.receive()).kind, 'page')
  assert.equal(trial.tried.length, 3)
})

test('receive() from a vantage is by that network alone', async () => {
  const trial = new Trial()
  trial.here = () => 200
  assert.equal((await trial.receive({ vantage: 'm3' })).by.name, 'm3')
  assert.equal((await trial.receive({ vantage: 'beyond' })).by.name, 'm3')
  assert.equal((await trial.receive({ vantage: 'here' })).by.name, 'm1')
  trial.tried.length = 0
  trial.there = () => REFUSED
  await trial.failsWith('FETCH_REFUSED', { vantage: 'm3' })
  assert.deepEqual(trial.tried, ['m3'])
  await trial.failsWith('VANTAGE_UNKNOWN', { vantage: 'nobody' })
  trial.there = () => {
    throw new AnilloError('RPC_UNREACHABLE', { address: '', problem: '' })
  }
  await trial.failsWith('VANTAGE_SILENT', { vantage: 'there' })
})
