/** Applications, and the codes by which people let them in. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { reader } from '../../wire/method.ts'
import { Hex64 } from '../../wire/shapes.ts'
import {
  AppFields,
  appKey,
  APPS_TABLE,
  appsPk,
  idOfUnused,
  readApp,
  UNUSED_PREFIX,
  unusedKey,
  type AppRow,
} from './app-rows.ts'
import {
  APP_KEPT_MS,
  APP_UNUSED_KEPT_MS,
  APPS_UNUSED_MAX,
  SESSION_IDLE_MS,
  SESSION_USED_EVERY_MS,
} from './limits.ts'
import { sessionKey } from './places.ts'
import { AppCode, readSession, rowBytes, type SessionRow } from './rows.ts'
import { USER_TABLES } from './user-procedures.ts'
import { Actor, dropRows, noteIn } from './work.ts'

const Id = Type.String({ pattern: '^[\\w-]{16}$' })
const Nick = Type.String({ pattern: '^[a-z0-9_]{1,30}$' })

const MakeInput = Type.Object({ id: Id, ...AppFields.properties, hash: Hex64, seed: Hex64 })

/** Anybody may make one: of those that nobody has let in yet the oldest goes for it. */
export const makeApp = defineProcedure({
  name: 'apps.make',
  tables: [APPS_TABLE],
  readInput: reader(MakeInput),
  run: (work, { id, ...fields }: Static<typeof MakeInput>): null => {
    const createdAtMs = work.timeMs
    const range = { table: APPS_TABLE, pk: appsPk(work.partition), prefix: UNUSED_PREFIX }
    const unused = work.list({ ...range, limit: APPS_UNUSED_MAX })
    const [oldest] = unused
    if (unused.length === APPS_UNUSED_MAX && oldest !== undefined) {
      work.delete({ table: range.table, pk: range.pk, sk: oldest.sk })
      work.delete(appKey(idOfUnused(oldest)))
    }
    const row: AppRow = { ...fields, createdAtMs, isUsed: false }
    work.put(appKey(id), rowBytes(row), createdAtMs + APP_UNUSED_KEPT_MS)
    work.put(unusedKey(id, createdAtMs), new Uint8Array(0), createdAtMs + APP_UNUSED_KEPT_MS)
    return null
  },
})

const UseInput = Type.Object({ id: Id })

/** Somebody let it in: it is kept for long from now on. */
export const useApp = defineProcedure({
  name: 'apps.use',
  tables: [APPS_TABLE],
  readInput: reader(UseInput),
  freesRoom: () => true,
  run: (work, { id }: Static<typeof UseInput>): null => {
    const record = work.get(appKey(id))
    if (record === undefined) return null
    const row = readApp(record)
    if (!row.isUsed) work.delete(unusedKey(id, row.createdAtMs))
    work.put(appKey(id), rowBytes({ ...row, isUsed: true }), work.timeMs + APP_KEPT_MS)
    return null
  },
})

const ReseedInput = Type.Object({ id: Id, seed: Hex64 })

/** The token that it has for itself counts no more. */
export const reseedApp = defineProcedure({
  name: 'apps.reseed',
  tables: [APPS_TABLE],
  readInput: reader(ReseedInput),
  freesRoom: () => true,
  run: (work, { id, seed }: Static<typeof ReseedInput>): null => {
    const record = work.get(appKey(id))
    if (record === undefined) return null
    work.put(appKey(id), rowBytes({ ...readApp(record), seed }), record.expiresAtMs)
    return null
  },
})

const RedeemInput = Type.Object({
  nick: Nick,
  id: Id,
  app: Id,
  /** What is shown: the code, where it was sent, and what follows from the verifier. */
  shown: AppCode,
  /** SHA-256 of the token’s secret. */
  bearer: Hex64,
  actor: Actor,
})

export interface Redeemed {
  readonly kind: 'token'
  readonly scopes: readonly string[]
  readonly createdAtMs: number
}

/** A code for a token, once. Shown by another application it is as if there were none. */
export const redeemCode = defineProcedure({
  name: 'users.redeemCode',
  tables: USER_TABLES,
  readInput: reader(RedeemInput),
  freesRoom: () => true,
  run: (work, input: Static<typeof RedeemInput>): Redeemed | { readonly kind: 'unknown' } => {
    const { actor, app, bearer, id, nick, shown } = input
    const key = sessionKey(nick, id)
    const record = work.get(key)
    const row = record === undefined ? undefined : readSession(record)
    if (row?.app?.id !== app || row.code?.hash !== shown.hash) return { kind: 'unknown' }
    // It was shown before, or by somebody who does not know what belongs to it.
    if (row.bearer !== undefined || !isSameCode(row.code, shown)) {
      dropRows(work, nick, [key])
      noteIn(work, { ...actor, what: 'session.stolen', to: nick })
      return { kind: 'unknown' }
    }
    const { timeMs } = work
    const held: SessionRow = { ...row, bearer, createdAtMs: timeMs, usedAtMs: timeMs }
    work.put(key, rowBytes(held), timeMs + SESSION_IDLE_MS)
    return { kind: 'token', scopes: row.app.scopes, createdAtMs: timeMs }
  },
})

type Code = Readonly<Static<typeof AppCode>>

function isSameCode(code: Code, shown: Code): boolean {
  return code.redirectUri === shown.redirectUri && code.challenge === shown.challenge
}

const UsedInput = Type.Object({ nick: Nick, id: Id })

/** A session whose token is never changed goes on as long as it is used. */
export const useSession = defineProcedure({
  name: 'users.useSession',
  tables: USER_TABLES,
  readInput: reader(UsedInput),
  freesRoom: () => true,
  run: (work, { id, nick }: Static<typeof UsedInput>): null => {
    const row = heldIn(work, nick, id)
    const { timeMs } = work
    if (row === undefined || timeMs - row.usedAtMs < SESSION_USED_EVERY_MS) return null
    const used: SessionRow = { ...row, usedAtMs: timeMs }
    work.put(sessionKey(nick, id), rowBytes(used), timeMs + SESSION_IDLE_MS)
    return null
  },
})

function heldIn(work: PartitionWork, nick: string, id: string): SessionRow | undefined {
  const record = work.get(sessionKey(nick, id))
  const row = record === undefined ? undefined : readSession(record)
  return row?.bearer === undefined ? undefined : row
}

export const APP_PROCEDURES = [makeApp, useApp, reseedApp, redeemCode, useSession]
