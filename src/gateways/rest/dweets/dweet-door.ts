/** What requests about dweets have in common. */
import type { FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Attachments } from '../../../services/dweets/attachments/types.ts'
import type { Dweeter, Dweets } from '../../../services/dweets/types.ts'
import type { Files } from '../../../services/files/types.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { PAGE_DEFAULT, PAGE_MAX } from '../../../wire/dweet-limits.ts'
import type { Entrance } from '../door.ts'
import type { Gate } from '../gate.ts'
import type { Unreadable } from '../unreadable.ts'

export interface DweetDoor {
  readonly dweets: Dweets
  readonly clock: Clock
  readonly gate: Gate
  readonly log: Log
  /** In the ids of feeds; absent: there are none. */
  readonly ringId?: string
  /** Absent: nothing can be attached. */
  readonly attachments?: Attachments
  /** The tree, from which files are attached. */
  readonly files?: Pick<Files, 'open'>
  /** A connection whose bytes may come slowly. */
  readonly unhurried: Unreadable['unhurried']
  /** For the audit log. */
  readonly entrance?: Pick<Entrance, 'accounts'>
}

export const tags = ['dweets']

/** Longer than any id, so that there simply is no such dweet. */
const ID_CHARS_MAX = 64
const CURSOR_CHARS_MAX = 4_096

export const DweetParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: ID_CHARS_MAX }),
})

export interface OfDweet {
  readonly Params: Static<typeof DweetParams>
}

const Limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: PAGE_MAX, description: `${PAGE_DEFAULT} by default` }),
)

export const LimitQuestion = Type.Object({ limit: Limit })

export const PageQuestion = Type.Object({
  limit: Limit,
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: CURSOR_CHARS_MAX, description: 'of the page before' }),
  ),
})
export type PageQuestion = Static<typeof PageQuestion>

export interface Paged {
  readonly Querystring: PageQuestion
}

export function pageOf({ cursor, limit = PAGE_DEFAULT }: PageQuestion) {
  return cursor === undefined ? { limit } : { limit, cursor }
}

/** @throws AnilloError LOGIN_FIRST: at a door that asks nobody who they are nobody has dweets */
export function dweeterOf({ asker }: Pick<FastifyRequest, 'asker'>): Dweeter {
  if (asker?.nick === undefined) throw new AnilloError('LOGIN_FIRST')
  return { nick: asker.nick, isModerator: asker.permissions.has('dweets.moderate') }
}

/** @throws AnilloError DWEET_GONE: no dweet ever had such an id */
export function idOf({ params }: { readonly params: OfDweet['Params'] }): string {
  if (placeOfPublicId(params.id) === undefined) throw new AnilloError('DWEET_GONE')
  return params.id
}
