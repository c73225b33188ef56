/** Changes of links: each is one entry of the log of their maker’s partition. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { FORGET_LINKS, LINKS_TABLE } from '../../../wire/file-people.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { pkIn } from '../../../wire/partition.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import { Nick } from '../tree/rows.ts'
import { EXPIRED_TOLD_MS, GOES_ON_MS, GOING_ON_MAX, LINKS_MAX } from './limits.ts'
import {
  LINK_PREFIX,
  linkKey,
  makerKey,
  makerPrefix,
  NewLinkRow,
  readLinkRow,
  type LinkRow,
} from './rows.ts'

const tables = [LINKS_TABLE]

const MakeInput = Type.Object({ id: Hex32, link: NewLinkRow })

export const makeLink = defineProcedure({
  name: 'links.make',
  tables,
  readInput: reader(MakeInput),
  run: (work, { id, link }: Static<typeof MakeInput>): LinkRow => {
    const { pk } = linkKey(id)
    const range = { table: LINKS_TABLE, pk, prefix: makerPrefix(link.by) }
    if (work.list({ ...range, limit: LINKS_MAX }).length >= LINKS_MAX) {
      work.refuse('LINKS_FULL', { max: LINKS_MAX })
    }
    const row: LinkRow = { ...link, createdMs: work.timeMs, downloads: 0, goingOn: [] }
    put(work, id, row)
    return row
  },
})

/** Both rows end together. */
function put(work: PartitionWork, id: string, row: LinkRow): void {
  const end = row.expiresMs === undefined ? undefined : row.expiresMs + EXPIRED_TOLD_MS
  work.put(linkKey(id), rowBytes(row), end)
  work.put(makerKey(row.by, id), NOTHING, end)
}

const NOTHING = new Uint8Array(0)

/** Whose it must be; absent: a manager asks. */
const OfOne = { id: Hex32, by: Type.Optional(Nick) }

function linkIn(work: PartitionWork, { by, id }: { readonly id: string; readonly by?: string }) {
  const record = work.get(linkKey(id))
  const row = record === undefined ? undefined : readLinkRow(record)
  const isTheirs = row !== undefined && (by === undefined || row.by === by)
  return isTheirs ? row : work.refuse('LINK_UNKNOWN')
}

const { downloadsMax, expiresMs, password, seed } = NewLinkRow.properties
const ChangeInput = Type.Object({
  ...OfOne,
  expiresMs: Type.Optional(Type.Union([expiresMs, Type.Null()])),
  /** With another seed: who knew the one before must know the new one. */
  password: Type.Optional(Type.Union([password, Type.Null()])),
  seed: Type.Optional(seed),
  /** Beside those that were. */
  downloadsMore: Type.Optional(Type.Union([downloadsMax, Type.Null()])),
})
export type ChangeInput = Readonly<Static<typeof ChangeInput>>

export const changeLink = defineProcedure({
  name: 'links.change',
  tables,
  readInput: reader(ChangeInput),
  run: (work, input: ChangeInput): LinkRow => {
    const before = linkIn(work, input)
    const { downloadsMax: max, expiresMs: end, password: secret, ...bare } = before
    const row: LinkRow = {
      ...bare,
      seed: input.seed ?? before.seed,
      ...kept('expiresMs', input.expiresMs, end),
      ...kept('password', input.password, secret),
      ...kept('downloadsMax', sumOf(before.downloads, input.downloadsMore), max),
    }
    put(work, input.id, row)
    return row
  },
})

function sumOf(downloads: number, more: number | null | undefined): number | null | undefined {
  return typeof more === 'number' ? downloads + more : more
}

function kept<N extends string, T>(
  name: N,
  asked: T | null | undefined,
  before: T | undefined,
): { readonly [K in N]?: T } {
  const value = asked === undefined ? before : (asked ?? undefined)
  return value === undefined ? {} : ({ [name]: value } as { [K in N]?: T })
}

const RevokeInput = Type.Object(OfOne)

export const revokeLink = defineProcedure({
  name: 'links.revoke',
  tables,
  readInput: reader(RevokeInput),
  freesRoom: () => true,
  run: (work, input: Static<typeof RevokeInput>): LinkRow => {
    const row = linkIn(work, input)
    work.delete(linkKey(input.id))
    work.delete(makerKey(row.by, input.id))
    return row
  },
})

const CountInput = Type.Object({
  id: Hex32,
  who: Hex32,
  /** Of the file: its first byte is asked for. */
  isStart: Type.Boolean(),
})

export interface Counted {
  readonly kind: 'counted' | 'goesOn' | 'spent' | 'expired'
  readonly downloads: number
}

/** A download begins, or goes on: by logged time, so that of two for the last one, one gets it. */
export const countDownload = defineProcedure({
  name: 'links.count',
  tables,
  readInput: reader(CountInput),
  run: (work, { id, isStart, who }: Static<typeof CountInput>): Counted => {
    const row = linkIn(work, { id })
    const { downloads } = row
    const { timeMs: atMs } = work
    if (row.expiresMs !== undefined && row.expiresMs <= atMs) return { kind: 'expired', downloads }
    const goingOn = row.goingOn.filter((one) => one.atMs + GOES_ON_MS > atMs)
    if (!isStart && goingOn.some((one) => one.who === who)) return { kind: 'goesOn', downloads }
    if (downloads >= (row.downloadsMax ?? Infinity)) return { kind: 'spent', downloads }
    const others = goingOn.filter((one) => one.who !== who).slice(1 - GOING_ON_MAX)
    put(work, id, { ...row, downloads: downloads + 1, goingOn: [...others, { who, atMs }] })
    return { kind: 'counted', downloads: downloads + 1 }
  },
})

const ForgetInput = Type.Object({ nick: Nick })

/** A message: the account was deleted. Its links open nothing any more, and are told to nobody. */
export const forgetLinks = defineProcedure({
  name: FORGET_LINKS,
  tables,
  readInput: reader(ForgetInput),
  freesRoom: () => true,
  run: (work, { nick }: Static<typeof ForgetInput>): null => {
    const prefix = makerPrefix(nick)
    const pk = pkIn(LINKS_TABLE, work.partition)
    for (const { sk } of work.list({ table: LINKS_TABLE, pk, prefix, limit: LINKS_MAX })) {
      work.delete({ table: LINKS_TABLE, pk, sk: LINK_PREFIX + sk.slice(prefix.length) })
      work.delete({ table: LINKS_TABLE, pk, sk })
    }
    return null
  },
})

export const LINK_PROCEDURES = [makeLink, changeLink, revokeLink, countDownload, forgetLinks]
