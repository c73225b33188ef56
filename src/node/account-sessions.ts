/** Sessions at the doors of a member, counted with those of the others. */
import { present } from '../base/assert.ts'
import type { Clock } from '../effects/clock.ts'
import { SESSIONS_PER_USER_MAX } from '../gateways/ftp/limits.ts'
import type { RpcClient } from '../rpc/types.ts'
import { AccountSessions } from '../services/files/doors/account-sessions.ts'
import { targetOf, type Crew } from '../services/scrape/crew/crew.ts'
import { askSessions } from '../wire/account-sessions.ts'

export interface AccountSessionsParts {
  readonly clock: Clock
  readonly rpc: RpcClient
  readonly crew: Crew
  /** Id of this member. */
  readonly self: string
}

export function accountSessionsOf(parts: AccountSessionsParts): AccountSessions {
  const { clock, crew, rpc, self } = parts
  const others = () => crew().filter(({ id }) => id !== self)
  return new AccountSessions({
    max: SESSIONS_PER_USER_MAX,
    clock,
    others: () => others().map(({ id }) => id),
    async ask(member, nicks) {
      const asked = others().find(({ id }) => id === member)
      const target = targetOf(present(asked, 'a member that was told'))
      const { counts } = await rpc.call(target, askSessions, { nicks: [...nicks] })
      return counts
    },
  })
}
