/**
 * Changes of locks within one scope: each is one entry of its partition’s log, so that of two who
 * ask for one lock at two members one gets it. When they end is decided by logged time.
 *
 *     files.locks  SCOPE  TOKEN  a lock; both are hashes: keys stand in clear on disk
 */
import { Type, type Static } from 'typebox'

import { sha256Hex } from '../../../base/hash.ts'
import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import { PATH_BYTES_MAX } from '../tree/limits.ts'
import { Nick } from '../tree/rows.ts'
import { areAtOdds, isAtOrBelow } from './coverage.ts'
import { LOCK_MS_MAX, LOCK_OWNER_BYTES_MAX, LOCKS_A_NICK_MAX, LOCKS_A_SCOPE_MAX } from './limits.ts'
import type { PathLock } from './types.ts'

export const LOCKS_TABLE = 'files.locks'

const KEY_DIGITS = 32
const Path = Type.String({ maxLength: PATH_BYTES_MAX })
const Token = Type.String({ minLength: 1, maxLength: 64 })

const LockRow = Type.Object({
  token: Token,
  path: Path,
  isDeep: Type.Boolean(),
  isShared: Type.Boolean(),
  nick: Nick,
  owner: Type.String({ maxLength: LOCK_OWNER_BYTES_MAX }),
})
type LockRow = Readonly<Static<typeof LockRow>>

const readRow = rowReader(LockRow)
const ForMs = Type.Integer({ minimum: 1, maximum: LOCK_MS_MAX })

export function scopeKey(scope: string): string {
  return sha256Hex(scope).slice(0, KEY_DIGITS)
}

export function tokenKey(token: string): string {
  return sha256Hex(token).slice(0, KEY_DIGITS)
}

export function partitionOfScope(scope: string): PartitionId {
  return partitionOf(LOCKS_TABLE, scope)
}

/** @param expiresAtMs of the record: a lock always has an end */
export function lockOf(record: {
  readonly sk: string
  readonly value: Uint8Array
  readonly expiresAtMs: number | undefined
}): PathLock {
  return { ...readRow(record), untilMs: record.expiresAtMs ?? 0 }
}

export type LockTold =
  | { readonly kind: 'taken'; readonly untilMs: number }
  | { readonly kind: 'conflict'; readonly lock: PathLock }
  | { readonly kind: 'full' }

const TakeInput = Type.Object({ ...LockRow.properties, scope: Hex32, forMs: ForMs })
export type TakeInput = Readonly<Static<typeof TakeInput>>

/** With a token that was given out before, it is taken still. */
export const takeLock = defineProcedure({
  name: 'pathLocks.take',
  tables: [LOCKS_TABLE],
  readInput: reader(TakeInput),
  run: (work, { forMs, scope, ...row }: TakeInput): LockTold => {
    const held = locksIn(work, scope).filter(({ token }) => token !== row.token)
    const lock = held.find((other) => areAtOdds(row, other))
    if (lock !== undefined) return { kind: 'conflict', lock }
    const own = held.filter(({ nick }) => nick === row.nick)
    if (held.length >= LOCKS_A_SCOPE_MAX || own.length >= LOCKS_A_NICK_MAX) return { kind: 'full' }
    const untilMs = work.timeMs + forMs
    work.put(lockKey(scope, row.token), rowBytes(row satisfies LockRow), untilMs)
    return { kind: 'taken', untilMs }
  },
})

const RefreshInput = Type.Object({ scope: Hex32, token: Token, nick: Nick, forMs: ForMs })
export type RefreshInput = Readonly<Static<typeof RefreshInput>>

/** `null`: there is no such lock of that account any more. */
export const refreshLock = defineProcedure({
  name: 'pathLocks.refresh',
  tables: [LOCKS_TABLE],
  readInput: reader(RefreshInput),
  freesRoom: () => true,
  run: (work, { forMs, nick, scope, token }: RefreshInput): PathLock | null => {
    const key = lockKey(scope, token)
    const record = work.get(key)
    const row = record && readRow(record)
    if (row?.nick !== nick) return null
    const untilMs = work.timeMs + forMs
    work.put(key, rowBytes(row), untilMs)
    return { ...row, untilMs }
  },
})

const ReleaseInput = Type.Object({ scope: Hex32, token: Token })
export type ReleaseInput = Readonly<Static<typeof ReleaseInput>>

export const releaseLock = defineProcedure({
  name: 'pathLocks.release',
  tables: [LOCKS_TABLE],
  readInput: reader(ReleaseInput),
  freesRoom: () => true,
  run: (work, { scope, token }: ReleaseInput): { readonly wasThere: boolean } => {
    const key = lockKey(scope, token)
    const wasThere = work.has(key)
    work.delete(key)
    return { wasThere }
  },
})

const ClearInput = Type.Object({ scope: Hex32, path: Type.Optional(Path) })
export type ClearInput = Readonly<Static<typeof ClearInput>>

/** Of a path all at it and below it; without one those alone whose time has come. */
export const clearLocks = defineProcedure({
  name: 'pathLocks.clear',
  tables: [LOCKS_TABLE],
  readInput: reader(ClearInput),
  freesRoom: () => true,
  run: (work, { path, scope }: ClearInput): null => {
    for (const lock of path === undefined ? [] : locksIn(work, scope)) {
      if (isAtOrBelow(path ?? '', lock.path)) work.delete(lockKey(scope, lock.token))
    }
    return null
  },
})

export const PATH_LOCK_PROCEDURES = [takeLock, refreshLock, releaseLock, clearLocks]

function lockKey(scope: string, token: string): RecordKey {
  return { table: LOCKS_TABLE, pk: scope, sk: tokenKey(token) }
}

function locksIn(work: PartitionWork, scope: string): readonly PathLock[] {
  return work.list({ table: LOCKS_TABLE, pk: scope, limit: LOCKS_A_SCOPE_MAX }).map(lockOf)
}
