/** What the doors of a member ask of its ring about who comes. */
import type { RingId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { Effects } from '../effects/effects.ts'
import type { Entrance } from '../gateways/rest/door.ts'
import { createAccounts, type AccountsService } from '../services/accounts/accounts.ts'
import { SettingOrders } from '../store/roster/setting-orders.ts'
import type { Member } from '../wire/api.ts'
import { ADMIN_NICK } from './admin-password.ts'
import type { RunningMember } from './member-parts.ts'

/** Between two looks at which members there are; a page asks many times a second. */
const MEMBERS_LOOK_MS = 2 * SECOND_MS

/** Between two tries to found the administrator's account. */
const FOUND_AGAIN_MS = SECOND_MS

export interface EntranceOptions {
  readonly effects: Effects
  readonly ringId: RingId
  readonly member: Pick<RunningMember, 'store' | 'view'>
  /** Whoever shows no credential at a door on loopback is a guest. */
  readonly hasGuests: boolean
}

export function openEntrance({
  effects,
  hasGuests,
  member,
  ringId,
}: EntranceOptions): Entrance & { readonly accounts: AccountsService } {
  const { records } = member.store
  const settings = new SettingOrders(records)
  return {
    accounts: createAccounts({ effects, ringId, store: records }),
    ringId,
    hasGuests,
    isOrigin: originsOnThisMachine(effects.clock, member.view),
    isRegistrationOpen: async () => (await settings.values()).registrationOpen === 1,
  }
}

/**
 * Pages of members at the same address, which are those of this machine: what another machine
 * calls `localhost` is something else here.
 */
export function originsOnThisMachine(
  clock: Clock,
  view: Pick<RunningMember['view'], 'ring' | 'self'>,
): Entrance['isOrigin'] {
  let known: Promise<ReadonlySet<string>> | undefined
  let lookedAtMs = 0
  const look = async (): Promise<ReadonlySet<string>> => {
    const here = hostOf(view.self())
    const { members } = await view.ring()
    return new Set(members.filter((one) => hostOf(one) === here).map(({ url }) => url))
  }
  return async (origin) => {
    if (known === undefined || clock.nowMs() - lookedAtMs >= MEMBERS_LOOK_MS) {
      lookedAtMs = clock.nowMs()
      known = look()
    }
    return (await known.catch(() => NO_ORIGINS)).has(origin)
  }
}

const NO_ORIGINS: ReadonlySet<string> = new Set()

function hostOf({ address }: Pick<Member, 'address'>): string {
  return address.slice(0, address.lastIndexOf(':'))
}

/**
 * The ring's first administrator: tried until it worked, or until the member stops. Does nothing
 * where the account is there.
 */
export async function foundAdministrator(
  { clock, log }: Pick<Effects, 'clock' | 'log'>,
  accounts: Pick<AccountsService, 'found'>,
  { password, stop }: { readonly password: string; readonly stop: AbortSignal },
): Promise<void> {
  while (!stop.aborted) {
    try {
      await accounts.found({ nick: ADMIN_NICK, name: ADMIN_NAME, password })
      return
    } catch (thrown) {
      log.warn('the administrator is not founded yet', { error: thrown })
    }
    await new Promise<void>((resolve) => void clock.after(FOUND_AGAIN_MS, resolve))
  }
}

const ADMIN_NAME = 'Administrator'
