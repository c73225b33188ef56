/**
 * What programs ask when they start, and what there is none of here: filters, announcements, custom
 * emoji and the like are answered as by a server on which nobody made any.
 */
import type { FastifyInstance } from 'fastify'

import type { RouteName } from '../../../wire/demands.ts'
import { addRoute } from './exchange.ts'

const EMPTY_LISTS: readonly (readonly [RouteName, string])[] = [
  ['GET /api/v1/custom_emojis', ''],
  ['GET /api/v1/instance/peers', ''],
  ['GET /api/v1/instance/rules', ''],
  ['GET /api/v1/instance/activity', ''],
  ['GET /api/v1/trends', ''],
  ['GET /api/v1/trends/tags', ''],
  ['GET /api/v1/trends/statuses', ''],
  ['GET /api/v1/trends/links', ''],
  ['GET /api/v1/filters', 'read:filters'],
  ['GET /api/v2/filters', 'read:filters'],
  ['GET /api/v1/announcements', 'read'],
  ['GET /api/v1/follow_requests', 'read:follows'],
  ['GET /api/v1/conversations', 'read:statuses'],
  ['GET /api/v1/scheduled_statuses', 'read:statuses'],
  ['GET /api/v1/followed_tags', 'read:follows'],
  ['GET /api/v1/featured_tags', 'read:accounts'],
  ['GET /api/v1/featured_tags/suggestions', 'read:accounts'],
  ['GET /api/v1/endorsements', 'read:accounts'],
  ['GET /api/v1/domain_blocks', 'read:blocks'],
  ['GET /api/v1/suggestions', 'read'],
  ['GET /api/v2/suggestions', 'read'],
  ['GET /api/v1/directory', 'read'],
  ['GET /api/v1/notifications/requests', 'read:notifications'],
  ['GET /api/v1/accounts/familiar_followers', 'read:follows'],
  ['GET /api/v1/accounts/:id/featured_tags', 'read:accounts'],
  ['GET /api/v1/accounts/:id/identity_proofs', 'read:accounts'],
]

const PREFERENCES = {
  'posting:default:visibility': 'public',
  'posting:default:sensitive': false,
  'posting:default:language': null,
  'reading:expand:media': 'default',
  'reading:expand:spoilers': false,
  'reading:autoplay:gifs': false,
} as const

const ACCEPTED = 'accept'
/** Of those whom one does not follow, and the like: all are told. */
const POLICY = {
  for_not_following: ACCEPTED,
  for_not_followers: ACCEPTED,
  for_new_accounts: ACCEPTED,
  for_private_mentions: ACCEPTED,
  for_limited_accounts: ACCEPTED,
  summary: { pending_requests_count: 0, pending_notifications_count: 0 },
} as const

export function addStandingAnswers(scope: FastifyInstance): void {
  for (const [name, scopes] of EMPTY_LISTS) addRoute(scope, name, scopes, () => [])
  addRoute(scope, 'GET /api/v1/preferences', 'read:accounts', () => PREFERENCES)
  addRoute(scope, 'GET /api/v2/notifications/policy', 'read:notifications', () => POLICY)
}
