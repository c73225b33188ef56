/** Changes of what is shared: each is one entry of the log of the shares’ partition. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { wordOfHold, wordOfRelease, wordOfUsage } from '../../../wire/held-contents.ts'
import { reader } from '../../../wire/method.ts'
import { FORGET_SHARER } from '../../../wire/outside-shares.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import { SHARES_MAX } from '../../../wire/share-bounds.ts'
import {
  FORGOTTEN_PER_STEP,
  LOOKED_THROUGH_PER_STEP,
  REFRESH_RETRY_MS,
  SHARER_GONE_KEPT_MS,
} from '../limits.ts'
import { endSaying } from '../mainline/mainline-rows.ts'
import { RECORD_LIFE_MS, RECORD_REFRESH_MS } from '../outside.ts'
import {
  bodyKey,
  dropShare,
  endedKey,
  goneKey,
  idIn,
  layerKey,
  MADE_PREFIX,
  PUBLISHER_KEY,
  putShare,
  readPublisherRow,
  SharedNick,
  SharedThing,
  shareIdOf,
  shareIn,
  SHARES_RANGE,
  SHARES_TABLE,
  sharesKey,
  SmallBytes,
  type EndedRow,
  type PublisherRow,
  type ShareRow,
} from './share-rows.ts'

const tables = [SHARES_TABLE]
const IdInput = Type.Object({ id: Hex32 })
const NOTHING = new Uint8Array(0)
const service = 'shares'
const COUNT_SK = 'count'

const PublisherInput = Type.Object({ privateKey: Hex64, publicKey: Hex64 })

/** Members that ask at once all go on with the first’s. */
export const makePublisher = defineProcedure({
  name: 'share.publisher',
  tables,
  readInput: reader(PublisherInput),
  run: (work, input: Static<typeof PublisherInput>): PublisherRow => {
    const known = work.get(PUBLISHER_KEY)
    if (known !== undefined) return readPublisherRow(known)
    const row: PublisherRow = { ...input, madeMs: work.timeMs }
    work.put(PUBLISHER_KEY, rowBytes(row))
    return row
  },
})

const AddInput = Type.Object({
  ...SharedThing,
  body: Type.Optional(SmallBytes),
  layerHere: Type.Optional(SmallBytes),
  /** Room that was promised for it. */
  claim: Type.Optional(Hex32),
})
export type AddInput = Readonly<Static<typeof AddInput>>

/** The same content under the same name is shared once. SHARE_NAME_TAKEN, SHARES_FULL, NO_USER */
export const addShare = defineProcedure({
  name: 'share.add',
  tables,
  readInput: reader(AddInput),
  run: (work, input: AddInput): { readonly isNew: boolean; readonly row: ShareRow } => {
    const { body, claim, layerHere, ...thing } = input
    if (work.has(goneKey(thing.by))) return work.refuse('NO_USER', { nick: thing.by })
    const id = shareIdOf(thing.name)
    const before = shareIn(work, id)
    if (before?.root === thing.root) return { isNew: false, row: before }
    if (before !== undefined) return work.refuse('SHARE_NAME_TAKEN', { name: thing.name })
    if ((body === undefined) === (thing.content === undefined)) {
      return work.refuse('BAD_REQUEST', { problem: 'a share has one body' })
    }
    if ((layerHere === undefined) === (thing.layer === undefined)) {
      return work.refuse('BAD_REQUEST', { problem: 'a share has one hash layer' })
    }
    count(work, 1)
    const row: ShareRow = {
      ...thing,
      madeMs: work.timeMs,
      sequence: work.timeMs,
      turn: 0,
      nextMs: work.timeMs,
    }
    if (body !== undefined) work.put(bodyKey(id), body.slice())
    if (layerHere !== undefined) work.put(layerKey(id), layerHere.slice())
    for (const held of heldBy(id, row)) work.send(wordOfHold(held))
    if (row.by !== '') {
      const more = claim === undefined ? {} : { claim }
      work.send(wordOfUsage(row.by, { service, bytes: row.bytes, files: 1, ...more }))
    }
    putShare(work, id, { row, before: undefined })
    return { isNew: true, row }
  },
})

/** Each making of a share is a holder of its own: its name may be shared again at once. */
function heldBy(id: string, { content, layer, madeMs }: ShareRow) {
  const holder = `share/${id}/${madeMs}`
  return [content, layer].flatMap((each) => (each === undefined ? [] : [{ content: each, holder }]))
}

function count(work: PartitionWork, more: 1 | -1): void {
  const key = sharesKey(COUNT_SK)
  const record = work.get(key)
  const known = record === undefined ? 0 : new DataView(record.value.slice().buffer).getUint32(0)
  if (known + more > SHARES_MAX) work.refuse('SHARES_FULL', { max: SHARES_MAX })
  const value = new Uint8Array(4)
  new DataView(value.buffer).setUint32(0, Math.max(0, known + more))
  work.put(key, value)
}

const RemoveInput = Type.Object({ id: Hex32, by: Type.Optional(SharedNick) })

/** @param by whose it must be; absent: a manager asks. NOT_FOUND, FORBIDDEN */
export const removeShare = defineProcedure({
  name: 'share.remove',
  tables,
  readInput: reader(RemoveInput),
  freesRoom: () => true,
  run: (work, { by, id }: Static<typeof RemoveInput>): ShareRow => {
    const row = shareIn(work, id)
    if (row === undefined) return work.refuse('NOT_FOUND', { what: 'such share' })
    if (by !== undefined && by !== row.by) {
      return work.refuse('FORBIDDEN', { problem: 'it is for who shared it' })
    }
    end(work, id, row)
    return row
  },
})

function end(work: PartitionWork, id: string, row: ShareRow): void {
  for (const held of heldBy(id, row)) work.send(wordOfRelease(held))
  if (row.by !== '') work.send(wordOfUsage(row.by, { service, bytes: -row.bytes, files: -1 }))
  dropShare(work, id, row)
  endSaying(work, id)
  count(work, -1)
}

const ForgetInput = Type.Object({
  nick: SharedNick,
  /** Where the step before left off: that row itself is looked at again. */
  from: Type.Optional(Type.String({ maxLength: 64 })),
})

/**
 * A message: the account was deleted, and what it shared ends with it, in bounded steps, each a
 * message to itself. A download of it that ends meanwhile shares nothing any more.
 */
export const forgetSharer = defineProcedure({
  name: FORGET_SHARER,
  tables,
  readInput: reader(ForgetInput),
  freesRoom: () => true,
  run: (work, { from, nick }: Static<typeof ForgetInput>): null => {
    work.put(goneKey(nick), NOTHING, work.timeMs + SHARER_GONE_KEPT_MS)
    const start = from === undefined ? {} : { start: from }
    const range = { ...SHARES_RANGE, prefix: MADE_PREFIX, limit: LOOKED_THROUGH_PER_STEP }
    const looked = work.list({ ...range, ...start })
    let ended = 0
    let last = from
    for (const { sk } of looked) {
      if (ended === FORGOTTEN_PER_STEP) break
      last = sk
      const id = idIn(sk)
      const row = shareIn(work, id)
      if (row?.by !== nick) continue
      ended++
      end(work, id, row)
      const { name, root, sequence } = row
      const told = { name, root, sequence } satisfies EndedRow
      work.put(endedKey(id), rowBytes(told), work.timeMs + RECORD_LIFE_MS)
    }
    const isMore = ended === FORGOTTEN_PER_STEP || looked.length === LOOKED_THROUGH_PER_STEP
    if (isMore && last !== undefined) {
      work.send({ to: work.partition, procedure: FORGET_SHARER, input: { nick, from: last } })
    }
    return null
  },
})

/** The record of what ended with its account was taken back. */
export const noteWithdrawn = defineProcedure({
  name: 'share.withdrawn',
  tables,
  readInput: reader(IdInput),
  freesRoom: () => true,
  run: (work, { id }: Static<typeof IdInput>): null => {
    work.delete(endedKey(id))
    return null
  },
})

/**
 * Its record is to be said, with this sequence; should that come to nothing, again soon.
 * `null`: it is shared no more.
 */
export const takeRefresh = defineProcedure({
  name: 'share.takeRefresh',
  tables,
  readInput: reader(IdInput),
  run: (work, { id }: Static<typeof IdInput>): ShareRow | null => {
    const before = shareIn(work, id)
    if (before === undefined) return null
    const row: ShareRow = {
      ...before,
      sequence: Math.max(before.sequence + 1, work.timeMs),
      turn: before.turn + 1,
      nextMs: work.timeMs + REFRESH_RETRY_MS,
    }
    putShare(work, id, { before, row })
    return row
  },
})

const RefreshedInput = Type.Object({ id: Hex32, sequence: Count, nodes: Count })

/** So many nodes took the record of that sequence. */
export const noteRefreshed = defineProcedure({
  name: 'share.refreshed',
  tables,
  readInput: reader(RefreshedInput),
  run: (work, { id, nodes, sequence }: Static<typeof RefreshedInput>): null => {
    const before = shareIn(work, id)
    if (before === undefined || before.sequence !== sequence) return null
    const nextMs = nodes === 0 ? before.nextMs : work.timeMs + RECORD_REFRESH_MS
    const row: ShareRow = { ...before, nextMs, refreshedMs: work.timeMs, nodes }
    putShare(work, id, { before, row })
    return null
  },
})

export const OUTSIDE_SHARE_PROCEDURES = [
  makePublisher,
  addShare,
  removeShare,
  forgetSharer,
  noteWithdrawn,
  takeRefresh,
  noteRefreshed,
]
