/** Streams by the names that programs give them (docs.joinmastodon.org/methods/streaming). */
import type { LetInApp } from '../../../services/accounts/types.ts'
import type { EventTopic } from '../../../services/dweets/types.ts'
import type { DweetEvent } from '../../../wire/api-dweets.ts'
import { hasScope } from '../../../wire/oauth-scopes.ts'
import { outOfScope } from './exchange.ts'
import { MastodonRefusal } from './refusal.ts'
import { hasMedia } from './showing.ts'

export interface WantedStream {
  readonly stream: string
  readonly tag?: string | undefined
  /** Id of a list. */
  readonly list?: string | undefined
}

export interface StreamTopic {
  /** As it is told with each event by WebSocket, and what tells it from others. */
  readonly names: readonly string[]
  readonly topic: EventTopic
  readonly tells: (event: DweetEvent) => boolean
}

/** There is nobody from elsewhere: what is public is local. */
const PUBLIC: ReadonlySet<string> = new Set(['public', 'public:local'])
const PUBLIC_MEDIA: ReadonlySet<string> = new Set(['public:media', 'public:local:media'])
const TAGS: ReadonlySet<string> = new Set(['hashtag', 'hashtag:local'])

/**
 * @param app through which it is asked; absent: a session of the ring, which may read all
 * @throws MastodonRefusal 400, 403, 404
 */
export function streamTopicOf(
  { list = '', stream, tag = '' }: WantedStream,
  app: LetInApp | undefined,
): StreamTopic {
  const may = (scope: string): boolean => app === undefined || hasScope(app.scopes, scope)
  const needs = (scope: string): void => {
    if (!may(scope)) throw outOfScope()
  }
  if (stream === 'user:notification') {
    needs('read:notifications')
    return { names: [stream], topic: { kind: 'home' }, tells: ({ kind }) => kind === 'notified' }
  }
  if (stream === 'list') {
    needs('read:lists')
    if (list === '') throw missing('list')
    return { names: [stream, list], topic: { kind: 'list', id: list }, tells: () => true }
  }
  needs('read:statuses')
  if (stream === 'user') {
    // What they are told is passed over where their application may not read it.
    const hasNotes = may('read:notifications')
    const tells = ({ kind }: DweetEvent): boolean => hasNotes || kind !== 'notified'
    return { names: [stream], topic: { kind: 'home' }, tells }
  }
  if (PUBLIC.has(stream)) return { names: [stream], topic: { kind: 'local' }, tells: () => true }
  if (PUBLIC_MEDIA.has(stream)) {
    return { names: [stream], topic: { kind: 'local' }, tells: isOfMedia }
  }
  if (TAGS.has(stream)) {
    if (tag === '') throw missing('tag')
    return { names: [stream, tag], topic: { kind: 'tag', tag }, tells: () => true }
  }
  throw new MastodonRefusal(404, 'Unknown stream type')
}

function missing(what: string): MastodonRefusal {
  return new MastodonRefusal(400, `Missing ${what} name parameter`)
}

/** What went may have had some. */
function isOfMedia(event: DweetEvent): boolean {
  if (event.kind !== 'published') return event.kind === 'deleted'
  return hasMedia(event.publication)
}
