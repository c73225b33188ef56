/** A door with everything behind it that a door can have, and accounts in memory in front. */
import type { InjectOptions } from 'fastify'

import type { Random } from '../../effects/random.ts'
import { DweetWorld } from '../../services/dweets/dweet-world.test-helper.ts'
import { MemoryDweets } from '../../services/dweets/memory-dweets.test-helper.ts'
import { RingOwnData } from '../../services/dweets/own-data/own-data.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { MemoryAccounts } from './accounts.test-helper.ts'
import type { Entrance, GatewayOptions } from './door.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'
import { createReplay } from './replay.ts'

export const RING_ID = '0123456789abcdef'.repeat(2)

/** The member’s own key. */
export const OWNER_KEY = 'f'.repeat(64)

/** Another member’s page. */
export const OTHER_ORIGIN = 'http://localhost:9101'

export interface DoorChoices {
  readonly hasGuests?: boolean
  readonly isRegistrationOpen?: boolean
  readonly more?: Partial<GatewayOptions>
}

export async function askedDoor({
  hasGuests = true,
  isRegistrationOpen = true,
  more,
}: DoorChoices = {}) {
  const accounts = new MemoryAccounts()
  const entrance: Entrance = {
    accounts,
    ringId: RING_ID,
    hasGuests,
    isOrigin: async (origin) => origin === OTHER_ORIGIN,
    isRegistrationOpen: async () => isRegistrationOpen,
  }
  const dweets = new MemoryDweets({
    clock: { wallMs: () => 0 },
    personOf: (nick) => {
      const { user } = accounts.people.get(nick) ?? {}
      return user && { nick, name: user.name, joinedAt: user.createdAt }
    },
  })
  const ownData = new RingOwnData(new DweetWorld())
  const options = { ...everything(), entrance, dweets, ownData, ...more }
  const server = await createGateway(options)
  const replay = await createReplay({ ...options, random: RANDOM })
  const at = (door: typeof server) => (asked: InjectOptions) =>
    door.inject({ ...asked, headers: { host: 'localhost:9100', ...asked.headers } })
  return {
    accounts,
    server,
    replay,
    ask: at(server),
    askReplay: at(replay),
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await replay.close()
    },
  }
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` }
}

let drawn = 0
const RANDOM: Random = {
  u32: () => 1,
  fraction: () => 0,
  below: () => 0,
  bytes: (length) => new Uint8Array(length).fill(++drawn),
}

function everything(): GatewayOptions {
  return {
    ...fakeDoor(),
    records: {
      store: new MemoryStore(),
      random: RANDOM,
      isReserved: (table) => table === 'users',
    },
    members: { order: async () => ({ state: 'draining' }) },
    settings: { settings: async () => [], set: async () => undefined },
    backups: {
      isOperator: (key) => key === OWNER_KEY,
      async *collect() {},
      hold: async () => undefined,
      chunk: async () => new Uint8Array(1),
    },
  }
}
