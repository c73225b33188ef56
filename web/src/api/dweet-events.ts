/** What happens of dweets, streamed from whichever member answers. */
import type { DweetEvent } from '../../../src/wire/api-dweets.ts'
import { has } from './read.ts'
import type { RingClient } from './ring-client.ts'
import { watchStream, type StreamWatcher } from './streams.ts'

const FIELDS: Readonly<Record<DweetEvent['kind'], Readonly<Record<string, string>>>> = {
  published: { publication: 'object' },
  edited: { dweet: 'object' },
  counted: { id: 'string', replies: 'number', redweets: 'number', likes: 'number' },
  deleted: { id: 'string' },
  notified: { notification: 'object' },
  resync: {},
}

export function readDweetEvent(data: string): DweetEvent | undefined {
  try {
    const value: unknown = JSON.parse(data)
    if (!has(value, { kind: 'string' })) return undefined
    const { kind } = value as DweetEvent
    if (!Object.hasOwn(FIELDS, kind) || !has(value, FIELDS[kind])) return undefined
    return value as DweetEvent
  } catch {
    return undefined
  }
}

/** Never ends before `signal` does; what was missed between two streams is asked for otherwise. */
export function watchDweets(
  client: RingClient,
  watcher: StreamWatcher<DweetEvent>,
  signal: AbortSignal,
): Promise<void> {
  const path = '/v1/dweets/events'
  return watchStream({ client, path, read: readDweetEvent, watcher, signal })
}
