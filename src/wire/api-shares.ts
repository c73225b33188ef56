/**
 * The JSON of `/v1/shares`: what the ring shares with everybody, and what it downloads from other
 * rings. Instants are ISO 8601 in UTC, roots and hashes hex digits.
 *
 *     GET    /shares?limit=&cursor=          ShareList, newest first
 *     POST   /shares                         NewShare -> 201 Share; 200: it was shared already
 *     GET    /shares/{id}                    Share; `id` may be the root of its content
 *     DELETE /shares/{id}                    204; the file stays
 *     GET    /shares/{id}/torrent            for clients of BitTorrent v2
 *     GET    /shares/lookup?name=            ShareLookup
 *     GET    /shares/downloads?limit=        DownloadList, one's own, newest first
 *     POST   /shares/downloads               NewDownload -> 201 Download
 *     GET    /shares/downloads/{id}          Download
 *     GET    /shares/downloads/{id}/events   server-sent events: Download, whenever it moved
 *     POST   /shares/downloads/{id}/pause    Download: it waits, and keeps what it has
 *     POST   /shares/downloads/{id}/resume   Download
 *     DELETE /shares/downloads/{id}          204: it is cancelled; one that is over is forgotten
 *     GET    /shares/network                 ShareNetwork: the open network as this member sees it
 *     GET    /shares/network/lookups?name=   NetworkLookup: one looked up now, from this member
 *     GET    /shares/network/lookups/{n}     NetworkLookup: one of its last, by `number`
 */
import { Type, type Static } from 'typebox'

import { DOWNLOAD_STATES, SOURCE_STATES } from './download-states.ts'
import { HOP_HOLDINGS, HOP_STATES } from './lookup-hops.ts'
import { MAGNET_CHARS_MAX, SHARE_NAME_CHARS_MAX, SOURCE_URL_CHARS_MAX } from './share-bounds.ts'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Instant = Type.String({ format: 'date-time' })
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' })
const CLOSED = { additionalProperties: false } as const

const Name = Type.String({ minLength: 1, maxLength: SHARE_NAME_CHARS_MAX })
const Path = Type.String({ minLength: 1, maxLength: 4_096 })

export const NewShare = Type.Object(
  {
    /** Of a file in the tree. */
    path: Path,
    /** As it is called outside; as the file is, where it is absent. */
    name: Type.Optional(Name),
  },
  CLOSED,
)
export type NewShare = Readonly<Static<typeof NewShare>>

export const Share = Type.Object({
  id: Text,
  name: Text,
  /** Of its Merkle tree (BEP 52): *pieces root*. */
  root: Digest,
  bytes: Count,
  sha256: Digest,
  /** For clients of BitTorrent v2, and for other rings. */
  magnet: Text,
  /** Where members of the ring serve it, to everybody. */
  urls: Type.Array(Text),
  /** Whoever shared it. */
  by: Text,
  /** Where it stood when it was shared. */
  path: Type.Optional(Text),
  madeAt: Instant,
  /** When its record was last said to the open network, and how many nodes took it. */
  announcedAt: Type.Union([Instant, Type.Null()]),
  nodes: Type.Union([Count, Type.Null()]),
  announcedNextAt: Instant,
  /** It rests, with the account of whoever shared it: nobody outside is given it. */
  heldBack: Type.Optional(
    Type.Union([Type.Literal('suspended'), Type.Literal('forbidden'), Type.Literal('gone')]),
  ),
  /** Since when Mainline says where it is, and how many nodes took that; absent: it does not. */
  mainline: Type.Optional(Type.Object({ saidAt: Instant, nodes: Count })),
})
export type Share = Readonly<Static<typeof Share>>

export const ShareList = Type.Object({
  items: Type.Array(Share),
  cursor: Type.Optional(Type.String({ description: 'absent on the last page' })),
})
export type ShareList = Readonly<Static<typeof ShareList>>

export const ShareProvider = Type.Object({
  url: Text,
  /** Who signed that, an Ed25519 key; null: nobody did. */
  publisher: Type.Union([Digest, Type.Null()]),
  expiresAt: Type.Union([Instant, Type.Null()]),
})
export type ShareProvider = Readonly<Static<typeof ShareProvider>>

/** One content that is there under a name. */
export const ShareContent = Type.Object({
  /** null: what stands there nobody proves. */
  root: Type.Union([Digest, Type.Null()]),
  bytes: Type.Union([Count, Type.Null()]),
  publishers: Type.Array(Digest),
  providers: Type.Array(ShareProvider),
  /** The ring shares it itself. */
  share: Type.Optional(Text),
})
export type ShareContent = Readonly<Static<typeof ShareContent>>

export const ShareLookup = Type.Object({
  name: Text,
  /** The ring’s own key, by which its records are known among those of others. */
  self: Digest,
  /** Those of most publishers first. */
  contents: Type.Array(ShareContent),
  /** What else stands there, as programs that are not anillo put it. */
  texts: Type.Array(Text),
})
export type ShareLookup = Readonly<Static<typeof ShareLookup>>

export const NewDownload = Type.Object(
  {
    /** As it is called in the open network; a root is taken as one. */
    name: Type.Optional(Name),
    /** In the place of a name. */
    magnet: Type.Optional(Type.String({ minLength: 1, maxLength: MAGNET_CHARS_MAX })),
    /** Which of several contents; alone: that one, whatever it is called. */
    root: Type.Optional(Digest),
    /** Which of several that nobody proves. */
    url: Type.Optional(Type.String({ minLength: 1, maxLength: SOURCE_URL_CHARS_MAX })),
    /** Of the file that comes of it; in Downloads of one's home, where it is absent. */
    path: Type.Optional(Path),
  },
  CLOSED,
)
export type NewDownload = Readonly<Static<typeof NewDownload>>

const Problem = Type.Object({
  code: Text,
  text: Text,
  /** What fills the text of that code, in any language. */
  details: Type.Optional(Type.Record(Text, Type.Union([Text, Type.Number()]))),
})

export const DownloadSource = Type.Object({
  url: Text,
  publisher: Type.Union([Digest, Type.Null()]),
  state: Type.Unsafe<(typeof SOURCE_STATES)[number]>(
    Type.Union(SOURCE_STATES.map((name) => Type.Literal(name))),
  ),
  /** Why it rests or was dropped: `corrupt`, `silent`, ... */
  why: Type.Optional(Text),
  pieces: Count,
  bytes: Count,
  bytesPerSecond: Count,
  /** Pieces that it has; absent: not known yet. */
  has: Type.Optional(Count),
})
export type DownloadSource = Readonly<Static<typeof DownloadSource>>

export const Download = Type.Object({
  id: Text,
  name: Text,
  state: Type.Unsafe<(typeof DOWNLOAD_STATES)[number]>(
    Type.Union(DOWNLOAD_STATES.map((name) => Type.Literal(name))),
  ),
  root: Type.Union([Digest, Type.Null()]),
  bytes: Type.Union([Count, Type.Null()]),
  /** Each piece is proven; `false`: nobody gave hashes, and what comes may be anything. */
  verified: Type.Boolean(),
  by: Text,
  /** Of the file, once it is done. */
  path: Text,
  pieceBytes: Count,
  pieces: Count,
  /** Base64: one bit a piece, the first the highest; those that are kept. Absent in lists. */
  have: Type.Optional(Text),
  /** Pieces on their way. Absent in lists. */
  underWay: Type.Optional(Type.Array(Count)),
  keptPieces: Count,
  /** Kept, and on their way. */
  receivedBytes: Count,
  bytesPerSecond: Count,
  secondsLeft: Type.Union([Count, Type.Null()]),
  sources: Type.Array(DownloadSource),
  begunAt: Instant,
  endedAt: Type.Union([Instant, Type.Null()]),
  /** Why it failed; of a paused one, why it must wait, where nobody asked for that. */
  problem: Type.Optional(Problem),
  /** The share that serves it on. */
  share: Type.Optional(Text),
  /** Why it is not shared on. */
  unshared: Type.Optional(Problem),
})
export type Download = Readonly<Static<typeof Download>>

export const DOWNLOAD_ORDERS = ['pause', 'resume'] as const
export type DownloadOrder = (typeof DOWNLOAD_ORDERS)[number]

export const DownloadList = Type.Object({ items: Type.Array(Download) })
export type DownloadList = Readonly<Static<typeof DownloadList>>

const Contact = Type.Object({
  id: Text,
  host: Text,
  port: Count,
  capable: Type.Union([Type.Boolean(), Type.Null()]),
  roundTripMs: Type.Union([Type.Number(), Type.Null()]),
  misses: Count,
})

const LookupSum = {
  number: Count,
  key: Text,
  kind: Text,
  tookMs: Type.Number(),
  asked: Count,
  answered: Count,
  rounds: Count,
  closest: Type.Array(Text),
}

const Hop = Type.Object({
  id: Text,
  host: Text,
  port: Count,
  /** 1 for those that the member knew. */
  round: Count,
  /** The id of who named it first; null: the member knew it. */
  toldBy: Type.Union([Text, Type.Null()]),
  /** Since the look-up began. */
  askedMs: Type.Number(),
  /** Until it answered; null: not while the look-up ran. */
  tookMs: Type.Union([Type.Number(), Type.Null()]),
  state: Type.Unsafe<(typeof HOP_STATES)[number]>(
    Type.Union(HOP_STATES.map((name) => Type.Literal(name))),
  ),
  has: Type.Unsafe<(typeof HOP_HOLDINGS)[number]>(
    Type.Union(HOP_HOLDINGS.map((name) => Type.Literal(name))),
  ),
})

/** A look-up with all whom it asked, closest to the key first. */
export const NetworkLookup = Type.Object({ ...LookupSum, hops: Type.Array(Hop) })
export type NetworkLookup = Readonly<Static<typeof NetworkLookup>>

export const ShareNetwork = Type.Object({
  /** Of this member as a node, 40 hex digits; null: it has no node. */
  id: Type.Union([Text, Type.Null()]),
  publicKey: Type.Union([Text, Type.Null()]),
  host: Type.Union([Text, Type.Null()]),
  port: Type.Union([Count, Type.Null()]),
  buckets: Type.Array(
    Type.Object({ sharedBits: Count, replacements: Count, contacts: Type.Array(Contact) }),
  ),
  /** The latest first. */
  lookups: Type.Array(Type.Object(LookupSum)),
  held: Type.Object({ keys: Count, records: Count, bytes: Count }),
  counts: Type.Record(Text, Type.Number()),
})
export type ShareNetwork = Readonly<Static<typeof ShareNetwork>>
