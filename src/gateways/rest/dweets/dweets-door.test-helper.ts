/** A door with a microblog in memory, and three people; time goes when the test says so. */
import type { InjectOptions } from 'fastify'

import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { MemoryDweets } from '../../../services/dweets/memory-dweets.test-helper.ts'
import type { Dweet } from '../../../wire/api-dweets.ts'
import type { GatewayOptions } from '../door.ts'
import { askedDoor, bearer } from '../entrance.test-helper.ts'

export const JOINED_AT = '2026-11-21T00:00:00.000Z'

export async function dweetsDoor(more: Partial<GatewayOptions> = {}) {
  const clock = new ManualClock()
  const dweets = new MemoryDweets({
    clock,
    personOf: (nick) =>
      NAMES[nick] === undefined ? undefined : { nick, name: NAMES[nick], joinedAt: JOINED_AT },
  })
  const door = await askedDoor({ more: { clock, dweets, ...more } })
  const ana = door.accounts.person('ana', 'member')
  const ben = door.accounts.person('ben', 'member')
  const eva = door.accounts.person('eva', 'operator')
  const as =
    (token: string) =>
    ({ headers, ...asked }: InjectOptions) =>
      door.ask({ ...asked, headers: { ...bearer(token), ...headers } })
  return {
    ...door,
    clock,
    dweets,
    tokens: { ana, ben, eva },
    asAna: as(ana),
    asBen: as(ben),
    /** A moderator. */
    asEva: as(eva),
    /** By Ben. */
    async published(text: string): Promise<Dweet> {
      return dweets.publish({ nick: 'ben', isModerator: false }, { text })
    },
  }
}

const NAMES: Readonly<Record<string, string>> = { ana: 'Ana', ben: 'Ben Zen', eva: 'Eva' }
