/** Doors of accounts: log-ins, people, the audit log. */
import type { FastifyInstance } from 'fastify'

import { addAudit } from './audit.ts'
import { addGroups } from './groups.ts'
import { PASSWORDS_AT_ONCE, PASSWORDS_WAITING_MAX } from './limits.ts'
import { addLogins } from './logins.ts'
import { noteOrders } from './noted-orders.ts'
import type { AccountDoor } from './people.ts'
import { Turns } from './turns.ts'
import { addUserAccess } from './user-access.ts'
import { addUsers } from './users.ts'

/** @returns where log-ins wait for their turn */
export function addAccounts(
  server: FastifyInstance,
  behind: Pick<AccountDoor, 'dweets' | 'entrance' | 'gate'>,
): Turns {
  const passwords = new Turns({
    atOnce: PASSWORDS_AT_ONCE,
    waitingMax: PASSWORDS_WAITING_MAX,
    what: 'log-ins',
  })
  const door: AccountDoor = { ...behind, passwords }
  addLogins(server, door)
  addUsers(server, door)
  addUserAccess(server, door)
  addGroups(server, door)
  addAudit(server, door)
  noteOrders(server, behind.entrance.accounts)
  return passwords
}
