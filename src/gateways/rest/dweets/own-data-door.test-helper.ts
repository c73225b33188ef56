/** A door with the microblog over partitions in one process, and two people. */
import type { InjectOptions } from 'fastify'

import { DweetWorld } from '../../../services/dweets/dweet-world.test-helper.ts'
import { RingDweets } from '../../../services/dweets/dweets.ts'
import { RingOwnData } from '../../../services/dweets/own-data/own-data.ts'
import { askedDoor, bearer } from '../entrance.test-helper.ts'

export async function ownDataDoor(timeMs = Date.UTC(2026, 10, 22)) {
  const world = new DweetWorld('ana', 'ben')
  world.partitions.timeMs = timeMs
  const dweets = new RingDweets(world)
  const ownData = new RingOwnData(world)
  const door = await askedDoor({ more: { dweets, ownData } })
  const ana = door.accounts.person('ana', 'member')
  const ben = door.accounts.person('ben', 'member')
  return {
    ...door,
    world,
    dweets,
    ownData,
    tokens: { ana, ben },
    asAna: ({ headers, ...asked }: InjectOptions) =>
      door.ask({ ...asked, headers: { ...bearer(ana), ...headers } }),
    asBen: ({ headers, ...asked }: InjectOptions) =>
      door.ask({ ...asked, headers: { ...bearer(ben), ...headers } }),
  }
}
