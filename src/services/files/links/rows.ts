/**
 * Where links stand. All of one maker lie in one partition, that of the nick:
 *
 *     files.links  one pk a partition  t/ID         a link; ID: 32 hex digits of SHA-256(token)
 *                                      by/NICK/ID   of that maker (NICK as a hash)
 *
 * Keys stand in clear on disk, values do not: no key tells a token. A token is drawn until its ID
 * falls into the partition of its maker, so that it names its place and nothing of the maker.
 */
import { Type, type Static } from 'typebox'

import { sha256Hex } from '../../../base/hash.ts'
import type { RecordKey } from '../../../store/partition/procedure.ts'
import { LINKS_TABLE, nickKey } from '../../../wire/file-people.ts'
import { rowReader } from '../../../wire/packed-rows.ts'
import { partitionOfHash, pkIn, type PartitionId } from '../../../wire/partition.ts'
import { Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import { Name, Nick } from '../tree/rows.ts'
import { GOING_ON_MAX } from './limits.ts'

export const LINK_PREFIX = 't/'
const ID_DIGITS = 32
const TOKEN_CHARS_MAX = 64

const TOKEN = /^[A-Za-z0-9]{16,64}$/

/** @param token as somebody shows it. `undefined`: no token looks so. */
export function idOfToken(token: string): string | undefined {
  return TOKEN.test(token) ? sha256Hex(token).slice(0, ID_DIGITS) : undefined
}

export function isLinkId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text)
}

export function partitionOfLink(id: string): PartitionId {
  return partitionOfHash(id)
}

export function linkKey(id: string): RecordKey {
  return { table: LINKS_TABLE, pk: pkIn(LINKS_TABLE, partitionOfLink(id)), sk: LINK_PREFIX + id }
}

export function makerPrefix(nick: string): string {
  return `by/${nickKey(nick)}/`
}

export function makerKey(nick: string, id: string): RecordKey {
  return { ...linkKey(id), sk: makerPrefix(nick) + id }
}

/** A download under way. */
const GoingOn = Type.Object({
  /** Hash of address and file. */
  who: Hex32,
  atMs: Count,
})

export const NewLinkRow = Type.Object({
  token: Type.String({ minLength: 16, maxLength: TOKEN_CHARS_MAX }),
  by: Nick,
  /** By which its file or folder is found. */
  handle: Type.String({ maxLength: 64 }),
  kind: Type.Union([Type.Literal('file'), Type.Literal('folder')]),
  name: Type.Union([Name, Type.Literal('')]),
  expiresMs: Type.Optional(Count),
  /** A PHC text. */
  password: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
  /** Who knew the password shows what follows from it: another one with each password. */
  seed: Hex64,
  downloadsMax: Type.Optional(Type.Integer({ minimum: 1 })),
})
export type NewLinkRow = Readonly<Static<typeof NewLinkRow>>

const LinkRow = Type.Object({
  ...NewLinkRow.properties,
  createdMs: Count,
  downloads: Count,
  goingOn: Type.Array(GoingOn, { maxItems: GOING_ON_MAX }),
})
export type LinkRow = Readonly<Static<typeof LinkRow>>
export const readLinkRow = rowReader(LinkRow)
