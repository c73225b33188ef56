/**
 * Who says a share in Mainline: whichever member takes it when it is due, and no other for some
 * minutes. Should that member die, the next one takes it then.
 */
import { Type, type Static } from 'typebox'

import { defineProcedure } from '../../../store/partition/procedures.ts'
import { saltOf } from '../../../wire/mainline/item.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { MAINLINE_REFRESH_MS, MAINLINE_RETRY_MS } from '../limits.ts'
import { shareIn, SHARES_TABLE, type ShareRow } from '../shares/share-rows.ts'
import { infoHash } from '../tree/torrent.ts'
import {
  saidIn,
  saidKey,
  unsaidIn,
  unsaidKey,
  type SaidRow,
  type UnsaidRow,
} from './mainline-rows.ts'

const tables = [SHARES_TABLE]

const IdInput = Type.Object({ id: Hex32 })

/** With which sequence it is to be said. */
export interface SayTaken
  extends Pick<SaidRow, 'salt' | 'sequence' | 'turn'>, Pick<ShareRow, 'by' | 'root'> {
  /** Nodes took it before. */
  readonly isSaid: boolean
}

/** `null`: it is not due, or shared no more. */
export const takeSay = defineProcedure({
  name: 'share.takeMainline',
  tables,
  readInput: reader(IdInput),
  run: (work, { id }: Static<typeof IdInput>): SayTaken | null => {
    const share = shareIn(work, id)
    const before = saidIn(work, id)
    if (share === undefined || (before !== undefined && before.nextMs > work.timeMs)) return null
    const salt = saltOf(infoHash(share))
    // What was shared before under that name may be another content: then its item is another.
    const last = unsaidIn(work, id)
    if (last?.salt === salt) work.delete(unsaidKey(id))
    const lastSequence = Math.max(before?.sequence ?? 0, last?.sequence ?? 0)
    const row: SaidRow = {
      ...before,
      salt,
      sequence: Math.max(lastSequence + 1, work.timeMs),
      turn: (before?.turn ?? 0) + 1,
      nextMs: work.timeMs + MAINLINE_RETRY_MS,
    }
    work.put(saidKey(id), rowBytes(row))
    const { by, root } = share
    const { sequence, turn } = row
    return { salt, sequence, turn, root, by, isSaid: before?.saidMs !== undefined }
  },
})

const SaidInput = Type.Object({
  id: Hex32,
  sequence: Count,
  nodes: Count,
  /** It was taken back, for as long as it rests. */
  rests: Type.Boolean(),
})

/** So many nodes took the item of that sequence; where none did, it is said again soon. */
export const noteSaid = defineProcedure({
  name: 'share.saidInMainline',
  tables,
  readInput: reader(SaidInput),
  run: (work, { id, nodes, rests, sequence }: Static<typeof SaidInput>): null => {
    const before = saidIn(work, id)
    if (before?.sequence !== sequence || nodes === 0) return null
    if (rests) {
      const { nextMs, salt, turn } = before
      work.put(saidKey(id), rowBytes({ salt, sequence, turn, nextMs } satisfies SaidRow))
      return null
    }
    const times = { saidMs: work.timeMs, nextMs: work.timeMs + MAINLINE_REFRESH_MS }
    work.put(saidKey(id), rowBytes({ ...before, ...times, nodes } satisfies SaidRow))
    return null
  },
})

/** It is said no more, since there are too many newer ones; what was said ends by itself. */
export const forgetSaid = defineProcedure({
  name: 'share.forgetMainline',
  tables,
  readInput: reader(IdInput),
  run: (work, { id }: Static<typeof IdInput>): null => {
    work.delete(saidKey(id))
    return null
  },
})

/** `null`: another member does it, or there is nothing to take back any more. */
export const takeUnsay = defineProcedure({
  name: 'share.takeFromMainline',
  tables,
  readInput: reader(IdInput),
  run: (work, { id }: Static<typeof IdInput>): Pick<UnsaidRow, 'salt' | 'sequence'> | null => {
    const before = unsaidIn(work, id)
    if (before === undefined) return null
    if (before.untilMs <= work.timeMs) {
      work.delete(unsaidKey(id))
      return null
    }
    if (before.nextMs > work.timeMs) return null
    const sequence = Math.max(before.sequence + 1, work.timeMs)
    const row: UnsaidRow = { ...before, sequence, nextMs: work.timeMs + MAINLINE_RETRY_MS }
    work.put(unsaidKey(id), rowBytes(row))
    return { salt: before.salt, sequence }
  },
})

const UnsaidInput = Type.Object({ id: Hex32, sequence: Count })

export const noteUnsaid = defineProcedure({
  name: 'share.goneFromMainline',
  tables,
  readInput: reader(UnsaidInput),
  run: (work, { id, sequence }: Static<typeof UnsaidInput>): null => {
    if (unsaidIn(work, id)?.sequence === sequence) work.delete(unsaidKey(id))
    return null
  },
})

export const MAINLINE_PROCEDURES = [takeSay, noteSaid, forgetSaid, takeUnsay, noteUnsaid]
