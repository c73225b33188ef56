/** The tree of files as the page asks for it; see `src/wire/api-files.ts`. */
import type {
  FileEntry,
  FileGrants,
  FileAct,
  FileList,
  FileQuota,
  FileVersion,
  SharedFile,
  TrashedFile,
} from '../../../src/wire/api-files.ts'
import { upwards, type CountingGrants } from '../../../src/wire/file-grants.ts'
import { LIST_ENTRIES_MAX } from '../../../src/wire/file-limits.ts'
import { addressOf, ROOT } from '../model/file-paths.ts'
import { listOf, pageQuery, sound } from './answers.ts'
import { RingTrouble, type RingClient } from './ring-client.ts'

const ENTRY = {
  id: 'string',
  name: 'string',
  path: 'string',
  kind: 'string',
  bytes: 'number',
  modifiedAt: 'string',
  access: 'string',
}
const SHARED = { ...ENTRY, owner: 'string', sharedAt: 'string' }
const ACT = { at: 'string', what: 'string', path: 'string', door: 'string' }
const VERSION = { number: 'number', bytes: 'number', modifiedAt: 'string', replacedAt: 'string' }
const TRASHED = { id: 'string', name: 'string', kind: 'string', from: 'string' }
const QUOTA = { bytes: 'number', files: 'number', claimedBytes: 'number' }
const GRANTS = { everyone: 'string', guests: 'string', people: 'object', groups: 'object' }

/** The first part of a long list is soon there, the rest in as few questions as may be. */
const FIRST_ENTRIES = 500
/** What takes a member longer than an answer does: long lists, copies of whole folders. */
const PATIENCE_SECONDS = 30

export interface Placing {
  readonly entry: FileEntry
  readonly to: string
  readonly replace?: boolean
}

export class FilesClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** A part of a folder; the first is small. @throws RingTrouble NO_ENTRY, NOT_A_FOLDER, ... */
  async list(path: string, options: ListPart = {}): Promise<FileList> {
    const { cursor, signal } = options
    const limit = cursor === undefined ? FIRST_ENTRIES : LIST_ENTRIES_MAX
    const after = cursor === undefined ? {} : { cursor }
    const query = new URLSearchParams({ limit: String(limit), ...after }).toString()
    const folder = path === ROOT ? ROOT : `${addressOf(path)}/`
    const answer = await this.#client.json({
      path: `/v1/files${folder}?${query}`,
      patienceSeconds: PATIENCE_SECONDS,
      ...(signal === undefined ? {} : { signal }),
    })
    return { path, ...listOf<FileEntry>(answer, ENTRY) }
  }

  async stat(path: string): Promise<FileEntry> {
    const answer = await this.#client.json({ path: `/v1/files${addressOf(path)}?op=stat` })
    return sound<FileEntry>(answer, ENTRY)
  }

  /** With those above it that are missing; one that is there already is no error. */
  async makeFolders(path: string): Promise<FileEntry> {
    return sound<FileEntry>(await this.#order(path, 'mkdir', { parents: true }), ENTRY)
  }

  /** @throws RingTrouble ENTRY_EXISTS, NO_ACCESS, ... */
  async makeFolder(path: string): Promise<FileEntry> {
    return sound<FileEntry>(await this.#order(path, 'mkdir', {}), ENTRY)
  }

  /** @throws RingTrouble ENTRY_EXISTS, MOVE_INTO_ITSELF, ... */
  async move({ entry, replace, to }: Placing): Promise<FileEntry> {
    return sound<FileEntry>(await this.#order(entry.path, 'move', placed(to, replace)), ENTRY)
  }

  /** @throws RingTrouble as `move` */
  async copy({ entry, replace, to }: Placing): Promise<FileEntry> {
    return sound<FileEntry>(await this.#order(entry.path, 'copy', placed(to, replace)), ENTRY)
  }

  /** Into the trash; what is gone already is gone. */
  async remove({ path }: FileEntry): Promise<void> {
    const question = { path: `/v1/files${addressOf(path)}`, method: 'DELETE' } as const
    try {
      await this.#client.json({ ...question, patienceSeconds: PATIENCE_SECONDS })
    } catch (thrown) {
      if (!isTrouble(thrown, 'NO_ENTRY')) throw thrown
    }
  }

  /** What others share with one by name, the latest first. */
  async shared(): Promise<readonly SharedFile[]> {
    const asked = { path: '/v1/shared', patienceSeconds: PATIENCE_SECONDS }
    const { items } = listOf<SharedFile>(await this.#client.json(asked), SHARED)
    return items.toReversed()
  }

  /** Who changed what there, or below, a page at a time. @throws RingTrouble PERMISSION_MISSING */
  async acts(path: string, cursor?: string): Promise<{ items: FileAct[]; cursor?: string }> {
    const asked = `/v1/audit/files?${pageQuery(cursor, { path })}`
    return listOf<FileAct>(await this.#client.json({ path: asked }), ACT)
  }

  /** Latest first. */
  async trash(): Promise<readonly TrashedFile[]> {
    const { items } = listOf<TrashedFile>(await this.#client.json({ path: '/v1/trash' }), TRASHED)
    return items.toSorted((a, b) => Date.parse(b.trashedAt) - Date.parse(a.trashedAt))
  }

  /** One thing of it, for good; what is gone already is gone. */
  async removeTrashed(id: string): Promise<void> {
    const path = `/v1/trash/${encodeURIComponent(id)}`
    try {
      await this.#client.json({ path, method: 'DELETE', patienceSeconds: PATIENCE_SECONDS })
    } catch (thrown) {
      if (!isTrouble(thrown, 'NO_ENTRY')) throw thrown
    }
  }

  /** All of it, for good. */
  async emptyTrash(): Promise<void> {
    const question = { path: '/v1/trash', method: 'DELETE' } as const
    await this.#client.json({ ...question, patienceSeconds: PATIENCE_SECONDS })
  }

  /** Back to where it was, or beside what has its place. */
  async restore(id: string): Promise<FileEntry> {
    const path = `/v1/trash/${encodeURIComponent(id)}/restore`
    return sound<FileEntry>(await this.#client.json({ path, method: 'POST' }), ENTRY)
  }

  /** Latest first. */
  async versions(path: string): Promise<readonly FileVersion[]> {
    const answer = await this.#client.json({ path: `/v1/files${addressOf(path)}?op=versions` })
    const { items } = listOf<FileVersion>(answer, VERSION)
    return items.toSorted((a, b) => b.number - a.number)
  }

  async restoreVersion(path: string, version: number): Promise<FileEntry> {
    return sound<FileEntry>(await this.#order(path, 'restore', { version }), ENTRY)
  }

  /** `null`: those of the folder above count. */
  async grants(path: string): Promise<FileGrants | null> {
    const answer = await this.#client.json({ path: `/v1/files${addressOf(path)}?op=grants` })
    return readGrants(answer)
  }

  /** `undefined`: it is for those alone who manage all files. */
  async countingGrants(path: string): Promise<CountingGrants | undefined> {
    for (const from of upwards(path)) {
      const grants = await this.grants(from)
      if (grants !== null) return { grants, from }
    }
    return undefined
  }

  /** @throws RingTrouble NO_ACCESS, ... */
  async setGrants(path: string, grants: FileGrants | null): Promise<FileGrants | null> {
    return readGrants(await this.#order(path, 'grants', { grants }))
  }

  async quota(): Promise<FileQuota> {
    return sound<FileQuota>(await this.#client.json({ path: '/v1/quota' }), QUOTA)
  }

  /** At most so many bytes of its beginning. */
  async beginning(path: string, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.#client.open({
      path: `/v1/files${addressOf(path)}`,
      headers: { range: `bytes=0-${bytes - 1}` },
      patienceSeconds: PATIENCE_SECONDS,
    })
    return new Uint8Array(await answer.arrayBuffer())
  }

  #order(path: string, op: string, body: object): Promise<unknown> {
    return this.#client.json({
      path: `/v1/files${addressOf(path)}?op=${op}`,
      method: 'POST',
      body,
      patienceSeconds: PATIENCE_SECONDS,
    })
  }
}

interface ListPart {
  readonly cursor?: string
  readonly signal?: AbortSignal
}

function placed(to: string, replace: boolean | undefined): object {
  return { to, ...(replace === undefined ? {} : { replace }) }
}

function readGrants(answer: unknown): FileGrants | null {
  if (typeof answer === 'object' && answer !== null && Reflect.get(answer, 'grants') === null)
    return null
  return sound<FileGrants>(sound<{ grants: unknown }>(answer, { grants: 'object' }).grants, GRANTS)
}

export function isTrouble(thrown: unknown, ...codes: readonly string[]): thrown is RingTrouble {
  return thrown instanceof RingTrouble && codes.includes(thrown.code)
}

/** Of a folder as one ZIP, or of some of what is in it. */
export function zipAddress(door: string, folder: string, names?: readonly string[]): string {
  const query = new URLSearchParams([
    ['as', 'zip'],
    ...(names ?? []).map((name) => ['entry', name]),
  ])
  return `${door}/v1/files${addressOf(folder)}?${query.toString()}`
}

/** Where the bytes of a file are. @param door origin of a member */
export function contentAddress(
  door: string,
  path: string,
  how: { readonly version?: number; readonly isDownload?: boolean } = {},
): string {
  const query = new URLSearchParams({
    ...(how.version === undefined ? {} : { version: String(how.version) }),
    ...(how.isDownload === true ? { download: 'true' } : {}),
  }).toString()
  return `${door}/v1/files${addressOf(path)}${query === '' ? '' : `?${query}`}`
}
