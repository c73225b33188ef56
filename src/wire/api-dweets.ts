/**
 * The JSON of dweets: schemas for the gateway and OpenAPI, types for clients, console and page.
 * Instants are ISO 8601 in UTC. No answer names a member.
 *
 *     POST   /dweets                        NewDweet -> 201 Dweet
 *     POST   /dweets/attachments?name=      bytes -> 201 Attachment, which no dweet uses yet
 *     POST   /dweets/attachments?from=PATH  the same of a file of the tree
 *     GET|DELETE /dweets/attachments/{id}   one that no dweet uses: bytes; 204
 *     GET    /dweets/{id}/attachments/{id}  bytes
 *     GET    /dweets/new                    NewDweets; changes nothing
 *     POST   /dweets/new/ack                {token} -> 204
 *     POST   /dweets/new/catch-up           204: all there is now counts as seen
 *     GET    /dweets/home?cursor=&limit=    PublicationPage, newest first
 *     GET    /dweets/local?cursor=&limit=   PublicationPage: of all, public ones
 *     GET    /dweets/tags/{tag}?...         PublicationPage
 *     GET    /dweets/search?q=&...          PublicationPage: own and followed people's
 *     GET    /dweets/events                 server-sent events: DweetEvent
 *     GET    /dweets/{id}                   Dweet
 *     PATCH  /dweets/{id}                   DweetChange -> Dweet
 *     DELETE /dweets/{id}                   204
 *     GET    /dweets/{id}/history           DweetHistory, newest first
 *     GET    /dweets/{id}/thread            DweetThread
 *     PUT|DELETE /dweets/{id}/like          Dweet
 *     PUT|DELETE /dweets/{id}/bookmark      Dweet
 *     POST   /dweets/{id}/redweet           Redweet;  DELETE 204
 *     GET    /dweets/bookmarks?...          PublicationPage
 *     GET    /users/{nick}/profile          Profile;  PATCH ProfileChange -> Profile
 *     GET    /users/{nick}/dweets?...       PublicationPage
 *     PUT    /users/{nick}/follow           FollowHow -> Relationship;  DELETE Relationship
 *     PUT|DELETE /users/{nick}/mute         Relationship
 *     PUT|DELETE /users/{nick}/block        Relationship
 *     GET    /mutes?... /blocks?...         PeoplePage: own ones
 *     GET    /users/{nick}/followers?...    PeoplePage;  /users/{nick}/following?...
 *     GET    /notifications?cursor=&limit=  NotificationPage;  DELETE 204
 */
import { Type, type Static } from 'typebox'

import { Attachment } from './api-attachments.ts'
import { ModerationNotice, Standing } from './api-reports.ts'
import {
  BIO_CHARS_MAX,
  DESCRIPTION_CHARS_MAX,
  DWEET_CHARS_MAX,
  FOLLOWS_MAX,
  WARNING_CHARS_MAX,
} from './dweet-limits.ts'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Instant = Type.String({ format: 'date-time' })
const CLOSED = { additionalProperties: false } as const
/** Longer than any, so that one that is too long is told its length. */
const GIVEN = 16
/** As long as a path of the tree may be. */
const PATH_CHARS_MAX = 4_096

/** `followers`: for those who follow the author, and whom it mentions. */
export const Visibility = Type.Unsafe<'public' | 'followers'>(
  Type.Union([Type.Literal('public'), Type.Literal('followers')]),
)
export type Visibility = Static<typeof Visibility>

const DweetId = Type.String({ minLength: 1, maxLength: 64 })

/** Of a dweet to be written: one that was sent before, or a file of the tree as it is now. */
const Attaching = {
  description: Type.Optional(Type.String({ maxLength: GIVEN * DESCRIPTION_CHARS_MAX })),
}
export const NewAttachment = Type.Union([
  Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{32}$' }), ...Attaching }, CLOSED),
  Type.Object(
    { path: Type.String({ minLength: 1, maxLength: PATH_CHARS_MAX }), ...Attaching },
    CLOSED,
  ),
])
export type NewAttachment = Static<typeof NewAttachment>

export const NewDweet = Type.Object(
  {
    text: Type.String({ maxLength: GIVEN * DWEET_CHARS_MAX }),
    /** What it answers. */
    replyTo: Type.Optional(DweetId),
    /** Shown instead of the text until the reader asks for it. */
    warning: Type.Optional(Type.String({ maxLength: GIVEN * WARNING_CHARS_MAX })),
    visibility: Type.Optional(Visibility),
    /** At most `ATTACHMENTS_MAX`; with any, `text` may be empty. */
    attachments: Type.Optional(Type.Array(NewAttachment, { maxItems: GIVEN })),
    /** `false`: no site is asked for what it links to. Of one for followers none is. */
    preview: Type.Optional(Type.Boolean()),
  },
  CLOSED,
)
export type NewDweet = Static<typeof NewDweet>

/** What is absent stays; an empty `warning` or `description` takes it away. */
export const DweetChange = Type.Object(
  {
    text: Type.Optional(NewDweet.properties.text),
    warning: Type.Optional(NewDweet.properties.warning),
    /** What is said of those that are shown with it, which stay the same. */
    attachments: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Type.String({ pattern: '^[0-9a-f]{32}$' }),
            description: Type.String({ maxLength: GIVEN * DESCRIPTION_CHARS_MAX }),
          },
          CLOSED,
        ),
        { maxItems: GIVEN },
      ),
    ),
  },
  CLOSED,
)
export type DweetChange = Static<typeof DweetChange>

const Person = Type.Object({ nick: Text, name: Text })
export type DweetPerson = Static<typeof Person>

/** What the first link of a dweet leads to, as its site said when the ring asked it, once. */
export const Preview = Type.Object({
  url: Text,
  title: Text,
  description: Type.Optional(Text),
  /** Its name. */
  site: Type.Optional(Text),
  /** Kept by the ring: a reader’s browser asks no site. */
  picture: Type.Optional(Attachment),
})
export type Preview = Static<typeof Preview>

export const Dweet = Type.Object({
  kind: Type.Literal('dweet'),
  id: Text,
  author: Person,
  createdAt: Instant,
  editedAt: Type.Optional(Instant),
  /** Its author brought it from elsewhere then: what it says of its time is theirs to vouch for. */
  importedAt: Type.Optional(Instant),
  text: Text,
  warning: Type.Optional(Text),
  /** Moderators have put the warning there, in place of the author’s. */
  isWarnedByModerators: Type.Optional(Type.Boolean()),
  visibility: Visibility,
  /** `nick`: its author, also where it was deleted since. */
  replyTo: Type.Optional(Type.Object({ id: Text, nick: Text })),
  /** Nicks in the text that are people's, in its order. */
  mentions: Type.Array(Text),
  /** In its order, as they were written; found under their folded form. */
  tags: Type.Array(Text),
  /** In their order; absent: none. */
  attachments: Type.Optional(Type.Array(Attachment)),
  /** Comes some seconds later. */
  preview: Type.Optional(Preview),
  replies: Count,
  redweets: Count,
  likes: Count,
  /** What whoever asks did with it. */
  mine: Type.Object({
    liked: Type.Boolean(),
    redweeted: Type.Boolean(),
    bookmarked: Type.Boolean(),
  }),
})
export type Dweet = Static<typeof Dweet>

export const Redweet = Type.Object({
  kind: Type.Literal('redweet'),
  id: Text,
  /** Who shows it to those who follow them. */
  author: Person,
  createdAt: Instant,
  /** Brought from elsewhere then. */
  importedAt: Type.Optional(Instant),
  /**
   * `null`: it was deleted by its author, or, as is said then, by a moderator; where the redweet
   * was imported, it may never have been on this ring.
   */
  of: Type.Union([Dweet, Type.Null()]),
  /** It is there, but no more for whoever asks, who may take back that they redweeted it. */
  isHidden: Type.Optional(Type.Boolean()),
  isRemovedByModerators: Type.Optional(Type.Boolean()),
})
export type Redweet = Static<typeof Redweet>

export const Publication = Type.Union([Dweet, Redweet])
export type Publication = Static<typeof Publication>

/**
 * Nicks of those whose dweets cannot be read now: nothing of theirs is passed over for good. `*`:
 * of others, whose nicks cannot be told.
 */
const Incomplete = Type.Array(Text)

export const PublicationPage = Type.Object({
  items: Type.Array(Publication),
  /** There is more; give it again to go on. Each comes once, whatever is published meanwhile. */
  cursor: Type.Optional(Text),
  incomplete: Incomplete,
})
export type PublicationPage = Static<typeof PublicationPage>

export const NewDweets = Type.Object({
  /** Unseen ones, oldest first; where there are none left, older ones, newest first. */
  dweets: Type.Array(Publication),
  /** Not seen yet, those of this answer among them; of more than 1,000, 1,000. */
  unseen: Count,
  /** For `ack`: says that those of this answer were seen. */
  token: Text,
  incomplete: Incomplete,
})
export type NewDweets = Static<typeof NewDweets>

export const SeenToken = Type.Object({ token: Type.String({ maxLength: 65_536 }) }, CLOSED)

export const DweetHistory = Type.Object({
  items: Type.Array(
    Type.Object({
      text: Text,
      warning: Type.Optional(Text),
      writtenAt: Instant,
      /** With what was said of them then. */
      attachments: Type.Optional(Type.Array(Attachment)),
    }),
  ),
})
export type DweetHistory = Static<typeof DweetHistory>

export const DweetThread = Type.Object({
  /** From the first one on; `null` in the place of one that was deleted or cannot be seen. */
  above: Type.Array(Type.Union([Dweet, Type.Null()])),
  dweet: Dweet,
  /** Answers and their answers, each behind what it answers, oldest first. */
  below: Type.Array(Dweet),
})
export type DweetThread = Static<typeof DweetThread>

export const Relationship = Type.Object({
  nick: Text,
  following: Type.Boolean(),
  /** Their redweets are shown as well. */
  redweets: Type.Boolean(),
  followedBy: Type.Boolean(),
  muted: Type.Boolean(),
  blocked: Type.Boolean(),
})
export type Relationship = Static<typeof Relationship>

export const FollowHow = Type.Object({ redweets: Type.Optional(Type.Boolean()) }, CLOSED)
export type FollowHow = Static<typeof FollowHow>

export const Profile = Type.Object({
  nick: Text,
  name: Text,
  bio: Text,
  joinedAt: Instant,
  /** Dweets and redweets that are there. */
  dweets: Count,
  following: Type.Integer({ minimum: 0, maximum: FOLLOWS_MAX }),
  followers: Count,
  /** Absent on the own one. */
  relationship: Type.Optional(Relationship),
  /** What moderators have laid upon them: told on the own one, and to moderators. */
  standing: Type.Optional(Standing),
})
export type Profile = Static<typeof Profile>

export const ProfileChange = Type.Object(
  { bio: Type.Optional(Type.String({ maxLength: GIVEN * BIO_CHARS_MAX })) },
  CLOSED,
)
export type ProfileChange = Static<typeof ProfileChange>

export const PeoplePage = Type.Object({
  items: Type.Array(Person),
  cursor: Type.Optional(Text),
})
export type PeoplePage = Static<typeof PeoplePage>

export const Notification = Type.Object({
  id: Text,
  kind: Type.Unsafe<NotificationKind>(
    Type.Union([
      Type.Literal('mention'),
      Type.Literal('reply'),
      Type.Literal('redweet'),
      Type.Literal('like'),
      Type.Literal('follow'),
      Type.Literal('moderated'),
    ]),
  ),
  at: Instant,
  /** Of `moderated`, oneself: moderators stay unnamed. */
  by: Person,
  /** What was written, redweeted, liked or warned of; absent where it is gone, and of `follow`. */
  dweet: Type.Optional(Dweet),
  /** Of `moderated`. */
  moderation: Type.Optional(ModerationNotice),
})
export type NotificationKind = 'mention' | 'reply' | 'redweet' | 'like' | 'follow' | 'moderated'
export type Notification = Static<typeof Notification>

export const NotificationPage = Type.Object({
  items: Type.Array(Notification),
  cursor: Type.Optional(Text),
})
export type NotificationPage = Static<typeof NotificationPage>

/** What a stream tells; `published` of those one follows and of oneself. */
export const DweetEvent = Type.Union([
  Type.Object({ kind: Type.Literal('published'), publication: Publication }),
  Type.Object({ kind: Type.Literal('edited'), dweet: Dweet }),
  /** Some moments later, all that changed within a second at once. */
  Type.Object({
    kind: Type.Literal('counted'),
    id: Text,
    replies: Count,
    redweets: Count,
    likes: Count,
  }),
  Type.Object({ kind: Type.Literal('deleted'), id: Text }),
  Type.Object({ kind: Type.Literal('notified'), notification: Notification }),
  /** Too much was missed, or it cannot be told what: read again. */
  Type.Object({ kind: Type.Literal('resync') }),
])
export type DweetEvent = Static<typeof DweetEvent>
