/** All procedures of accounts: what a member must know to hold their tables. */
import { APP_PROCEDURES } from './app-procedures.ts'
import { GROUP_PROCEDURES } from './group-procedures.ts'
import { KEY_PROCEDURES } from './key-procedures.ts'
import { RING_WIDE_PROCEDURES } from './ring-procedures.ts'
import { SESSION_PROCEDURES } from './session-procedures.ts'
import { SHARED_PASSWORD_PROCEDURES } from './shared-password-procedures.ts'
import { USER_PROCEDURES } from './user-procedures.ts'

export const ACCOUNT_PROCEDURES = [
  ...USER_PROCEDURES,
  ...SESSION_PROCEDURES,
  ...KEY_PROCEDURES,
  ...GROUP_PROCEDURES,
  ...RING_WIDE_PROCEDURES,
  ...SHARED_PASSWORD_PROCEDURES,
  ...APP_PROCEDURES,
]
