/**
 * Answers of the ring, read with care: a member of another version, or something else altogether,
 * may listen at a remembered door. Checks what the page would stumble over, and trusts the rest.
 */
import type { Ring, RingEvent, Waiting } from '../../../src/wire/api.ts'
import { TOPIC_OF } from '../model/log.ts'
import type { Page, Scrape } from '../model/told.ts'

/** Whether it is an object with these fields. @param fields what `typeof` says, or `array` */
export function has(value: unknown, fields: Readonly<Record<string, string>>): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(fields).every(([name, type]) => {
    const field: unknown = Reflect.get(value, name)
    return type === 'array' ? Array.isArray(field) : typeof field === type && field !== null
  })
}

const MEMBER = {
  name: 'string',
  id: 'string',
  position: 'string',
  url: 'string',
  successors: 'array',
  fingers: 'array',
  load: 'object',
}

const PARTITION = { id: 'number', leader: 'string', voters: 'array', learners: 'array' }

export function readRing(value: unknown): Ring | undefined {
  if (!has(value, { ringId: 'string', self: 'string', members: 'array', partitions: 'array' }))
    return undefined
  const ring = value as Ring
  const isSound =
    ring.members.every((member) => has(member, MEMBER)) &&
    ring.partitions.every((partition) => has(partition, PARTITION))
  return isSound ? ring : undefined
}

export function readEvent(data: string): RingEvent | undefined {
  try {
    const value: unknown = JSON.parse(data)
    if (!has(value, { at: 'string', kind: 'string', member: 'object' })) return undefined
    const event = value as RingEvent
    return Object.hasOwn(TOPIC_OF, event.kind) ? event : undefined
  } catch {
    return undefined
  }
}

const STATES: readonly string[] = ['running', 'done', 'failed']

export function readScrape(value: unknown): Scrape | undefined {
  if (!has(value, { id: 'string', url: 'string', state: 'string' })) return undefined
  const scrape = value as Scrape
  if (!STATES.includes(scrape.state)) return undefined
  if (scrape.state === 'done' && scrape.page === undefined) return undefined
  if (scrape.state === 'failed' && scrape.failure === undefined) return undefined
  return scrape
}

export function readPage(value: unknown): Page | undefined {
  return has(value, { id: 'string', url: 'string', hash: 'string' }) ? (value as Page) : undefined
}

export function readWaiting(value: unknown): readonly Waiting[] {
  if (!has(value, { waiting: 'array' })) return []
  const { waiting } = value as { waiting: unknown[] }
  return waiting.filter((one): one is Waiting =>
    has(one, { code: 'string', name: 'string', address: 'string' }),
  )
}
