/** All procedures of accounts: what a member must know to hold their tables. */
import { KEY_PROCEDURES } from './key-procedures.ts'
import { RING_WIDE_PROCEDURES } from './ring-procedures.ts'
import { SESSION_PROCEDURES } from './session-procedures.ts'
import { USER_PROCEDURES } from './user-procedures.ts'

export const ACCOUNT_PROCEDURES = [
  ...USER_PROCEDURES,
  ...SESSION_PROCEDURES,
  ...KEY_PROCEDURES,
  ...RING_WIDE_PROCEDURES,
]
