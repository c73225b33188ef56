/** What the parts of the service share: the store, the tree’s contents, the open network. */
import type { Effects } from '../../effects/effects.ts'
import type { CallOptions, Store } from '../../store/types.ts'
import type { MainlineNetwork } from './mainline/mainline.ts'
import type { OutsideNetwork } from './outside.ts'
import type { SourceClient } from './sources/source-client.ts'

/** Where bytes are: few stand in a row, others are a content. */
export type Body =
  | { readonly kind: 'here'; readonly bytes: Uint8Array }
  | { readonly kind: 'content'; readonly id: string; readonly bytes: number }

export type SealedBody = Body & { readonly sha256: string }

export interface ContentWriter {
  push(piece: Uint8Array): Promise<void>
  seal(): Promise<SealedBody>
  discard(): Promise<void>
}

interface ContentAsk {
  readonly nick: string
  readonly signal?: AbortSignal
}

/** Bytes that are held for the service, within the room of accounts. */
export interface SharedBytes {
  begin(ask: ContentAsk): ContentWriter
  read(
    body: Body,
    range: { readonly from: number; readonly to: number },
    options?: CallOptions,
  ): AsyncIterable<Uint8Array>
  join(bodies: readonly Body[], ask: ContentAsk): Promise<SealedBody>
  claim(
    room: { readonly nick: string; readonly id: string },
    bytes: number,
    options?: CallOptions,
  ): Promise<void>
  waive(room: { readonly nick: string; readonly id: string }): Promise<void>
}

/** Who asks, as doors found out. */
export interface ShareUser {
  /** Folded; `undefined`: a guest. */
  readonly nick: string | undefined
  /** May do everything with everybody’s files. */
  readonly isManager: boolean
  readonly groups: readonly string[]
  /** For what is noted of their acts; absent: the ring itself. */
  readonly door?: { readonly name: string; readonly address: string | undefined }
}

/**
 * An account as of now. Whose is `suspended`, or may not share any more (`forbidden`), may again
 * some day; one that is `gone` never comes back.
 */
export type SharerStanding =
  | { readonly kind: 'active'; readonly who: ShareUser }
  | { readonly kind: 'suspended' | 'forbidden' | 'gone' }

/** What is noted beside acts on files. */
export interface ShareAct {
  readonly what: 'share.make' | 'share.end' | 'download.keep'
  /** Of the file. */
  readonly path: string
  /** What it is called outside. */
  readonly to?: string
  readonly bytes?: number
}

export interface FileFound {
  readonly path: string
  readonly name: string
  readonly access: 'read' | 'write' | 'own'
  readonly body: SealedBody
}

/** The tree of files, as far as the service needs it. */
export interface ShareTree {
  /** @throws AnilloError NO_ENTRY, IS_A_FOLDER */
  at(who: ShareUser, path: string, options?: CallOptions): Promise<FileFound>
  /**
   * A new file; folders on the way are made. @returns its path
   * @throws AnilloError ENTRY_EXISTS, NO_ACCESS, QUOTA_FULL
   */
  put(who: ShareUser, path: string, body: SealedBody, options?: CallOptions): Promise<string>
  /** That a file could be put there. @throws AnilloError NO_ACCESS, NOT_A_FOLDER, ENTRY_EXISTS */
  mayPut(who: ShareUser, path: string, options?: CallOptions): Promise<void>
}

/** One that is not over. */
export interface ActiveDownload {
  readonly id: string
  readonly isPaused: boolean
}

export interface ShareParts {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log' | 'signing'>
  readonly store: Pick<Store, 'call' | 'get' | 'list'>
  /** Downloads that this member is to go on with, and no other. */
  readonly active: () => Promise<readonly ActiveDownload[]>
  readonly bytes: SharedBytes
  readonly tree: ShareTree
  /** Linearizable. @throws AnilloError STORE_UNAVAILABLE */
  readonly standing: (nick: string) => Promise<SharerStanding>
  /** Never throws. */
  readonly note: (who: Pick<ShareUser, 'nick' | 'door'>, act: ShareAct) => void
  readonly outside: OutsideNetwork
  /** Absent: this member takes no part there. */
  readonly mainline?: MainlineNetwork | undefined
  readonly sources: SourceClient
  /** Origins of the doors of live members that serve shares, for clients anywhere. */
  readonly doors: () => Promise<readonly string[]>
}
