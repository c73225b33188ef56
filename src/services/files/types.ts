/**
 * The tree of files as doors see it: FTP, HTTP, WebDAV, the command line. Every method answers as
 * of one moment between its call and its answer (linearizable), whichever member is asked. What is
 * thrown is an AnilloError; besides what is named, any may throw STORE_UNAVAILABLE, BUSY,
 * RPC_CANCELLED. Paths are told as people write them, from the root: `/shared/notes.txt`.
 */
import type { CallOptions, WriteOptions } from '../../store/types.ts'
import type { ChargingService } from '../../wire/held-contents.ts'
import type { PartitionId } from '../../wire/partition.ts'

/** By which door somebody comes. */
export interface AskedBy {
  /** `FTP`, `HTTP`, ... */
  readonly name: string
  /** Of the client; `undefined`: of this machine. */
  readonly address: string | undefined
}

/** Who asks, as the door found out: the ring's accounts, and the guest. */
export interface FileUser {
  /** Folded; `undefined`: a guest. */
  readonly nick: string | undefined
  /** May do everything everywhere (`files.manage`). */
  readonly isManager: boolean
  /** May change anything at all (`files.write`); else only look (`files.read`). */
  readonly mayWrite: boolean
  /** Names of the groups that the account is in. */
  readonly groups: readonly string[]
  /** May see pages that the ring holds (`pages.read`), as files in `/.web`; absent: no. */
  readonly mayReadPages?: boolean
  /** For what is noted of their acts; absent: the ring itself. */
  readonly door?: AskedBy
}

/** The step by which a change is carried out, in one partition. */
export interface Step {
  readonly partition: PartitionId
  /** Of the entry that it changes: how it is told. */
  readonly told?: { readonly path: string; readonly access: Access }
}

/** Of one step: under it its partition answers it once. */
export type StepKey = NonNullable<WriteOptions['retry']>

/** A change that may be asked for again (`repeats/`). */
export interface Once {
  /**
   * To be awaited before each try of the step that decides, when none before had an effect. The
   * step bears the key; answered `void`, it had none, and may be tried anew.
   * @throws AnilloError BUSY: another member goes on with the change
   */
  about(step: Step): Promise<StepKey>
}

export interface ChangeOptions extends CallOptions {
  /** Absent: the change is asked for once. */
  readonly once?: Once | undefined
}

export type EntryKind = 'file' | 'folder'

export interface Entry {
  /** 32 hex digits. Stays when it is renamed or gets other content. */
  readonly id: string
  /** As it was given; equal names are equal in NFC. */
  readonly name: string
  readonly path: string
  readonly kind: EntryKind
  /** 0 of folders. */
  readonly bytes: number
  /** Ms since 1970. Of a folder: when an entry last came, went or was renamed in it. */
  readonly modifiedMs: number
  readonly createdMs: number
  /** Who made it. */
  readonly owner: string
  /** As `SITE CHMOD` set it, 0 to 0o777: kept and told, but rights are those of `Access`. */
  readonly mode: number
  /** Of what is there; another after each change. Opaque. */
  readonly etag: string
  /** Of all bytes of a file, 64 hex digits. */
  readonly sha256: string | undefined
  readonly access: Access
  /** What a client keeps with it (WebDAV), packed by its door. Copies and moves take it along. */
  readonly properties?: Uint8Array
}

/** What of an entry may be changed beside name and content. */
export interface EntryChange {
  readonly modifiedMs?: number
  readonly createdMs?: number
  readonly mode?: number
  /** Empty: none any more. */
  readonly properties?: Uint8Array
}

/** What whoever asked may do: nothing is told of what it may not even see. */
export type Access = 'read' | 'write' | 'own'

export interface ListOptions extends CallOptions {
  /** Names beginning so. */
  readonly prefix?: string
  /** An earlier page’s. */
  readonly cursor?: string
  readonly limit?: number
}

export interface EntryPage {
  /** In the order of their NFC names, byte by byte. */
  readonly entries: readonly Entry[]
  readonly cursor: string | undefined
}

export interface FindAsk extends CallOptions {
  /** Each must be in the name, or, where one is, in those of folders above. */
  readonly words: string
  /** What lies in this folder, however deep; absent: all that they may see. */
  readonly under?: string
  /** An earlier answer’s. */
  readonly cursor?: string
  readonly limit: number
}

export interface FoundEntries {
  /** Best first: by how the words stand in the name, then the newest. */
  readonly entries: readonly Entry[]
  /** Names that have the words, of those that were looked at. */
  readonly found: number
  /** Not all could be looked at: it was too much, or parts of the ring did not answer. */
  readonly isPartial: boolean
  readonly cursor: string | undefined
}

export interface WriteAsk extends CallOptions {
  /**
   * `replace`: the file gets this content alone. `append`: behind what it has; appends of one
   * account with less than ten minutes between them make one version, of what was there before.
   * `resume`: behind what is there of an upload of the same user to this path that broke off.
   */
  readonly how: 'replace' | 'append' | 'resume'
  /** With `resume`: where the client goes on. @see FileUpload.at */
  readonly at?: number
  /** The file must be the one of this etag, or there must be none. */
  readonly ifMatch?: string | { readonly is: 'absent' }
  readonly modifiedMs?: number
  /** Bytes that come, as the client announces them: what does not fit is refused at once. */
  readonly expectedBytes?: number
}

/** What was written, as the tree has it. */
export interface Written extends Entry {
  /** There was no file before. */
  readonly isNew: boolean
}

export interface CommitOptions extends ChangeOptions {
  /**
   * What all bytes of the file ought to come to, 64 hex digits, else it stays as it was and the
   * upload is given up: CONTENT_DIFFERS. Not with `append`.
   */
  readonly sha256?: string
  /** As the door knows them by now: after ten seconds they must still be allowed to write. */
  readonly who?: FileUser
}

/**
 * Content on its way in. The old content stays what readers get until `commit` resolves. All that
 * `push` took is kept for a day when the client breaks off (`leave`), or this member dies: at any
 * member `resume` goes on behind what was made durable.
 */
export interface FileUpload {
  /** Bytes before the first one that `push` takes. */
  readonly at: number
  /**
   * Resolves when more may come; the piece is the caller’s again then. @throws QUOTA_FULL,
   * DISK_FULL
   */
  push(piece: Uint8Array): Promise<void>
  /**
   * Durable, and in the tree. @throws CONDITION_FAILED, NO_ENTRY (its folder went), QUOTA_FULL,
   * NO_ACCESS
   */
  commit(options?: CommitOptions): Promise<Written>
  /** The client is gone: what came so far is made durable, and can be gone on with. */
  leave(): Promise<void>
  /** Nothing of it stays. */
  discard(): Promise<void>
}

/** By what an entry is found again wherever it is moved, whatever it is called then. */
export interface Followed {
  readonly entry: Entry
  /** Opaque. The same entry may have several. */
  readonly handle: string
}

export interface OpenFile {
  readonly entry: Entry
  /** Bytes `from` to `to` (not included); several holders at once, verified. */
  read(range: { readonly from: number; readonly to: number }): AsyncIterable<Uint8Array>
}

export interface FileVersion {
  /** Increasing; opaque to people beyond that. */
  readonly number: number
  readonly bytes: number
  readonly sha256: string
  readonly modifiedMs: number
  /** When other content took its place. */
  readonly replacedMs: number
  readonly by: string
}

export interface TrashedEntry {
  readonly id: string
  readonly name: string
  readonly kind: EntryKind
  readonly bytes: number
  /** Where it was. */
  readonly from: string
  readonly trashedMs: number
}

export interface EmptyTrashOptions extends CallOptions {
  /** Only what lies there for longer. */
  readonly olderThanMs?: number
}

export interface UsedBy {
  readonly bytes: number
  readonly files: number
}

export interface Usage {
  /** Of the sum: files with their versions and the trash, what dweets have, what is shared. */
  readonly services: Readonly<Record<'files' | ChargingService, UsedBy>>
  readonly bytes: number
  readonly files: number
  /** Promised to uploads under way, and to what is kept of those that broke off. */
  readonly claimedBytes: number
  /** `undefined`: no limit. */
  readonly bytesMax: number | undefined
  readonly filesMax: number | undefined
  /** Bytes a second of all transfers of the account at one member; `undefined`: no limit. */
  readonly upPerSecond: number | undefined
  readonly downPerSecond: number | undefined
}

/** An entry whose grants name somebody, or a group of theirs. */
export interface SharedEntry {
  readonly entry: Entry
  /** @see Followed */
  readonly handle: string
  /** Since when they, or the group, are named. */
  readonly sinceMs: number
  /** By which of their groups; `undefined`: they themselves are named. */
  readonly group: string | undefined
}

/** What is said of an account. `null`: no limit; absent: as is said of everybody. */
export interface FileLimits {
  readonly bytesMax?: number | null
  readonly filesMax?: number | null
  readonly upPerSecond?: number | null
  readonly downPerSecond?: number | null
}

/**
 * Who may do what with a file, or from a folder on downwards, until something below says otherwise.
 * What is said of a person counts before what is said of groups, of which the most counts; and that
 * before what is said of everyone.
 */
export interface Grants {
  readonly everyone: Access | 'nothing'
  readonly guests: Access | 'nothing'
  readonly people: Readonly<Record<string, Access>>
  readonly groups: Readonly<Record<string, Access>>
}

export interface Files {
  /** @throws NO_ENTRY, NOT_A_FOLDER (a file in the middle), NAME_INVALID */
  stat(who: FileUser, path: string, options?: CallOptions): Promise<Entry>
  /** @throws NO_ENTRY, NOT_A_FOLDER, CURSOR_STALE */
  list(who: FileUser, path: string, options?: ListOptions): Promise<EntryPage>
  /**
   * By names, as far as who asks may see them; of what lies in a trash nothing, and nothing of
   * folders made of other things. @throws BAD_REQUEST (no words, a cursor that is none), with
   * `under` NO_ENTRY, NOT_A_FOLDER
   */
  find(who: FileUser, ask: FindAsk): Promise<FoundEntries>
  /**
   * Files in the own folder of who asks, however deep: those that changed last, as far as they
   * could be looked through (as `find`).
   */
  newest(
    who: FileUser,
    options: CallOptions & { readonly limit: number },
  ): Promise<readonly Entry[]>
  /** Has an entry found again from now on. @throws NO_ENTRY: also of what lies in a trash */
  follow(who: FileUser, path: string, options?: CallOptions): Promise<Followed>
  /**
   * Where it is now. A file that took its place by a move is it, too. @throws NO_ENTRY: it is gone,
   * lies in a trash, or is not for them to see
   */
  followed(who: FileUser, handle: string, options?: CallOptions): Promise<Entry>
  /** @param parents those that are missing, too. @throws ENTRY_EXISTS, NO_ACCESS, FOLDER_FULL */
  makeFolder(
    who: FileUser,
    path: string,
    options?: ChangeOptions & { readonly parents?: boolean },
  ): Promise<Entry>
  /**
   * What others share with them by name, as grants are at this moment; not what is everyone’s. What
   * was shared a moment ago may be missing. Those shared first come first.
   */
  sharedWith(who: FileUser, options?: CallOptions): Promise<readonly SharedEntry[]>
  /** One of these, by its handle; `undefined`: it is none of these any more. */
  sharedOne(
    who: FileUser,
    handle: string,
    options?: CallOptions,
  ): Promise<Omit<SharedEntry, 'sinceMs'> | undefined>
  /** One that is empty. @throws NO_ENTRY, NOT_A_FOLDER, FOLDER_NOT_EMPTY */
  removeFolder(who: FileUser, path: string, options?: ChangeOptions): Promise<void>
  /**
   * Into the trash of whoever asks, a folder with all that is in it; what lies in the trash already
   * goes for good. @throws NO_ENTRY, CONDITION_FAILED
   */
  remove(
    who: FileUser,
    path: string,
    options?: ChangeOptions & { readonly ifMatch?: string },
  ): Promise<void>
  /**
   * One step to everybody who looks. A file takes the place of a file (`replace`), never of a
   * folder; what that one had becomes versions of it. @throws NO_ENTRY, ENTRY_EXISTS,
   * MOVE_INTO_ITSELF
   */
  move(
    who: FileUser,
    from: string,
    to: string,
    options?: ChangeOptions & { readonly replace?: boolean },
  ): Promise<Entry>
  /** Its content is not copied: both name the same chunks. Of folders all that is in them. */
  copy(
    who: FileUser,
    from: string,
    to: string,
    options?: ChangeOptions & { readonly replace?: boolean },
  ): Promise<Entry>
  /** One file of several, in this order; none of them changes (`COMB`). */
  combine(
    who: FileUser,
    to: string,
    parts: readonly string[],
    options?: ChangeOptions,
  ): Promise<Entry>
  /** @throws CONDITION_FAILED */
  touch(
    who: FileUser,
    path: string,
    change: EntryChange,
    options?: ChangeOptions & { readonly ifMatch?: string },
  ): Promise<Entry>
  /** @throws NO_ENTRY, IS_A_FOLDER */
  open(
    who: FileUser,
    path: string,
    options?: CallOptions & { readonly version?: number },
  ): Promise<OpenFile>
  /**
   * @throws UPLOAD_OFFSET, UPLOAD_ELSEWHERE, CONDITION_FAILED, IS_A_FOLDER, NO_ACCESS, QUOTA_FULL
   */
  write(who: FileUser, path: string, ask: WriteAsk): Promise<FileUpload>
  /** Of an upload of this user to the path that broke off: bytes that are durable. */
  partial(
    who: FileUser,
    path: string,
    options?: CallOptions,
  ): Promise<{ readonly bytes: number; readonly sinceMs: number } | undefined>
  /** Oldest first. */
  versions(who: FileUser, path: string, options?: CallOptions): Promise<readonly FileVersion[]>
  /** That content becomes the file’s once more; the present one becomes a version. */
  restoreVersion(
    who: FileUser,
    path: string,
    version: number,
    options?: ChangeOptions,
  ): Promise<Entry>
  trash(who: FileUser, options?: CallOptions): Promise<readonly TrashedEntry[]>
  /** One of it, for good. @throws NO_ENTRY, NO_ACCESS */
  removeTrashed(who: FileUser, id: string, options?: ChangeOptions): Promise<void>
  /** All of it, or what is older; broken off, it goes on when asked again. @returns how many */
  emptyTrash(who: FileUser, options?: EmptyTrashOptions): Promise<number>
  /** Back to where it was, or beside what has its place. @throws NO_ENTRY */
  restore(who: FileUser, id: string, options?: ChangeOptions): Promise<Entry>
  /**
   * What counts: files with their versions, in the trash too, of whoever made them.
   * @param options `of`: another account’s, for managers. @throws PERMISSION_MISSING
   */
  usage(who: FileUser, options?: CallOptions & { readonly of?: string }): Promise<Usage>
  /** As a manager set them; of nobody: those of everybody. @throws PERMISSION_MISSING */
  limits(who: FileUser, nick: string | undefined, options?: CallOptions): Promise<FileLimits>
  /** Other members follow within five seconds. @throws PERMISSION_MISSING, BAD_REQUEST */
  setLimits(
    who: FileUser,
    nick: string | undefined,
    limits: FileLimits,
    options?: ChangeOptions,
  ): Promise<void>
  /** Of that file or folder itself; `undefined`: those of the nearest folder above count. */
  grants(who: FileUser, path: string, options?: CallOptions): Promise<Grants | undefined>
  /**
   * They stay with it wherever it is moved. A copy has none; a file that takes the place of another
   * has that one’s, where it has none of its own. @throws NO_ACCESS
   */
  setGrants(
    who: FileUser,
    path: string,
    grants: Grants | undefined,
    options?: ChangeOptions,
  ): Promise<void>
}
