/** `/v1/dweets` and what of people is theirs: the microblog. Routes: `wire/api-dweets.ts`. */
import type { FastifyInstance } from 'fastify'

import type { OwnData } from '../../../services/dweets/own-data/types.ts'
import { addAttachments } from './attachments.ts'
import type { DweetDoor } from './dweet-door.ts'
import { addEvents } from './events.ts'
import { addFeeds } from './feeds.ts'
import { addPeopleLists } from './lists.ts'
import { addNotifications } from './notifications.ts'
import { addOwnData } from './own-data.ts'
import { addProfiles } from './profiles.ts'
import { addPublications } from './publications.ts'
import { addReactions } from './reactions.ts'
import { addRelationships } from './relationships.ts'
import { addReports } from './reports.ts'
import { addTimelines } from './timelines.ts'

/** @param door without `ownData` nobody takes theirs along */
export async function addDweets(
  server: FastifyInstance,
  door: DweetDoor & { readonly ownData?: OwnData | undefined },
): Promise<void> {
  await server.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, namesNoMember: true }
    })
    // What is shown is for who asks alone, and may be deleted a moment later.
    scope.addHook('onRequest', async (_request, reply) => {
      void reply.header('cache-control', 'no-store')
    })
    if (door.attachments !== undefined) {
      addAttachments(scope, { ...door, attachments: door.attachments })
    }
    addPublications(scope, door)
    addReactions(scope, door)
    addTimelines(scope, door)
    addProfiles(scope, door)
    addRelationships(scope, door)
    addPeopleLists(scope, door)
    addReports(scope, door)
    addNotifications(scope, door)
    addEvents(scope, door)
    if (door.ownData !== undefined) addOwnData(scope, { ...door, ownData: door.ownData })
    if (door.ringId !== undefined) addFeeds(scope, { ...door, ringId: door.ringId })
  })
}
