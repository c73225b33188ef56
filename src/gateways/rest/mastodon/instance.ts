/** What programs ask first: what this is, how long a status may be, who may register. */
import type { FastifyInstance } from 'fastify'

import {
  ATTACHMENTS_MAX,
  DESCRIPTION_CHARS_MAX,
  DWEET_CHARS_MAX,
  PICTURE_BYTES_MAX,
} from '../../../wire/dweet-limits.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import type { Entity } from './showing.ts'

/** Of Mastodon's API; a number stands first, since programs compare it. */
const API_VERSION = '4.2.0'
/** Mastodon counts each address as so many; here it counts whole, and the answer says so. */
const URL_CHARS = 23

const TITLE = 'anillo'
const DESCRIPTION = 'A microblog that belongs to a group, kept by its own machines.'

const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']

const STATUSES = {
  max_characters: DWEET_CHARS_MAX,
  max_media_attachments: ATTACHMENTS_MAX,
  characters_reserved_per_url: URL_CHARS,
  supported_mime_types: ['text/plain'],
} as const
const MEDIA = {
  supported_mime_types: PICTURE_TYPES,
  description_limit: DESCRIPTION_CHARS_MAX,
  image_size_limit: PICTURE_BYTES_MAX,
  // None: pictures are kept as they are.
  image_matrix_limit: 0,
  video_size_limit: PICTURE_BYTES_MAX,
  video_frame_rate_limit: 0,
  video_matrix_limit: 0,
} as const
const POLLS = {
  max_options: 0,
  max_characters_per_option: 0,
  min_expiration: 0,
  max_expiration: 0,
} as const
const CONFIGURATION = {
  accounts: { max_featured_tags: 0, max_pinned_statuses: 0 },
  statuses: STATUSES,
  media_attachments: MEDIA,
  polls: POLLS,
} as const

export function addInstance(scope: FastifyInstance, door: MastodonDoor): void {
  const { entrance } = door
  addRoute(scope, 'GET /api/v1/instance', '', async (exchange) => ({
    uri: exchange.host,
    title: TITLE,
    short_description: DESCRIPTION,
    description: DESCRIPTION,
    email: '',
    version: versionOf(door),
    urls: { streaming_api: streamingOf(exchange) },
    // Nobody counts them.
    stats: { user_count: 0, status_count: 0, domain_count: 0 },
    thumbnail: null,
    languages: ['en', 'es'],
    registrations: await entrance.isRegistrationOpen(),
    approval_required: false,
    invites_enabled: false,
    max_toot_chars: DWEET_CHARS_MAX,
    configuration: CONFIGURATION,
    contact_account: null,
    rules: [],
  }))
  addRoute(scope, 'GET /api/v2/instance', '', async (exchange) =>
    secondVersion(door, exchange, await entrance.isRegistrationOpen()),
  )
}

function secondVersion(door: MastodonDoor, exchange: Exchange, isOpen: boolean): Entity {
  return {
    domain: exchange.host,
    title: TITLE,
    version: versionOf(door),
    source_url: '',
    description: DESCRIPTION,
    usage: { users: { active_month: 0 } },
    thumbnail: { url: `${exchange.base}/api/v1/avatars/anillo.png`, versions: {} },
    icon: [],
    languages: ['en', 'es'],
    configuration: {
      ...CONFIGURATION,
      urls: { streaming: streamingOf(exchange) },
      vapid: { public_key: '' },
      translation: { enabled: false },
    },
    registrations: { enabled: isOpen, approval_required: false, message: null, url: null },
    api_versions: {},
    contact: { email: '', account: null },
    rules: [],
    max_toot_chars: DWEET_CHARS_MAX,
  }
}

function versionOf({ version }: MastodonDoor): string {
  return `${API_VERSION} (compatible; anillo ${version})`
}

function streamingOf({ host, isSecure }: Exchange): string {
  return `${isSecure ? 'wss' : 'ws'}://${host}`
}
