/**
 * Where crawls and their frontiers stand. IDs of crawls have 32 hex digits; a HOST is the first 32
 * of the SHA-256 of its name, a URL the first 32 of its page’s id, HEAD the first two of a HOST.
 *
 *     crawls  ID              job              the crawl
 *                             host/HOST        what was tallied of a host
 *     crawls.index  one pk a partition  TIME.ID
 *     crawls.ended  one pk a partition  NICK/TIME.ID   those of an account, by the time of their
 * end
 *     hosts   HEAD            active/HOST/ID   the crawl has URLs of that host left
 *             HEAD/HOST/ID    sum              how many of its URLs were fetched, how many are left
 *                             url/URL          a URL that the crawl knows
 *                             next/..          queue: URLs in the order of fetching
 *                             later/DUE/URL    URLs to be tried again, by logged time
 *                             begun/URL        URLs that a scheduler has in hand
 *                             trap/KIND        how many URLs of a kind there are
 *     hosts.locks  one pk a partition  HOST    lease of whoever schedules the host
 *
 * All rows of a host lie in one partition, so that each step of its scheduler is one entry.
 */
import { sha256Hex } from '../../../base/hash.ts'
import type { RecordKey } from '../../../store/partition/procedure.ts'
import { partitionOf, pkIn, type PartitionId } from '../../../wire/partition.ts'
import { HEAD_DIGITS } from '../heads.ts'
import type { Host } from './hosts.ts'

export const CRAWLS_TABLE = 'crawls'
/** One pk a partition: crawls of that partition, in the order of their beginning. */
export const INDEX_TABLE = 'crawls.index'
/** One pk a partition: of crawls of that partition that are over, whose they are. */
export const ENDED_TABLE = 'crawls.ended'
export const HOSTS_TABLE = 'hosts'
/** Locks are written by procedures of their own. */
export const HOST_LOCKS_TABLE = 'hosts.locks'

export const ACTIVE_PREFIX = 'active/'
export const URL_PREFIX = 'url/'
export const NEXT_PREFIX = 'next/'
export const LATER_PREFIX = 'later/'
export const BEGUN_PREFIX = 'begun/'
/** Of URLs of one kind, such as queries of one path: how many there are. */
export const TRAP_PREFIX = 'trap/'
export const TALLY_PREFIX = 'host/'

const ID_DIGITS = 32

/** One crawl on one host. */
export interface CrawlOnHost {
  readonly crawl: string
  readonly host: Host
}

export function hostId(host: Host): string {
  return sha256Hex(host).slice(0, ID_DIGITS)
}

export function urlId(url: string): string {
  return sha256Hex(url).slice(0, ID_DIGITS)
}

/** Of the page, for `/v1/pages/{id}`. */
export function urlPageId(url: string): string {
  return sha256Hex(url)
}

export function headOfHost(host: Host): string {
  return hostId(host).slice(0, HEAD_DIGITS)
}

export function partitionOfCrawl(crawl: string): PartitionId {
  return partitionOf(CRAWLS_TABLE, crawl)
}

export function partitionOfHost(host: Host): PartitionId {
  return partitionOf(HOSTS_TABLE, headOfHost(host))
}

export function jobKey(crawl: string): RecordKey {
  return { table: CRAWLS_TABLE, pk: crawl, sk: 'job' }
}

export function indexKey(crawl: string, atMs: number): RecordKey {
  const pk = pkIn(INDEX_TABLE, partitionOfCrawl(crawl))
  return { table: INDEX_TABLE, pk, sk: timed(atMs, crawl) }
}

/** @param by nick */
export function endedPrefix(by: string): string {
  return `${by}/`
}

export function endedKey(crawl: string, by: string, atMs: number): RecordKey {
  const pk = pkIn(ENDED_TABLE, partitionOfCrawl(crawl))
  return { table: ENDED_TABLE, pk, sk: endedPrefix(by) + timed(atMs, crawl) }
}

/** In byte order, that of their times. */
export function timed(atMs: number, id: string): string {
  return `${digits(atMs, TIME_DIGITS)}.${id}`
}

export function timeOf(text: string): { readonly atMs: number; readonly id: string } {
  return { atMs: Number(text.slice(0, TIME_DIGITS)), id: text.slice(TIME_DIGITS + 1) }
}

export function tallyKey({ crawl, host }: CrawlOnHost): RecordKey {
  return { table: CRAWLS_TABLE, pk: crawl, sk: TALLY_PREFIX + hostId(host) }
}

export function activeKey({ crawl, host }: CrawlOnHost): RecordKey {
  const sk = `${ACTIVE_PREFIX}${hostId(host)}/${crawl}`
  return { table: HOSTS_TABLE, pk: headOfHost(host), sk }
}

export function hostLockKey(host: Host): RecordKey {
  const pk = pkIn(HOST_LOCKS_TABLE, partitionOfHost(host))
  return { table: HOST_LOCKS_TABLE, pk, sk: hostId(host) }
}

/** Of everything that one crawl has on one host. */
export function frontierPk({ crawl, host }: CrawlOnHost): string {
  return `${headOfHost(host)}/${hostId(host)}/${crawl}`
}

export function frontierKey(on: CrawlOnHost, sk: string): RecordKey {
  return { table: HOSTS_TABLE, pk: frontierPk(on), sk }
}

/** What is counted of it. */
export function sumKey(on: CrawlOnHost): RecordKey {
  return frontierKey(on, 'sum')
}

export interface QueuePlace {
  /** 0 first. */
  readonly priority: number
  readonly depth: number
  /** Log index and number within the entry: order of arrival. */
  readonly index: number
  readonly number: number
}

/** Byte order is the order of fetching. */
export function nextSk({ depth, index, number, priority }: QueuePlace, id: string): string {
  const arrival = `${digits(index, INDEX_DIGITS)}.${digits(number, NUMBER_DIGITS)}`
  return `${NEXT_PREFIX}${digits(priority, 2)}.${digits(depth, 4)}.${arrival}.${id}`
}

export function laterSk(dueMs: number, id: string): string {
  return `${LATER_PREFIX}${digits(dueMs, TIME_DIGITS)}.${id}`
}

/** When the URL at this place is due, ms since 1970. */
export function dueOf(sk: string): number {
  return Number(sk.slice(LATER_PREFIX.length, LATER_PREFIX.length + TIME_DIGITS))
}

/** The URL that a row of a queue names. */
export function urlIdIn(sk: string): string {
  return sk.slice(-ID_DIGITS)
}

const INDEX_DIGITS = 15
const NUMBER_DIGITS = 4
const TIME_DIGITS = 13

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0')
}
