/** Public links of a member: with whose rights, and whose passwords, is a matter of accounts. */
import type { Effects } from '../effects/effects.ts'
import type { AccountsService } from '../services/accounts/accounts.ts'
import { standingOf } from '../services/accounts/standing.ts'
import { RingLinks } from '../services/files/links/ring-links.ts'
import type { Links } from '../services/files/links/types.ts'
import type { FileUser } from '../services/files/types.ts'
import type { RunningMember } from './member-parts.ts'

export interface OpenLinksOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'crypto'>
  readonly member: Pick<RunningMember, 'store' | 'files'>
  readonly accounts: Pick<AccountsService, 'sharedPasswords'>
}

export function openLinks({ accounts, effects, member }: OpenLinksOptions): Links {
  const { records } = member.store
  const userOf = async (nick: string): Promise<FileUser | undefined> => {
    const standing = await standingOf(records, nick)
    if (standing === undefined || !standing.permissions.has('files.read')) return undefined
    const { groups, permissions: may } = standing
    return { nick, isManager: may.has('files.manage'), mayWrite: may.has('files.write'), groups }
  }
  return new RingLinks({
    effects,
    store: records,
    files: member.files,
    passwords: accounts.sharedPasswords,
    userOf,
  })
}
