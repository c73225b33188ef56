import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { pick, SeededChance, shuffled } from '../../../base/random.ts'
import { Machine, valueOf } from '../../../store/partition/machine.test-helper.ts'
import { readDeliverAnswer } from '../../../wire/command-codec.ts'
import { ALL_PARTITIONS, type PartitionId } from '../../../wire/partition.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import type { Begun, Ended, EndInput } from './frontier-procedures.ts'
import { hostOf, type Host } from './hosts.ts'
import type { Granted } from './job-procedures.ts'
import { HOST_LEASE_MS } from './limits.ts'
import {
  frontierKey,
  hostLockKey,
  jobKey,
  partitionOfCrawl,
  partitionOfHost,
  sumKey,
  URL_PREFIX,
  urlId,
} from './places.ts'
import { CRAWL_PROCEDURES } from './procedures.ts'
import {
  readJobRow,
  readSumRow,
  readUrlRow,
  type JobRow,
  type UrlRow,
  type Wanted,
} from './rows.ts'

const CRAWL = 'c'.repeat(32)
const ONE_MESSAGE_BYTES = 1
const HOSTS = 4
const URLS = 30
const SCHEDULERS = ['1', '2'].map((digit) => digit.repeat(32))
const RUNS = 10

/** Sites that link to one another by chance; each URL is linked from an earlier one at least. */
function makeWeb(chance: SeededChance): ReadonlyMap<string, readonly string[]> {
  const urls = Array.from({ length: URLS }, (_, number) =>
    canonicalUrl(`http://site-${chance.below(HOSTS)}.example.org/${number}`),
  )
  const links = new Map(urls.map((url) => [url, new Array<string>()]))
  for (const [number, url] of urls.entries()) {
    if (number > 0) links.get(present(urls[chance.below(number)], 'url'))?.push(url)
    for (let more = chance.below(4); more > 0; more--) links.get(url)?.push(pick(chance, urls))
  }
  return links
}

interface InHand {
  readonly row: UrlRow
  readonly fence: number
}

/** All partitions, and members that take turns at scheduling hosts and die in the middle. */
class World {
  readonly chance: SeededChance
  readonly web: ReadonlyMap<string, readonly string[]>
  readonly machines = new Map<PartitionId, Machine>()
  /** By host and member: what it believes that it has in hand, and how many it may begin. */
  readonly hands = new Map<string, InHand[]>()
  /** How often each URL ended, by what the frontier took. */
  readonly fetched = new Map<string, number>()
  timeMs = 1_700_000_000_000

  constructor(seed: number) {
    this.chance = new SeededChance(seed)
    this.web = makeWeb(this.chance)
  }

  machine(partition: PartitionId): Machine {
    const known = this.machines.get(partition)
    const machine = known ?? new Machine({ partition, procedures: CRAWL_PROCEDURES })
    machine.timeMs = this.timeMs
    this.machines.set(partition, machine)
    return machine
  }

  get job(): JobRow {
    const { partition } = this.machine(partitionOfCrawl(CRAWL))
    return readJobRow(present(partition.get(jobKey(CRAWL)), 'job'))
  }

  get hosts(): readonly Host[] {
    return [...new Set([...this.web.keys()].map((url) => hostOf(canonicalUrl(url))))]
  }

  start(pages: number): void {
    const seeds = byHost([...this.web.keys()].slice(0, 1), 0)
    const input = { crawl: CRAWL, spec: '{}', pages, seeds }
    valueOf(this.machine(partitionOfCrawl(CRAWL)).call('crawl.start', input))
  }

  /** One message of some pair of partitions; its answer may be lost. */
  deliver(): boolean {
    for (const [from, source] of shuffled(this.chance, [...this.machines])) {
      const [to] = shuffled(this.chance, source.partition.destinations())
      if (to === undefined) continue
      const messages = source.partition.outboxOf(to, ONE_MESSAGE_BYTES)
      const told = this.machine(to).apply({ kind: 'deliver', source: from, messages })
      const { backup, mark } = present(readDeliverAnswer(valueOf(told)), 'answer')
      if (this.chance.below(5) === 0) return true
      source.apply({ kind: 'delivered', destination: to, through: mark, backup })
      return true
    }
    return false
  }

  /** A member schedules a host, as far as it holds its lease. @returns what it did. */
  schedule(host: Host): boolean {
    const member = pick(this.chance, SCHEDULERS)
    const fence = this.#lease(host, member)
    if (fence === undefined) return false
    const name = `${member} ${host}`
    const held = (this.hands.get(name) ?? []).filter((each) => each.fence === fence)
    this.hands.set(name, held)
    if (held.length > 0 && this.chance.below(3) > 0) return this.#end(host, held)
    return this.#begin(host, { fence, held })
  }

  #lease(host: Host, token: string): number | undefined {
    const input = { ...hostLockKey(host), token, ttlMs: HOST_LEASE_MS }
    const at = this.machine(partitionOfHost(host))
    const answer = valueOf(at.call('lock.acquire', input)) as { kind: string; fence: number }
    return answer.kind === 'held' ? answer.fence : undefined
  }

  #begin(
    host: Host,
    { fence, held }: { readonly fence: number; readonly held: InHand[] },
  ): boolean {
    const at = this.machine(partitionOfHost(host))
    const begun = this.#inHand(host)
    const lost = begun.filter((row) => !held.some((each) => each.row.url === row.url))
    held.push(...lost.map((row) => ({ row, fence })))
    const fetched = [...this.fetched.keys()].filter((url) => isOf(host, url)).length
    const asked = { crawl: CRAWL, host, fence, fetched, begun: held.length, want: 3 }
    const of = this.machine(partitionOfCrawl(CRAWL)).call('crawl.grant', asked)
    const { given } = valueOf(of) as Granted
    if (given === 0) return lost.length > 0
    const by = { member: CRAWL, life: CRAWL }
    const input = { crawl: CRAWL, host, fence, by, count: given }
    const { urls } = valueOf(at.call('crawl.begin', input)) as Begun
    held.push(...urls.map((row) => ({ row, fence })))
    if (urls.length < given) this.#giveBack({ ...asked, begun: held.length })
    return urls.length > 0
  }

  /** What the host does not need others may have. */
  #giveBack(asked: object): void {
    valueOf(this.machine(partitionOfCrawl(CRAWL)).call('crawl.grant', { ...asked, want: 0 }))
  }

  /** URLs of the host that have not ended. */
  left(host: Host): number {
    const states = [...this.web.keys()].map((url) =>
      isOf(host, url) ? rowOf(this.machine(partitionOfHost(host)), url)?.state : undefined,
    )
    return states.filter((state) => state === 'queued' || state === 'begun').length
  }

  /** The same, as the frontier counts them. */
  counted(host: Host): number | undefined {
    const { partition } = this.machine(partitionOfHost(host))
    const record = partition.get(sumKey({ crawl: CRAWL, host }))
    return record === undefined ? 0 : readSumRow(record).open
  }

  /** As the next scheduler reads them. */
  #inHand(host: Host): readonly UrlRow[] {
    return [...this.web.keys()].flatMap((url) => {
      const row = isOf(host, url) ? rowOf(this.machine(partitionOfHost(host)), url) : undefined
      return row?.state === 'begun' ? [row] : []
    })
  }

  #end(host: Host, held: InHand[]): boolean {
    const [first, ...rest] = shuffled(this.chance, held)
    const { fence, row } = present(first, 'something in hand')
    held.splice(0, held.length, ...rest)
    // It died before the call, or the call came late.
    if (this.chance.below(6) === 0) return true
    const isAgain = row.tries === 1 && this.chance.below(6) === 0
    const ended: Ended = isAgain
      ? { url: row.url, as: 'again', inMs: 1_000, end: {} }
      : { url: row.url, as: 'done', end: { status: 200, bytes: 10 } }
    const found = isAgain ? [] : byHost(this.web.get(row.url) ?? [], row.depth + 1)
    const at = this.machine(partitionOfHost(host))
    const before = rowOf(at, row.url)?.state
    const input: EndInput = { crawl: CRAWL, host, fence, ended: [ended], found }
    valueOf(at.call('crawl.end', input))
    if (before === 'begun' && !isAgain) {
      this.fetched.set(row.url, (this.fetched.get(row.url) ?? 0) + 1)
    }
    return true
  }
}

function isOf(host: Host, url: string): boolean {
  return hostOf(canonicalUrl(url)) === host
}

function rowOf(machine: Machine, url: string): UrlRow | undefined {
  const host = hostOf(canonicalUrl(url))
  const record = machine.partition.get(frontierKey({ crawl: CRAWL, host }, URL_PREFIX + urlId(url)))
  return record === undefined ? undefined : readUrlRow(record)
}

function byHost(urls: readonly string[], depth: number) {
  // Some that come late stand before what was taken out already.
  const wanted = (url: string): Wanted => ({ url, depth, hops: 0, priority: url.length % 3 })
  const groups = Map.groupBy([...new Set(urls)], (url) => hostOf(canonicalUrl(url)))
  return [...groups].map(([host, of]) => ({ host, urls: of.map(wanted) }))
}

for (const pages of [10_000, 12]) {
  test(`a crawl of ${pages} pages ends when all has ended, not before, and nothing is fetched twice`, () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      const world = new World(seed)
      world.start(pages)
      let steps = 0
      while (world.job.state === 'running') {
        assert.ok(++steps < 100_000, `seed ${seed} goes on and on`)
        world.timeMs += world.chance.below(200)
        if (world.chance.below(40) === 0) world.timeMs += HOST_LEASE_MS
        if (world.chance.below(2) === 0 && world.deliver()) continue
        world.schedule(pick(world.chance, world.hosts))
        assert.ok(world.fetched.size <= pages, `seed ${seed} has too many`)
        for (const host of world.hosts) assert.equal(world.counted(host), world.left(host))
      }
      const { endedBy, totals } = world.job
      const most = Math.min(pages, URLS)
      assert.equal(world.fetched.size, most, `seed ${seed} ended too early`)
      assert.equal(endedBy, pages < URLS ? 'pages' : 'all')
      assert.ok([...world.fetched.values()].every((times) => times === 1))
      assert.equal(totals.done, most)
      assert.equal(totals.bytes, most * 10)
      while (world.deliver()) assert.ok(++steps < 200_000)
      if (pages > URLS) assert.equal(world.job.totals.queued, URLS)
    }
  })
}

test('who schedules a host no more is refused, and changes nothing', () => {
  const world = new World(1)
  world.start(100)
  while (world.deliver());
  const [host] = world.hosts.filter((each) => isOf(each, [...world.web.keys()][0] ?? ''))
  const at = world.machine(partitionOfHost(present(host, 'the seed’s host')))
  const before = at.state.dump()
  const by = { member: CRAWL, life: CRAWL }
  const input = { crawl: CRAWL, host, fence: 12, by, count: 1 }
  const answer = at.call('crawl.begin', input)
  assert.equal(answer.kind === 'refused' && answer.code, 'LOCK_LOST')
  assert.equal(withoutSessions(at.state.dump()), withoutSessions(before))
  assert.ok(ALL_PARTITIONS.includes(partitionOfCrawl(CRAWL)))
})

/** Rows of records alone. */
function withoutSessions(dump: string): string {
  const record = Buffer.from('hosts').toString('hex')
  return dump
    .split('\n')
    .filter((line) => line.includes(record))
    .join('\n')
}
