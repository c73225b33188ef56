/**
 * The JSON of the tree of files: schemas for the gateway and OpenAPI, types for clients and the
 * page. Instants are ISO 8601 in UTC. A path is that of the tree; one that ends with `/` is a
 * folder.
 *
 *     GET    /files/{path}                     the bytes; ?version= those of an earlier content
 *     GET    /files/{path}/                    FileList
 *     GET    /files/{path}?op=stat             FileEntry
 *     GET    /files/{path}?op=versions         FileVersionList
 *     GET    /files/{path}?op=grants           FileGrantsAnswer
 *     PUT    /files/{path}                     bytes; Content-Range goes on with an upload
 *     POST   /files/{path}?op=move|copy|mkdir|touch|restore|combine    FILE_ORDERS -> FileEntry
 *     POST   /files/{path}?op=grants           FileGrantsAnswer -> the same
 *     DELETE /files/{path}
 *     GET|PATCH|DELETE /uploads/{path}         an upload that broke off
 *     GET    /shared                           SharedList
 *     GET    /trash, POST /trash/{id}/restore, GET /quota
 *     DELETE /trash, /trash/{id}                         for good
 *     GET    /audit/files?by=&path=            what was done to files
 *     GET    /quotas, PUT /quotas, GET /quotas/{nick}, PUT /quotas/{nick}
 */
import { Type, type Static } from 'typebox'

import { LIST_ENTRIES_DEFAULT, LIST_ENTRIES_MAX, NAMED_MAX, PATH_BYTES_MAX } from './file-limits.ts'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Hex32 = Type.String({ pattern: '^[0-9a-f]{32}$' })
const Hex64 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Instant = Type.String({ format: 'date-time' })

const Kind = Type.Union([Type.Literal('file'), Type.Literal('folder')])

export const FileAccess = Type.Union([
  Type.Literal('read'),
  Type.Literal('write'),
  Type.Literal('own'),
])

/** Permission bits that `SITE CHMOD` and its like keep; rights are those of the grants. */
const Mode = Type.Integer({ minimum: 0, maximum: 0o777 })

export const FileEntry = Type.Object({
  /** Stays when it is renamed or gets other content. */
  id: Hex32,
  name: Text,
  path: Text,
  kind: Kind,
  /** 0 of folders. */
  bytes: Count,
  modifiedAt: Instant,
  createdAt: Instant,
  owner: Text,
  mode: Mode,
  /** In quotes, as the header has it. */
  etag: Text,
  /** Of all bytes of a file. */
  sha256: Type.Optional(Hex64),
  /** What whoever asks may do with it. */
  access: FileAccess,
})
export type FileEntry = Readonly<Static<typeof FileEntry>>

/** What narrows a list. */
export const FileListQuestion = Type.Object({
  prefix: Type.Optional(Type.String({ description: 'names that begin so' })),
  cursor: Type.Optional(Text),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: LIST_ENTRIES_MAX, default: LIST_ENTRIES_DEFAULT }),
  ),
})

export const FileList = Type.Object({
  path: Text,
  /** In the order of their names, byte by byte. */
  items: Type.Array(FileEntry),
  cursor: Type.Optional(Type.String({ description: 'absent on the last page' })),
})
export type FileList = Readonly<Static<typeof FileList>>

export const FileVersion = Type.Object({
  number: Count,
  bytes: Count,
  sha256: Hex64,
  modifiedAt: Instant,
  /** When other content took its place. */
  replacedAt: Instant,
  by: Text,
})
export type FileVersion = Readonly<Static<typeof FileVersion>>

export const FileVersionList = Type.Object({ items: Type.Array(FileVersion) })

/** What somebody else shares with whoever asks. Its path leads there by way of `/.shared`. */
export const SharedFile = Type.Object({
  ...FileEntry.properties,
  /** Since when they, or the group, are named. */
  sharedAt: Instant,
  /** Of theirs, which is named; absent: they themselves are. */
  group: Type.Optional(Text),
})
export type SharedFile = Readonly<Static<typeof SharedFile>>

export const SharedList = Type.Object({ items: Type.Array(SharedFile) })

export const TrashedFile = Type.Object({
  id: Text,
  name: Text,
  kind: Kind,
  bytes: Count,
  /** Where it was. */
  from: Text,
  trashedAt: Instant,
})
export type TrashedFile = Readonly<Static<typeof TrashedFile>>

export const TrashList = Type.Object({ items: Type.Array(TrashedFile) })

export const TrashEmptied = Type.Object({
  /** Things that lay in it; what was in a folder is not counted. */
  removed: Count,
})
export type TrashEmptied = Readonly<Static<typeof TrashEmptied>>

const UsedBy = Type.Object({ bytes: Count, files: Count })

/** What an account has stored; without a limit there is none. */
export const FileQuota = Type.Object({
  /** Of the sum. What is shared with everybody counts beside the file that it was. */
  services: Type.Object({
    files: UsedBy,
    dweets: UsedBy,
    shares: UsedBy,
  }),
  bytes: Count,
  files: Count,
  /** Promised to uploads under way, and to what is kept of those that broke off. */
  claimedBytes: Count,
  bytesMax: Type.Optional(Count),
  filesMax: Type.Optional(Count),
  /** Bytes a second of all transfers of the account at one member. */
  upPerSecond: Type.Optional(Count),
  downPerSecond: Type.Optional(Count),
})
export type FileQuota = Readonly<Static<typeof FileQuota>>

const Most = Type.Optional(Type.Union([Count, Type.Null()]))

/** What is said of an account. `null`: no limit; absent: as for everybody. */
export const FileLimits = Type.Object(
  { bytesMax: Most, filesMax: Most, upPerSecond: Most, downPerSecond: Most },
  { additionalProperties: false },
)
export type FileLimits = Readonly<Static<typeof FileLimits>>

/** What somebody has stored, with what is said of that account alone. */
export const PersonQuota = Type.Object({
  nick: Text,
  ...FileQuota.properties,
  limits: FileLimits,
})
export type PersonQuota = Readonly<Static<typeof PersonQuota>>

/** What somebody did to files. */
export const FileAct = Type.Object({
  at: Instant,
  /** `null`: a guest. */
  by: Type.Union([Text, Type.Null()]),
  /** `file.write`, `entry.move`, ... */
  what: Text,
  path: Text,
  /** Where it went, or what came of it. */
  to: Type.Optional(Text),
  bytes: Type.Optional(Count),
  door: Text,
  address: Type.Optional(Text),
})
export type FileAct = Readonly<Static<typeof FileAct>>

export const FileActList = Type.Object({
  items: Type.Array(FileAct),
  cursor: Type.Optional(Text),
})

export const QuotaList = Type.Object({
  everybody: FileLimits,
  items: Type.Array(PersonQuota),
  cursor: Type.Optional(Text),
})
export type QuotaList = Readonly<Static<typeof QuotaList>>

const Granted = Type.Union([...FileAccess.anyOf, Type.Literal('nothing')])

const Rights = Type.Record(Text, FileAccess, { maxProperties: NAMED_MAX })

/** Who may do what with a file, or from a folder on downwards, until something below says else. */
export const FileGrants = Type.Object(
  {
    everyone: Granted,
    guests: Granted,
    /** By nick. */
    people: Rights,
    /** By name of the group. */
    groups: Rights,
  },
  { additionalProperties: false },
)
export type FileGrants = Readonly<Static<typeof FileGrants>>

/** How far an upload came that broke off. */
export const FileUploadState = Type.Object({
  /** Bytes that are durable: go on from there. */
  offset: Count,
  since: Instant,
})
export type FileUploadState = Readonly<Static<typeof FileUploadState>>

const PATH_CHARS_MAX = PATH_BYTES_MAX
const Path = Type.String({ minLength: 1, maxLength: PATH_CHARS_MAX })
const COMBINED_MAX = 1_000

/** `null`: those of the folder above count. */
export const FileGrantsAnswer = Type.Object(
  { grants: Type.Union([FileGrants, Type.Null()]) },
  { additionalProperties: false },
)
export type FileGrantsAnswer = Readonly<Static<typeof FileGrantsAnswer>>

/** What `op` of a POST takes; of each the body may hold what is named there, and nothing else. */
export const FILE_ORDERS = {
  move: Type.Object(
    { to: Path, replace: Type.Optional(Type.Boolean()) },
    { additionalProperties: false },
  ),
  copy: Type.Object(
    { to: Path, replace: Type.Optional(Type.Boolean()) },
    { additionalProperties: false },
  ),
  /** `parents`: those that are missing, too, and no error where it is there already. */
  mkdir: Type.Object({ parents: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
  touch: Type.Object(
    {
      modifiedAt: Type.Optional(Instant),
      createdAt: Type.Optional(Instant),
      mode: Type.Optional(Mode),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  /** The content of a version becomes the file's once more. */
  restore: Type.Object({ version: Count }, { additionalProperties: false }),
  /** One file of several, in this order. */
  combine: Type.Object(
    { parts: Type.Array(Path, { minItems: 1, maxItems: COMBINED_MAX }) },
    { additionalProperties: false },
  ),
  grants: FileGrantsAnswer,
} as const

export type FileOrderName = keyof typeof FILE_ORDERS
