/** Guesses, sessions, and the refresh tokens that they go on by. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { reader } from '../../wire/method.ts'
import { Hex64 } from '../../wire/shapes.ts'
import { sessionPrefix } from '../../wire/users.ts'
import { defined } from './defined.ts'
import { countGuess, type ShutOut } from './guess-count.ts'
import {
  CODE_MS,
  GUESSES_A_NICK_MAX,
  GUESSES_AN_ADDRESS_MAX,
  REPEATED_WITHIN_MS,
  SESSION_IDLE_MS,
  SESSIONS_MAX,
} from './limits.ts'
import { ADDRESSES_TABLE, addressKey, AUDIT_TABLE, guessesKey, sessionKey } from './places.ts'
import {
  AppCode,
  AppOfSession,
  publicOf,
  readGuesses,
  readSession,
  rowBytes,
  type PublicAccount,
  type SessionRow,
} from './rows.ts'
import { requirePassword, USER_TABLES } from './user-procedures.ts'
import { Actor, accountIn, dropRows, groupsIn, noteIn, sessionsIn } from './work.ts'

const Nick = Type.String({ pattern: '^[a-z0-9_]{1,30}$' })
const Hashed = Type.String({ minLength: 1, maxLength: 300 })
const SessionId = Type.String({ pattern: '^[\\w-]{1,64}$' })

const NickInput = Type.Object({ nick: Nick, actor: Actor })

/**
 * Counts a guess before it is looked at, so that as many at once count as many. `password`: what
 * to check it against; `null` where there is no such account, which is told by nothing else. The
 * audit log has the first that is refused of each shut-out, where there is such an account.
 */
export const guessNick = defineProcedure({
  name: 'users.guess',
  tables: USER_TABLES,
  readInput: reader(NickInput),
  // Who cannot log in can clear nothing away.
  freesRoom: () => true,
  run: (
    work,
    { actor, nick }: Static<typeof NickInput>,
  ): ShutOut | { readonly password: string | null } => {
    const password = accountIn(work, nick)?.password ?? null
    const shut = countGuess(work, guessesKey(nick), GUESSES_A_NICK_MAX)
    if (shut === undefined) return { password }
    if (shut.isFirst && password !== null) noteIn(work, { ...actor, ...REFUSED, to: nick })
    return { shutForMs: shut.shutForMs }
  },
})

const REFUSED = { what: 'session.begin', refused: 'SLOW_DOWN' } as const

const AddressInput = Type.Object({ block: Type.String({ minLength: 1, maxLength: 64 }) })

export const guessAddress = defineProcedure({
  name: 'users.guessAddress',
  tables: [ADDRESSES_TABLE, AUDIT_TABLE],
  readInput: reader(AddressInput),
  freesRoom: () => true,
  run: (work, { block }: Static<typeof AddressInput>): ShutOut | null => {
    const shut = countGuess(work, addressKey(block), GUESSES_AN_ADDRESS_MAX)
    if (shut === undefined) return null
    if (shut.isFirst) noteIn(work, { by: null, ...REFUSED, address: block })
    return { shutForMs: shut.shutForMs }
  },
})

/**
 * It was right: one guess fewer. Not none, else whoever has an account of their own would guess
 * without end between two log-ins of theirs.
 */
export const forgetGuess = defineProcedure({
  name: 'users.forgetGuess',
  tables: [ADDRESSES_TABLE],
  readInput: reader(AddressInput),
  freesRoom: () => true,
  run: (work, { block }: Static<typeof AddressInput>): null => {
    const key = addressKey(block)
    const record = work.get(key)
    if (record === undefined) return null
    const { count: before } = readGuesses(record)
    if (before === 1) work.delete(key)
    else work.put(key, rowBytes({ count: before - 1 }), record.expiresAtMs)
    return null
  },
})

/** The right password was shown: the account as it is, when that is still its password. */
const ProvenInput = Type.Object({ nick: Nick, password: Hashed })

export interface ProvenAccount extends PublicAccount {
  readonly groups: readonly string[]
}

export const guessedRight = defineProcedure({
  name: 'users.guessedRight',
  tables: USER_TABLES,
  readInput: reader(ProvenInput),
  freesRoom: () => true,
  run: (work, input: Static<typeof ProvenInput>): ProvenAccount => ({
    ...proven(work, input),
    groups: groupsIn(work, input.nick),
  }),
})

const OpenInput = Type.Object({
  nick: Nick,
  password: Hashed,
  id: SessionId,
  client: Type.String({ maxLength: 240 }),
  secretHash: Hex64,
  seed: Hex64,
  app: Type.Optional(AppOfSession),
  code: Type.Optional(AppCode),
  bearer: Type.Optional(Hex64),
  actor: Actor,
})

/** What the session of an application has beside. */
export type AppSession = Partial<Pick<Static<typeof OpenInput>, 'app' | 'bearer' | 'code'>>

export const openSession = defineProcedure({
  name: 'users.openSession',
  tables: USER_TABLES,
  readInput: reader(OpenInput),
  // They are few for each account.
  freesRoom: () => true,
  run: (work, input: Static<typeof OpenInput>): null => {
    const { actor, app, bearer, client, code, id, nick, secretHash, seed } = input
    const { grants, role } = proven(work, input)
    endOldest(work, nick)
    const { timeMs } = work
    const used = { createdAtMs: timeMs, usedAtMs: timeMs }
    const groups = [...groupsIn(work, nick)]
    const held = { role, grants, groups, client, ...used, current: secretHash, seed }
    const row: SessionRow = { ...held, ...defined({ app, bearer, code }) }
    const keptMs = code === undefined ? SESSION_IDLE_MS : CODE_MS
    work.put(sessionKey(nick, id), rowBytes(row), timeMs + keptMs)
    noteIn(work, { ...actor, by: nick, what: 'session.begin', to: nick })
    return null
  },
})

function proven(work: PartitionWork, { nick, password }: Static<typeof ProvenInput>) {
  const account = accountIn(work, nick) ?? work.refuse('BAD_LOGIN')
  requirePassword(work, account, password)
  if (account.state === 'suspended') work.refuse('ACCOUNT_SUSPENDED')
  return publicOf(account)
}

function endOldest(work: PartitionWork, nick: string): void {
  const sessions = sessionsIn(work, nick)
  if (sessions.length < SESSIONS_MAX) return
  const byUse = sessions
    .map((record) => ({ sk: record.sk, usedAtMs: readSession(record).usedAtMs }))
    .toSorted((a, b) => a.usedAtMs - b.usedAtMs)
  dropRows(work, nick, byUse.slice(0, sessions.length - SESSIONS_MAX + 1))
}

const RefreshInput = Type.Object({
  nick: Nick,
  id: SessionId,
  /** Hash of the secret that was shown, and of the one that follows from it. */
  presented: Hex64,
  next: Hex64,
  /** The one shown is known to be older than the one before. */
  isAncestor: Type.Boolean(),
  actor: Actor,
})

export interface Refreshed {
  /**
   * `rotated`: once. `repeated`: shown again within seconds, and answered alike. `stolen`: used
   * before by another; the session has ended. `unknown`: no such session, or no token of it.
   */
  readonly kind: 'rotated' | 'repeated' | 'stolen' | 'unknown'
}

export const refreshSession = defineProcedure({
  name: 'users.refresh',
  tables: USER_TABLES,
  readInput: reader(RefreshInput),
  freesRoom: () => true,
  run: (work, input: Static<typeof RefreshInput>): Refreshed => {
    const { actor, id, isAncestor, next, nick, presented } = input
    const key = sessionKey(nick, id)
    const record = work.get(key)
    if (record === undefined) return { kind: 'unknown' }
    const row = readSession(record)
    const { timeMs } = work
    if (row.current === presented) {
      const used = { usedAtMs: timeMs, rotatedAtMs: timeMs }
      const rotated: SessionRow = { ...row, ...used, current: next, before: presented }
      work.put(key, rowBytes(rotated), timeMs + SESSION_IDLE_MS)
      return { kind: 'rotated' }
    }
    const isBefore = row.before === presented
    const isRecent = timeMs - (row.rotatedAtMs ?? 0) <= REPEATED_WITHIN_MS
    if (isBefore && isRecent) return { kind: 'repeated' }
    if (!isBefore && !isAncestor) return { kind: 'unknown' }
    work.delete(key)
    noteIn(work, { ...actor, what: 'session.stolen', to: nick })
    return { kind: 'stolen' }
  },
})

const EndInput = Type.Object({
  nick: Nick,
  /** Absent: all. */
  id: Type.Optional(SessionId),
  actor: Actor,
})

export const endSessions = defineProcedure({
  name: 'users.endSessions',
  tables: USER_TABLES,
  readInput: reader(EndInput),
  freesRoom: () => true,
  run: (work, { actor, id, nick }: Static<typeof EndInput>): { readonly ended: number } => {
    const sessions = sessionsIn(work, nick)
    const sk = id === undefined ? undefined : sessionPrefix(nick) + id
    const ended = dropRows(
      work,
      nick,
      sessions.filter((record) => sk === undefined || record.sk === sk),
    )
    const what = id === undefined ? 'session.endAll' : 'session.end'
    if (ended > 0) noteIn(work, { ...actor, what, to: nick })
    return { ended }
  },
})

export const SESSION_PROCEDURES = [
  guessNick,
  guessAddress,
  forgetGuess,
  guessedRight,
  openSession,
  refreshSession,
  endSessions,
]
