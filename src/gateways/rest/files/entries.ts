/** Entries of the tree as answers tell them: JSON, and headers. */
import { AnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type {
  Entry,
  EntryPage,
  FileVersion as KeptVersion,
  SharedEntry,
  TrashedEntry,
  Usage,
  Written,
} from '../../../services/files/types.ts'
import type {
  FileEntry,
  FileList,
  FileQuota,
  FileVersion,
  SharedFile,
  TrashedFile,
} from '../../../wire/api-files.ts'

export function entryJson(told: Entry | Written): FileEntry {
  const { id, name, path, kind, bytes, owner, mode, access } = told
  const { createdMs, etag, modifiedMs, sha256 } = told
  return {
    id,
    name,
    path,
    kind,
    bytes,
    owner,
    mode,
    access,
    modifiedAt: instant(modifiedMs),
    createdAt: instant(createdMs),
    etag: quotedTag(etag),
    ...(sha256 === undefined ? {} : { sha256 }),
  }
}

export function listJson(path: string, { cursor, entries }: EntryPage): FileList {
  return { path, items: entries.map(entryJson), ...(cursor === undefined ? {} : { cursor }) }
}

export function versionJson({ modifiedMs, replacedMs, ...version }: KeptVersion): FileVersion {
  return { ...version, modifiedAt: instant(modifiedMs), replacedAt: instant(replacedMs) }
}

export function sharedJson({ entry, group, sinceMs }: SharedEntry): SharedFile {
  const by = group === undefined ? {} : { group }
  return { ...entryJson(entry), sharedAt: instant(sinceMs), ...by }
}

export function trashedJson({ trashedMs, ...trashed }: TrashedEntry): TrashedFile {
  return { ...trashed, trashedAt: instant(trashedMs) }
}

export function quotaJson({
  bytes,
  bytesMax,
  claimedBytes,
  downPerSecond,
  files,
  filesMax,
  services,
  upPerSecond,
}: Usage): FileQuota {
  return {
    services: { ...services },
    bytes,
    files,
    claimedBytes,
    ...(bytesMax === undefined ? {} : { bytesMax }),
    ...(filesMax === undefined ? {} : { filesMax }),
    ...(upPerSecond === undefined ? {} : { upPerSecond }),
    ...(downPerSecond === undefined ? {} : { downPerSecond }),
  }
}

/** As headers have it (RFC 9110, 8.8.3). */
export function quotedTag(etag: string): string {
  return `"${etag}"`
}

/** The other way round; what is weak or nobody's equals none. */
export function bareTag(tag: string): string {
  return tag.startsWith('"') ? tag.slice(1, -1) : tag
}

/** What tells which content it is: validators, and its digest (RFC 9530, 3). */
export function contentHeaders(entry: Pick<Entry, 'etag' | 'modifiedMs' | 'sha256'>) {
  return {
    etag: quotedTag(entry.etag),
    // As HTTP writes it (RFC 9110, 5.6.7).
    'last-modified': new Date(entry.modifiedMs).toUTCString(),
    ...(entry.sha256 === undefined ? {} : { 'repr-digest': digestOf(entry.sha256) }),
  }
}

/**
 * SHA-256 in hex digits of `Repr-Digest` (RFC 9530, 3), where it tells one.
 * @throws AnilloError BAD_REQUEST
 */
export function digestIn({
  'repr-digest': header,
}: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  const told = /(?:^|,)\s*sha-256=([^,]*)/.exec(String(header ?? ''))?.[1]
  if (told === undefined) return undefined
  const base64 = /^:([\w+/]{43}=):/.exec(told)?.[1]
  if (base64 !== undefined) return Buffer.from(base64, 'base64').toString('hex')
  throw new AnilloError('BAD_REQUEST', { problem: 'Repr-Digest must be “sha-256=:BASE64:”' })
}

function digestOf(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`
}
