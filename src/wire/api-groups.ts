/**
 * The JSON of `/v1/groups` and `/v1/people`: schemas for the gateway and OpenAPI, types for clients
 * and the page. Instants are ISO 8601 in UTC.
 *
 *     GET    /groups?prefix=&limit=&cursor=   GroupList
 *     POST   /groups                          NewGroup -> 201 Group
 *     GET    /groups/{name}                   Group
 *     PATCH  /groups/{name}                   GroupChange -> Group
 *     DELETE /groups/{name}                   204
 *     GET    /groups/{name}/people            GroupPeople
 *     PUT    /groups/{name}/people/{nick}     GroupPlace -> GroupPerson
 *     DELETE /groups/{name}/people/{nick}     204
 *     GET    /people?prefix=&limit=           NamedList
 */
import { Type, type Static } from 'typebox'

import { NAME_CHARS_MAX, NICK_CHARS_MAX } from './account-texts.ts'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Instant = Type.String({ format: 'date-time' })
const CLOSED = { additionalProperties: false } as const
/** Longer than any, so that what is none is told as such and not as a malformed body. */
const Title = Type.String({ maxLength: 4 * NAME_CHARS_MAX })
const GroupName = Type.String({ minLength: 1, maxLength: 4 * NICK_CHARS_MAX })

const PlaceName = Type.Unsafe<'member' | 'owner'>(
  Type.Union([Type.Literal('member'), Type.Literal('owner')]),
)
export type GroupPlaceName = Static<typeof PlaceName>

export const Group = Type.Object({
  /** By which grants name it; never given again. */
  name: Text,
  /** As people read it. */
  title: Text,
  people: Count,
  createdAt: Instant,
  /** What whoever asks is in it; absent: neither. */
  mine: Type.Optional(PlaceName),
})
export type Group = Static<typeof Group>

export const GroupList = Type.Object({ items: Type.Array(Group), cursor: Type.Optional(Text) })
export type GroupList = Static<typeof GroupList>

export const NewGroup = Type.Object({ name: GroupName, title: Type.Optional(Title) }, CLOSED)
export type NewGroup = Static<typeof NewGroup>

export const GroupChange = Type.Object({ title: Title }, CLOSED)
export type GroupChange = Static<typeof GroupChange>

/** An owner puts people into the group and takes them out. */
export const GroupPlace = Type.Object({ place: Type.Optional(PlaceName) }, CLOSED)
export type GroupPlace = Static<typeof GroupPlace>

export const GroupPerson = Type.Object({ nick: Text, place: PlaceName, since: Instant })
export type GroupPerson = Static<typeof GroupPerson>

export const GroupPeople = Type.Object({ items: Type.Array(GroupPerson) })

/** Whom one may share with, by the beginning of the name. */
export const Named = Type.Object({
  kind: Type.Unsafe<'person' | 'group'>(
    Type.Union([Type.Literal('person'), Type.Literal('group')]),
  ),
  /** Nick, or name of the group. */
  name: Text,
  title: Text,
})
export type Named = Static<typeof Named>

export const NamedList = Type.Object({ items: Type.Array(Named) })
