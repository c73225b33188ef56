import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Machine, valueOf } from '../../../store/partition/machine.test-helper.ts'
import { CALENDAR_PAGES_MAX, QUERY_VARIANTS_MAX, type Trap } from '../scope/traps.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import type { AddInput } from './frontier-procedures.ts'
import { hostOf } from './hosts.ts'
import { frontierPk, HOSTS_TABLE, partitionOfHost, TRAP_PREFIX, URL_PREFIX } from './places.ts'
import { CRAWL_PROCEDURES } from './procedures.ts'
import { readUrlRow } from './rows.ts'
import { TRAPPED_TOLD_MAX } from './trap-counts.ts'

const CRAWL = 'c'.repeat(32)
const HOST = hostOf(canonicalUrl('http://site.example/'))
const AT_ONCE = 400

/** What the frontier has of them, by state or by the code of the trap, and how many rows count. */
function added(urls: readonly string[], trap?: Trap) {
  const partition = partitionOfHost(HOST)
  const machine = new Machine({ partition, procedures: CRAWL_PROCEDURES })
  for (let at = 0; at < urls.length; at += AT_ONCE) {
    const wanted = urls.slice(at, at + AT_ONCE).map((path) => {
      const url = canonicalUrl(`http://site.example${path}`)
      return { url, depth: 1, hops: 0, priority: 50, ...(trap === undefined ? {} : { trap }) }
    })
    const input: AddInput = { crawl: CRAWL, hosts: [{ host: HOST, urls: wanted }] }
    // Taken twice it changes nothing.
    for (const _ of [1, 2]) valueOf(machine.call('crawl.add', input))
  }
  const range = { table: HOSTS_TABLE, pk: frontierPk({ crawl: CRAWL, host: HOST }), limit: 1_000 }
  const counts: Record<string, number> = {}
  for (let start = URL_PREFIX; ;) {
    const { items } = machine.partition.list({ ...range, prefix: URL_PREFIX, start })
    for (const record of items) {
      const { end, state } = readUrlRow(record)
      const name = state === 'skipped' ? (end?.code ?? '?') : state
      counts[name] = (counts[name] ?? 0) + 1
    }
    const last = items.at(-1)
    if (last === undefined) break
    start = `${last.sk}0`
  }
  return { counts, rows: machine.partition.list({ ...range, prefix: TRAP_PREFIX }).items.length }
}

function count(length: number, path: (number: number) => string): readonly string[] {
  return Array.from({ length }, (_, number) => path(number))
}

test('one path has so many queries, and no more; other paths have theirs', () => {
  const many = count(QUERY_VARIANTS_MAX + 500, (number) => `/shop?colour=${number}`)
  const { counts, rows } = added([...many, '/other?colour=1', '/plain'])
  assert.deepEqual(counts, { queued: QUERY_VARIANTS_MAX + 2, TRAP_QUERY: TRAPPED_TOLD_MAX })
  assert.equal(rows, 2)
})

test('a calendar ends, whichever its spelling', () => {
  const days = count(CALENDAR_PAGES_MAX + 50, (number) => {
    const day = new Date(Date.UTC(1990, 0, 1 + number)).toISOString().slice(0, 10)
    return `/events/${day}`
  })
  const { counts, rows } = added(days)
  assert.deepEqual(counts, { queued: CALENDAR_PAGES_MAX, TRAP_CALENDAR: 50 })
  assert.equal(rows, 1)
})

test('what an address shows by itself is told of a hundred times a trap', () => {
  const { counts } = added(
    count(300, (number) => `/a/a/a/a/a/${number}`),
    'repeats',
  )
  assert.deepEqual(counts, { TRAP_REPEATS: TRAPPED_TOLD_MAX })
})
