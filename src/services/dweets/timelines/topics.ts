/** Which of what happens a stream tells: whose, from which lists, and what of it may be seen. */
import { unreachable } from '../../../base/assert.ts'
import { AnilloError } from '../../../base/errors.ts'
import { foldTag } from '../../../wire/dweet-text.ts'
import { ALL_PARTITIONS } from '../../../wire/partition.ts'
import { listedOf, listRowOf, peoplePrefix } from '../lists/list-rows.ts'
import { LOCAL_TABLE, localPk, tagPk, TAGS_TABLE } from '../places.ts'
import type { EventTopic } from '../types.ts'
import type { Circle } from './circle.ts'
import type { Records } from './published.ts'
import type { Showable } from './showing.ts'
import { hasTag, isPublic } from './timelines.ts'
import type { Home } from './watches.ts'

export interface Topic {
  /** Whose publications are listened to. @throws AnilloError LIST_GONE, STORE_UNAVAILABLE */
  readonly authors: (circle: Circle) => Promise<readonly string[]>
  /** Lists that are listened to. */
  readonly homes: readonly Home[]
  /** How own rows begin that say whose they are. */
  readonly concerns?: string
  readonly shows: (circle: Circle, one: Showable) => boolean
  /** Also what concerns who reads it. */
  readonly hasNotes: boolean
}

/** @throws AnilloError LIST_GONE: it is no list of theirs */
export function topicOf(store: Records, nick: string, about: EventTopic): Topic {
  switch (about.kind) {
    case 'home':
      return HOME
    case 'local':
      return LOCAL
    case 'tag':
      return tagTopic(about.tag)
    case 'list':
      return listTopic(store, nick, about.id)
    default:
      return unreachable(about)
  }
}

const HOME: Topic = {
  authors: async (circle) => circle.authors,
  homes: [],
  shows: (circle, one) => circle.wantsShown(one),
  hasNotes: true,
}

const OF_LISTS = { authors: async () => [], hasNotes: false } as const

const LOCAL: Topic = {
  ...OF_LISTS,
  homes: ALL_PARTITIONS.map((partition) => ({ table: LOCAL_TABLE, pk: localPk(partition) })),
  shows: (circle, one) => isPublic(one) && circle.wantsShown(one),
}

/** One that is none has no dweets. */
function tagTopic(tag: string): Topic {
  const folded = foldTag(tag)
  if (folded === undefined) return { ...OF_LISTS, homes: [], shows: () => false }
  return {
    ...OF_LISTS,
    homes: [{ table: TAGS_TABLE, pk: tagPk(folded) }],
    shows: (circle, one) => isPublic(one) && hasTag(one, folded) && circle.wantsShown(one),
  }
}

function listTopic(store: Records, nick: string, id: string): Topic {
  const row = listRowOf(nick, id)
  return {
    authors: async (circle) => {
      const nicks = await listedOf(store, nick, row)
      if (nicks === undefined) throw new AnilloError('LIST_GONE')
      return nicks.filter((one) => circle.wants(one))
    },
    homes: [],
    concerns: peoplePrefix(nick, row),
    shows: (circle, one) => circle.wantsListed(one),
    hasNotes: false,
  }
}
