/**
 * Dweets, people and notifications as Mastodon has them: statuses, accounts, notifications
 * (docs.joinmastodon.org/entities). Times have milliseconds, ids are decimal texts.
 */
import { accountIdOf } from '../../../wire/account-ids.ts'
import type { Attachment } from '../../../wire/api-attachments.ts'
import type {
  Dweet,
  DweetEvent,
  Notification,
  Preview,
  Profile,
  Publication,
  Relationship,
} from '../../../wire/api-dweets.ts'
import type { DecisionKind } from '../../../wire/api-reports.ts'
import { contentOf, dweetAddress, personAddress, tagAddress } from './content.ts'
import type { Exchange, MastodonDoor } from './exchange.ts'
import type { KnownProfiles } from './known-profiles.ts'
import { Viewing } from './viewing.ts'

/** A status, or what has one, as it is sent. */
export type Entity = Readonly<Record<string, unknown>>

const NOBODY = { bio: '', dweets: 0, following: 0, followers: 0 } as const
/** Of accounts that are gone. */
const NEVER = '1970-01-01T00:00:00.000Z'

export function accountEntity(base: string, profile: Profile): Entity {
  const { bio, dweets, followers, following, joinedAt, name, nick } = profile
  const picture = `${base}/api/v1/avatars/${nick}.png`
  return {
    id: accountIdOf(nick),
    username: nick,
    acct: nick,
    display_name: name,
    locked: false,
    bot: false,
    discoverable: true,
    indexable: false,
    group: false,
    noindex: true,
    // Mastodon tells days alone.
    created_at: `${joinedAt.slice(0, 10)}T00:00:00.000Z`,
    note: contentOf(bio, { base, isPerson: () => false }),
    url: personAddress(base, nick),
    uri: personAddress(base, nick),
    avatar: picture,
    avatar_static: picture,
    header: picture,
    header_static: picture,
    followers_count: followers,
    following_count: following,
    statuses_count: dweets,
    last_status_at: null,
    hide_collections: false,
    emojis: [],
    roles: [],
    fields: [],
  }
}

export function relationshipEntity(one: Relationship): Entity {
  return {
    id: accountIdOf(one.nick),
    following: one.following,
    showing_reblogs: one.following && one.redweets,
    notifying: false,
    languages: [],
    followed_by: one.followedBy,
    blocking: one.blocked,
    blocked_by: false,
    muting: one.muted,
    muting_notifications: one.muted,
    muting_expires_at: null,
    requested: false,
    requested_by: false,
    domain_blocking: false,
    endorsed: false,
    note: '',
  }
}

/** For who asks by one address. */
export class Showing {
  readonly #base: string
  readonly #profiles: KnownProfiles
  readonly #viewing: Viewing

  constructor(
    { entrance, profiles }: Pick<MastodonDoor, 'entrance' | 'profiles'>,
    { base, request }: Pick<Exchange, 'base' | 'request'>,
  ) {
    this.#base = base
    this.#profiles = profiles
    this.#viewing = new Viewing(entrance.accounts.viewPasses, request.asker)
  }

  async account({ nick, name }: { readonly nick: string; readonly name: string }): Promise<Entity> {
    const profile = await this.#profiles.find(nick)
    return accountEntity(this.#base, { ...(profile ?? { ...NOBODY, joinedAt: NEVER }), nick, name })
  }

  async status(dweet: Dweet): Promise<Entity> {
    const base = this.#base
    const { author, mentions, mine, replyTo } = dweet
    const people = new Set(mentions)
    return {
      id: dweet.id,
      created_at: dweet.createdAt,
      edited_at: dweet.editedAt ?? null,
      in_reply_to_id: replyTo?.id ?? null,
      in_reply_to_account_id: replyTo === undefined ? null : accountIdOf(replyTo.nick),
      sensitive: dweet.warning !== undefined,
      spoiler_text: dweet.warning ?? '',
      visibility: dweet.visibility === 'public' ? 'public' : 'private',
      language: null,
      uri: dweetAddress(base, dweet.id),
      url: dweetAddress(base, dweet.id),
      replies_count: dweet.replies,
      reblogs_count: dweet.redweets,
      favourites_count: dweet.likes,
      quotes_count: 0,
      favourited: mine.liked,
      reblogged: mine.redweeted,
      bookmarked: mine.bookmarked,
      muted: false,
      content: contentOf(dweet.text, { base, isPerson: (nick) => people.has(nick) }),
      filtered: [],
      reblog: null,
      application: null,
      account: await this.account(author),
      media_attachments: await Promise.all((dweet.attachments ?? []).map((one) => this.media(one))),
      mentions: mentions.map((nick) => mentionEntity(base, nick)),
      tags: dweet.tags.map((tag) => ({ name: tag, url: tagAddress(base, tag) })),
      emojis: [],
      card: dweet.preview === undefined ? null : await this.#card(dweet.preview),
      poll: null,
    }
  }

  async media(one: Attachment): Promise<Entity> {
    return mediaEntity(await this.#viewed(one), one)
  }

  async #card(preview: Preview): Promise<Entity> {
    const { picture } = preview
    return cardEntity(picture === undefined ? null : await this.#viewed(picture), preview)
  }

  async #viewed({ url }: Attachment): Promise<string> {
    return this.#base + (await this.#viewing.pathOf(url))
  }

  /** `undefined`: it shows nothing, as what was redweeted is gone. */
  async publication(one: Publication): Promise<Entity | undefined> {
    if (one.kind === 'dweet') return this.status(one)
    if (one.of === null) return undefined
    const [reblog, account] = await Promise.all([this.status(one.of), this.account(one.author)])
    const uri = dweetAddress(this.#base, one.id)
    const own = { id: one.id, created_at: one.createdAt, edited_at: null, account, uri, url: uri }
    return { ...reblog, ...own, in_reply_to_id: null, in_reply_to_account_id: null, reblog }
  }

  /** `undefined`: what it tells of is gone. */
  async notification(one: Notification): Promise<Entity | undefined> {
    const type = NOTIFICATION_TYPES[one.kind]
    const isGone = one.dweet === undefined && type !== 'follow' && one.kind !== 'moderated'
    if (isGone) return undefined
    const account = await this.account(one.by)
    return {
      id: one.id,
      type,
      created_at: one.at,
      group_key: `ungrouped-${one.id}`,
      account,
      ...(one.dweet === undefined ? {} : { status: await this.status(one.dweet) }),
      ...(one.moderation === undefined ? {} : { moderation_warning: warningEntity(one, account) }),
    }
  }

  /** What a stream tells (docs.joinmastodon.org/methods/streaming); `undefined`: nothing. */
  async event(one: DweetEvent): Promise<StreamEvent | undefined> {
    switch (one.kind) {
      case 'published':
        return told('update', await this.publication(one.publication))
      case 'edited':
        return told('status.update', await this.status(one.dweet))
      case 'deleted':
        return { event: 'delete', payload: one.id }
      case 'notified':
        return told('notification', await this.notification(one.notification))
      case 'counted':
      case 'resync':
        return undefined
    }
  }
}

/** Of itself: what it shows of another's has none here, as Mastodon has it. */
export function hasMedia(one: Publication): boolean {
  return one.kind === 'dweet' && (one.attachments ?? []).length > 0
}

export interface StreamEvent {
  readonly event: string
  readonly payload: string
}

function told(event: string, entity: Entity | undefined): StreamEvent | undefined {
  return entity && { event, payload: JSON.stringify(entity) }
}

const MEDIA_TYPES = { picture: 'image', video: 'video', audio: 'audio', file: 'unknown' } as const

/** docs.joinmastodon.org/entities/MediaAttachment */
function mediaEntity(address: string, one: Attachment): Entity {
  const { description = null, height, id, kind, width } = one
  const hasSize = width !== undefined && height !== undefined
  const size = hasSize && { width, height, size: `${width}x${height}`, aspect: width / height }
  return {
    id,
    type: MEDIA_TYPES[kind],
    url: address,
    preview_url: address,
    remote_url: null,
    text_url: null,
    meta: size === false ? {} : { original: size, small: size },
    description,
    blurhash: null,
  }
}

/** docs.joinmastodon.org/entities/PreviewCard */
function cardEntity(
  image: string | null,
  { description = '', picture, site = '', title, url }: Preview,
): Entity {
  return {
    url,
    title,
    description,
    type: 'link',
    author_name: '',
    author_url: '',
    authors: [],
    provider_name: site,
    provider_url: '',
    html: '',
    width: picture?.width ?? 0,
    height: picture?.height ?? 0,
    image,
    embed_url: '',
    blurhash: null,
    published_at: null,
  }
}

function mentionEntity(base: string, nick: string): Entity {
  return { id: accountIdOf(nick), username: nick, acct: nick, url: personAddress(base, nick) }
}

/** docs.joinmastodon.org/entities/AccountWarning */
function warningEntity({ at, dweet, id, moderation }: Notification, account: Entity): Entity {
  return {
    id,
    action: WARNED[moderation?.action ?? 'dismiss'],
    text: moderation?.message ?? '',
    status_ids: dweet === undefined ? [] : [dweet.id],
    target_account: account,
    appeal: null,
    created_at: at,
  }
}

const WARNED: Readonly<Record<DecisionKind, string>> = {
  dismiss: 'none',
  remove: 'delete_statuses',
  warn: 'mark_statuses_as_sensitive',
  limit: 'silence',
  suspend: 'suspend',
  lift: 'none',
}

/** Mastodon tells of an answer as of a mention. */
export const NOTIFICATION_TYPES = {
  mention: 'mention',
  reply: 'mention',
  redweet: 'reblog',
  like: 'favourite',
  follow: 'follow',
  moderated: 'moderation_warning',
} as const satisfies Readonly<Record<Notification['kind'], string>>
