/** What is one for the whole ring: administrators that are left, signing keys, the audit log. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import type { AuditWhat } from '../../wire/audit.ts'
import { reader } from '../../wire/method.ts'
import { Hex64 } from '../../wire/shapes.ts'
import { NOTES_AT_ONCE, SIGNING_KEY_KEPT_MS, SIGNING_KEY_MS } from './limits.ts'
import {
  ADMINISTRATORS_PK,
  ADMINISTRATORS_TABLE,
  administratorKey,
  AUDIT_TABLE,
  SIGNING_PK,
  signingKeyKey,
  TOKENS_TABLE,
} from './places.ts'
import {
  readAdministrator,
  readSigningKey,
  rowBytes,
  type AdministratorRow,
  type SigningKeyRow,
} from './rows.ts'
import { noteIn } from './work.ts'

/** Of a group of people, not of a planet. */
const ADMINISTRATORS_MAX = 256

const AdministratorInput = Type.Object({
  nick: Type.String({ pattern: '^[a-z0-9_]{1,30}$' }),
  /** Of the account’s row that says so. */
  version: Type.Integer({ minimum: 0 }),
})
type AdministratorInput = Static<typeof AdministratorInput>

/**
 * An account that is one counts from then on. What a later version of its row said stays.
 *
 * Accounts lie in many partitions, so who is the last one is decided here: an administrator ceases
 * to count (`leaveAdministrators`) before the account ceases to be one, which it does only if its
 * row is still of that version; and counts again after it became one. So whoever counts is one,
 * whatever comes between, and one always counts.
 */
export const countAdministrator = defineProcedure({
  name: 'administrators.count',
  tables: [ADMINISTRATORS_TABLE],
  readInput: reader(AdministratorInput),
  run: (work, { nick, version }: AdministratorInput): null => {
    const row = administratorIn(work, nick)
    if (row !== undefined && row.at >= version) return null
    if (row === undefined && administratorsIn(work).length >= ADMINISTRATORS_MAX) {
      work.refuse('BUSY', { what: 'administrators' })
    }
    put(work, nick, { counts: true, at: version })
    return null
  },
})

export const leaveAdministrators = defineProcedure({
  name: 'administrators.leave',
  tables: [ADMINISTRATORS_TABLE],
  readInput: reader(AdministratorInput),
  freesRoom: () => true,
  run: (work, { nick, version }: AdministratorInput): null => {
    const others = administratorsIn(work).filter(({ sk }) => sk !== nick)
    if (!others.some((record) => readAdministrator(record).counts)) {
      work.refuse('LAST_ADMINISTRATOR')
    }
    const at = Math.max(version, administratorIn(work, nick)?.at ?? 0)
    put(work, nick, { counts: false, at })
    return null
  },
})

function administratorsIn(work: PartitionWork) {
  const place = { table: ADMINISTRATORS_TABLE, pk: ADMINISTRATORS_PK }
  return work.list({ ...place, limit: ADMINISTRATORS_MAX + 1 })
}

function administratorIn(work: PartitionWork, nick: string): AdministratorRow | undefined {
  const record = work.get(administratorKey(nick))
  return record === undefined ? undefined : readAdministrator(record)
}

function put(work: PartitionWork, nick: string, row: AdministratorRow): void {
  work.put(administratorKey(nick), rowBytes(row))
}

const SigningInput = Type.Object({
  id: Type.String({ pattern: '^[\\w-]{1,32}$' }),
  privateKey: Hex64,
  publicKey: Hex64,
})

/** Where the newest has served its time; members that ask at once all go on with the first’s. */
export const addSigningKey = defineProcedure({
  name: 'tokens.addKey',
  tables: [TOKENS_TABLE],
  readInput: reader(SigningInput),
  freesRoom: () => true,
  run: (work, { id, privateKey, publicKey }: Static<typeof SigningInput>): null => {
    const keys = work.list({ table: TOKENS_TABLE, pk: SIGNING_PK, limit: SIGNING_KEYS_MAX })
    const isServed = (createdAtMs: number): boolean => work.timeMs - createdAtMs >= SIGNING_KEY_MS
    if (!keys.every((record) => isServed(readSigningKey(record).createdAtMs))) return null
    const row: SigningKeyRow = { createdAtMs: work.timeMs, privateKey, publicKey }
    work.put(signingKeyKey(id), rowBytes(row), work.timeMs + SIGNING_KEY_KEPT_MS)
    return null
  },
})

/** One that signs, one that served, and room. */
export const SIGNING_KEYS_MAX = 16

const Text = Type.String({ maxLength: 256 })
const What = Type.Unsafe<AuditWhat>(Text)
const AuditInput = Type.Object({
  notes: Type.Array(
    Type.Object({
      by: Type.Union([Text, Type.Null()]),
      what: What,
      to: Type.Optional(Text),
      detail: Type.Optional(Text),
      refused: Type.Optional(Text),
      address: Type.Optional(Text),
    }),
    { minItems: 1, maxItems: NOTES_AT_ONCE },
  ),
})

export const addNotes = defineProcedure({
  name: 'audit.add',
  tables: [AUDIT_TABLE],
  readInput: reader(AuditInput),
  run: (work, { notes }: Static<typeof AuditInput>): null => {
    for (const note of notes) noteIn(work, note)
    return null
  },
})

export const RING_WIDE_PROCEDURES = [
  countAdministrator,
  leaveAdministrators,
  addSigningKey,
  addNotes,
]
