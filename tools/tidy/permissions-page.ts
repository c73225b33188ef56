/** `docs/permissions.md`, written from the tables of permissions and of demands. */
import { DEMANDS } from '../../src/wire/demands.ts'
import type { Demand } from '../../src/wire/demands.ts'
import {
  ACCOUNT_ROLES,
  GRANTABLE,
  PERMISSION_NAMES,
  PERMISSIONS,
  PERMISSIONS_OF,
} from '../../src/wire/permissions.ts'

/** The page that tells people and programs who may do what. */
export const PERMISSIONS_PAGE = 'docs/permissions.md'

const HEAD = `# Permissions

Who may do what. Each request is decided in one place by these tables, whichever door it comes
through; a door does not start with a request that has no row here, and the tests try every row
with every role.

This page is written from \`src/wire/permissions.ts\` and \`src/wire/demands.ts\` by
\`npm run format\`; a test holds them together.

## What a role may

A *guest* is whoever shows no credential at a door on loopback, unless the member was started with
\`--guest none\` or has the setting \`guest\` at \`none\`. Beyond loopback there are no guests.
Whoever logs in where there are guests may no less than a guest. A permission with *grant* can be
given to a single account beside its role. An API key may what it was made for, as long as its
account may it too.

`

const REQUESTS = `
## What a request needs

*nothing*: whatever credential it bears is not looked at. *anybody*: it may come without a
credential, but one that it bears must hold. *somebody*: an account, or a guest. With two
permissions the first is for what belongs to the own account, the second for what belongs to
others; *own account alone* is for nobody else, and *in part* lets in who lacks both, and tells them
what everybody may know.

Who bears a credential that does not hold is refused (401 \`LOGIN_FIRST\`) and never taken for a
guest. Who lacks a permission is refused too: a guest with 401 \`LOGIN_FIRST\`, an account with 403
\`PERMISSION_MISSING\`. Where people may not make accounts themselves (\`registrationOpen\`, a
setting of the ring), \`POST /v1/users\` needs \`accounts.manage\`.

The key in the file \`operator\` of a member’s directory, which only its owner can read, stands for
\`ring.backup\` and \`accounts.manage\` at that member’s door, on its machine alone, and for nothing
else: for backups, and for a ring whose administrator’s password nobody knows.

Names and addresses of members are told to \`ring.watch\` alone: for all others they are left out of
what is told of pages, and of errors. Answers about dweets and profiles tell them to nobody.

| request | needs |
|---|---|
`

/** The whole page. */
export function permissionsPage(): string {
  return HEAD + rolesTable() + REQUESTS + requestRows()
}

function rolesTable(): string {
  const head = `| permission | may | ${ACCOUNT_ROLES.join(' | ')} | grant |\n`
  const line = `|---|---|${'---|'.repeat(ACCOUNT_ROLES.length + 1)}\n`
  const rows = PERMISSION_NAMES.map((name) => {
    const cells = ACCOUNT_ROLES.map((role) => (PERMISSIONS_OF[role].has(name) ? 'yes' : '–'))
    const grant = GRANTABLE.has(name) ? 'yes' : '–'
    return `| \`${name}\` | ${PERMISSIONS[name]} | ${cells.join(' | ')} | ${grant} |\n`
  })
  return head + line + rows.join('')
}

function requestRows(): string {
  return Object.entries<Demand>(DEMANDS)
    .map(([route, demand]) => `| \`${route}\` | ${demandText(demand)} |\n`)
    .join('')
}

function demandText(demand: Demand): string {
  if (typeof demand !== 'string') {
    const others = demand.others === undefined ? 'own account alone' : `\`${demand.others}\``
    const partly = demand.partly === undefined ? '' : `, in part \`${demand.partly}\``
    return `\`${demand.own}\`, ${others}${partly}`
  }
  return demand.includes('.') ? `\`${demand}\`` : demand
}
