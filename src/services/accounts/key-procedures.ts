/** API keys, which are passwords for one application, too. */
import { Type, type Static } from 'typebox'

import { defineProcedure } from '../../store/partition/procedures.ts'
import { reader } from '../../wire/method.ts'
import { Hex64 } from '../../wire/shapes.ts'
import { KEYS_MAX } from './limits.ts'
import { accessKeyKey } from './places.ts'
import { Grants, permissionsOf, rowBytes, type KeyRow } from './rows.ts'
import { USER_TABLES } from './user-procedures.ts'
import { Actor, groupsIn, keysIn, noteIn, requireAccount } from './work.ts'

const Nick = Type.String({ pattern: '^[a-z0-9_]{1,30}$' })
const KeyId = Type.String({ pattern: '^[\\w-]{1,64}$' })

const AddInput = Type.Object({
  nick: Nick,
  id: KeyId,
  name: Type.String({ minLength: 1, maxLength: 240 }),
  permissions: Grants,
  hash: Hex64,
  /** Told with the answer: from it and what the client alone knows the secret follows. */
  seed: Hex64,
  validForMs: Type.Optional(Type.Integer({ minimum: 1 })),
  actor: Actor,
})

/** Of the request as it came first, when it is repeated. */
export interface AddedKey {
  readonly id: string
  readonly seed: string
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
}

/** None may do what the account may not: PERMISSION_MISSING. */
export const addAccessKey = defineProcedure({
  name: 'users.addKey',
  tables: USER_TABLES,
  readInput: reader(AddInput),
  run: (work, input: Static<typeof AddInput>): AddedKey => {
    const { actor, hash, id, name, nick, permissions, seed, validForMs } = input
    const { grants, role, state } = requireAccount(work, nick)
    const has: ReadonlySet<string> = permissionsOf({ role, grants })
    const missing = permissions.find((permission) => !has.has(permission))
    if (missing !== undefined) work.refuse('PERMISSION_MISSING', { permission: missing })
    if (keysIn(work, nick).length >= KEYS_MAX) work.refuse('KEYS_FULL', { max: KEYS_MAX })
    const createdAtMs = work.timeMs
    const groups = [...groupsIn(work, nick)]
    const rights = { role, grants, groups, isSuspended: state === 'suspended' }
    const row: KeyRow = { name, permissions, ...rights, hash, createdAtMs }
    const expiresAtMs = validForMs === undefined ? undefined : createdAtMs + validForMs
    work.put(accessKeyKey(nick, id), rowBytes(row), expiresAtMs)
    noteIn(work, { ...actor, what: 'key.make', to: nick, detail: permissions.join(' ') })
    return { id, seed, createdAtMs, expiresAtMs: expiresAtMs ?? null }
  },
})

const DropInput = Type.Object({ nick: Nick, id: KeyId, actor: Actor })

export const dropAccessKey = defineProcedure({
  name: 'users.dropKey',
  tables: USER_TABLES,
  readInput: reader(DropInput),
  freesRoom: () => true,
  run: (work, { actor, id, nick }: Static<typeof DropInput>): null => {
    const key = accessKeyKey(nick, id)
    if (!work.has(key)) work.refuse('NOT_FOUND', { what: 'such key' })
    work.delete(key)
    noteIn(work, { ...actor, what: 'key.remove', to: nick })
    return null
  },
})

export const KEY_PROCEDURES = [addAccessKey, dropAccessKey]
