/** What a stream tells, in the form of Mastodon, whichever way it is sent. */
import type { Exchange, MastodonDoor } from './exchange.ts'
import { Showing, type StreamEvent } from './showing.ts'
import type { StreamTopic } from './stream-topics.ts'

/** Before the stream begins, so that it is told. @throws AnilloError LIST_GONE */
export async function requireList(
  { dweets }: Pick<MastodonDoor, 'dweets'>,
  { who }: Pick<Exchange, 'who'>,
  { topic }: StreamTopic,
): Promise<void> {
  if (topic.kind === 'list') await dweets.lists.find(who, topic.id)
}

export async function* streamEvents(
  door: Pick<MastodonDoor, 'dweets' | 'entrance' | 'profiles'>,
  exchange: Pick<Exchange, 'base' | 'request' | 'who'>,
  { signal, topic }: { readonly topic: StreamTopic; readonly signal: AbortSignal },
): AsyncGenerator<StreamEvent> {
  const showing = new Showing(door, exchange)
  for await (const event of door.dweets.events(exchange.who, signal, topic.topic)) {
    if (!topic.tells(event)) continue
    const told = await showing.event(event)
    if (told !== undefined) yield told
  }
}
