/** Public links over HTTP: `/v1/links` for their makers, `/s` for everybody. */
import type { FastifyInstance } from 'fastify'

import { DOWNLOADS_AT_ONCE } from '../limits.ts'
import { Places } from '../places.ts'
import { LinkTraffic } from './link-traffic.ts'
import { addLinkOrders, type LinkOrdersDoor } from './orders.ts'
import { addVisits } from './visits.ts'

export async function addLinks(server: FastifyInstance, door: LinkOrdersDoor): Promise<void> {
  addLinkOrders(server, door)
  const places = new Places('downloads', DOWNLOADS_AT_ONCE)
  await addVisits(server, { ...door, places, traffic: new LinkTraffic(door.clock) })
}
