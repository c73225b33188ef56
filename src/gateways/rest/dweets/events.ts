/** What happens, to who may see it, as it happens. */
import type { FastifyInstance } from 'fastify'

import { EventStreams } from '../event-streams.ts'
import { EVENT_STREAMS_OF_ONE_MAX } from '../limits.ts'
import { dweeterOf, tags, type DweetDoor } from './dweet-door.ts'

export function addEvents(server: FastifyInstance, { clock, dweets, gate, log }: DweetDoor): void {
  const streams = new EventStreams({ clock, log })
  server.addHook('preClose', async () => streams.close())
  server.get(
    '/v1/dweets/events',
    {
      schema: {
        summary: 'Dweets and notifications as server-sent events',
        description:
          'Each event is a JSON document of kind DweetEvent: what those publish, change and ' +
          'delete whom one follows, and oneself, from now on. Whoever connects again, or is told ' +
          '`resync`, reads what was missed from `/v1/dweets/new`.',
        tags,
      },
    },
    async (request, reply) => {
      const who = dweeterOf(request)
      return streams.open(reply, {
        name: who.nick,
        most: EVENT_STREAMS_OF_ONE_MAX,
        recent: 0,
        events: (_, signal) => dweets.events(who, signal),
        mayStill: () => gate.admit(request.raw, 'dweets.read'),
      })
    },
  )
}
