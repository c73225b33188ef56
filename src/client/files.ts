/** The tree of files, at whichever member answers. */
import { isAnilloError } from '../base/errors.ts'
import { HOUR_MS, SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import {
  FileEntry,
  FileGrantsAnswer,
  FileList,
  FileQuota,
  FileVersionList,
  TrashEmptied,
  FileActList,
  FileLimits,
  PersonQuota,
  QuotaList,
  SharedList,
  TrashList,
  type FileGrants,
  type FileAct,
  type FileOrderName,
  type FileVersion,
  type SharedFile,
  type TrashedFile,
} from '../wire/api-files.ts'
import { upwards, type CountingGrants } from '../wire/file-grants.ts'
import { Downloads } from './downloads.ts'
import { fileAddress } from './file-address.ts'
import { queryOf } from './query.ts'
import { Resource, type Asking } from './resource.ts'
import { Uploads } from './uploads.ts'

const TIMEOUT_MS = 15 * SECOND_MS
/** Of a folder with all that is in it. */
const MOVE_MS_MAX = 60 * SECOND_MS
/** Of a folder one file after the other. */
const COPY_MS_MAX = HOUR_MS
const PAGE_ENTRIES = 1_000
const ROWS_A_PAGE = 100

export class Files extends Resource {
  readonly uploads: Uploads
  readonly downloads: Downloads

  constructor(asking: Asking, pause: (delayMs: number) => Promise<void>) {
    super(asking, TIMEOUT_MS)
    this.uploads = new Uploads(asking, pause)
    this.downloads = new Downloads(asking, pause)
  }

  /** @throws AnilloError NO_ENTRY, NOT_A_FOLDER, NAME_INVALID */
  stat(path: string): Promise<FileEntry> {
    return this.get(FileEntry, fileAddress(path), { op: 'stat' })
  }

  /** `undefined` where there is nothing. @throws AnilloError NOT_A_FOLDER, NAME_INVALID */
  async find(path: string): Promise<FileEntry | undefined> {
    try {
      return await this.stat(path)
    } catch (thrown) {
      if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
      throw thrown
    }
  }

  /** In the order of their names. @throws AnilloError NO_ENTRY, NOT_A_FOLDER, CURSOR_STALE */
  list(folder: string): AsyncIterable<FileEntry> {
    const address = fileAddress(folder).replace(/\/?$/, '/')
    return listed((after) => this.get(FileList, address, { limit: PAGE_ENTRIES, ...after }))
  }

  /** @throws AnilloError ENTRY_EXISTS (without `parents`), NO_ACCESS */
  makeFolder(path: string, options: { readonly parents?: boolean } = {}): Promise<FileEntry> {
    return this.#order(path, 'mkdir', options)
  }

  /** @throws AnilloError NO_ENTRY, ENTRY_EXISTS, MOVE_INTO_ITSELF */
  move(from: string, to: string, replace = false): Promise<FileEntry> {
    return this.#order(from, 'move', { to, replace })
  }

  /** @throws AnilloError NO_ENTRY, ENTRY_EXISTS, MOVE_INTO_ITSELF */
  copy(from: string, to: string, replace = false): Promise<FileEntry> {
    return this.#order(from, 'copy', { to, replace })
  }

  /** ISO 8601. @throws AnilloError NO_ENTRY, NO_ACCESS */
  touch(path: string, change: { readonly modifiedAt: string }): Promise<FileEntry> {
    return this.#order(path, 'touch', change)
  }

  /** Into the trash, a folder with all that is in it. @throws AnilloError NO_ENTRY, NO_ACCESS */
  async remove(path: string, options: { readonly emptyOnly?: boolean } = {}): Promise<void> {
    const address = fileAddress(path) + queryOf({ ...options })
    await this.done({ method: 'DELETE', path: address, timeoutMs: MOVE_MS_MAX })
  }

  /** Of the path itself; `null`: those of the nearest folder above count. */
  async grants(path: string): Promise<FileGrants | null> {
    return (await this.get(FileGrantsAnswer, fileAddress(path), { op: 'grants' })).grants
  }

  /** `undefined`: it is for those alone who manage all files. @throws AnilloError NO_ENTRY */
  async countingGrants(path: string): Promise<CountingGrants | undefined> {
    for (const from of upwards(path)) {
      const grants = await this.grants(from)
      if (grants !== null) return { grants, from }
    }
    return undefined
  }

  /** @throws AnilloError NO_ENTRY, NO_ACCESS, NO_USER, NO_GROUP */
  async setGrants(path: string, grants: FileGrants | null): Promise<FileGrants | null> {
    const asked = { method: 'POST', path: `${fileAddress(path)}?op=grants` } as const
    return (await this.ask(FileGrantsAnswer, { ...asked, body: { grants } })).grants
  }

  /** Earlier contents. */
  async versions(path: string): Promise<readonly FileVersion[]> {
    return (await this.get(FileVersionList, fileAddress(path), { op: 'versions' })).items
  }

  /** That content becomes the file's once more. @throws AnilloError NO_ENTRY */
  restoreVersion(path: string, version: number): Promise<FileEntry> {
    return this.#order(path, 'restore', { version })
  }

  /** What others share with the account, shared first first. */
  async shared(): Promise<readonly SharedFile[]> {
    return (await this.get(SharedList, '/v1/shared')).items
  }

  async trash(): Promise<readonly TrashedFile[]> {
    return (await this.get(TrashList, '/v1/trash')).items
  }

  /** For good. @throws AnilloError NO_ENTRY */
  async removeTrashed(id: string): Promise<void> {
    const path = `/v1/trash/${encodeURIComponent(id)}`
    await this.done({ method: 'DELETE', path, timeoutMs: COPY_MS_MAX })
  }

  /** All of it, or what lies there for longer. @returns how many things */
  async emptyTrash(olderThanSeconds = 0): Promise<number> {
    const path = `/v1/trash${queryOf({ olderThan: olderThanSeconds })}`
    const asked = { method: 'DELETE', path, timeoutMs: COPY_MS_MAX } as const
    return (await this.ask(TrashEmptied, asked)).removed
  }

  /** Back to where it was, or beside what has its place. @throws AnilloError NO_ENTRY */
  restore(id: string): Promise<FileEntry> {
    const path = `/v1/trash/${encodeURIComponent(id)}/restore`
    return this.ask(FileEntry, { method: 'POST', path, timeoutMs: MOVE_MS_MAX })
  }

  quota(): Promise<FileQuota> {
    return this.get(FileQuota, '/v1/quota')
  }

  /** What was done to files, newest first. @throws PERMISSION_MISSING */
  acts(asked: { readonly by?: string; readonly path?: string } = {}): AsyncIterable<FileAct> {
    const query = { limit: ROWS_A_PAGE, ...asked }
    return listed((after) => this.get(FileActList, '/v1/audit/files', { ...query, ...after }))
  }

  /** What everybody has and may have, in the order of their nicks. @throws PERMISSION_MISSING */
  quotas(): AsyncIterable<PersonQuota> {
    return listed((after) => this.get(QuotaList, '/v1/quotas', { limit: ROWS_A_PAGE, ...after }))
  }

  /** What holds for people of whom nothing else is said. @throws PERMISSION_MISSING */
  async usualLimits(): Promise<FileLimits> {
    return (await this.get(QuotaList, '/v1/quotas', { limit: 1 })).everybody
  }

  /** @throws PERMISSION_MISSING */
  quotaOf(nick: string): Promise<PersonQuota> {
    return this.get(PersonQuota, quotaAddress(nick))
  }

  /** All of them at once. @throws PERMISSION_MISSING, NO_USER, BAD_REQUEST */
  setLimits(nick: string, body: FileLimits): Promise<PersonQuota> {
    return this.ask(PersonQuota, { method: 'PUT', path: quotaAddress(nick), body })
  }

  /** @throws PERMISSION_MISSING, BAD_REQUEST */
  setUsualLimits(body: FileLimits): Promise<FileLimits> {
    return this.ask(FileLimits, { method: 'PUT', path: '/v1/quotas', body })
  }

  #order(path: string, op: FileOrderName, body: object): Promise<FileEntry> {
    const asked = { method: 'POST', path: `${fileAddress(path)}?op=${op}`, body } as const
    const timeoutMs = op === 'copy' ? COPY_MS_MAX : MOVE_MS_MAX
    return this.ask(FileEntry, { ...asked, timeoutMs })
  }
}

function quotaAddress(nick: string): string {
  return `/v1/quotas/${encodeURIComponent(nick)}`
}
