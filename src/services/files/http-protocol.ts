/**
 * What a protocol that shows the tree over HTTP is asked, and what it answers. The door that it
 * stands behind knows who asks, sends contents and takes them; the protocol knows its methods.
 */
import type { FileUser, Written } from './types.ts'

export interface TreeAsk {
  readonly method: string
  /** As the request line has it. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly isSecure: boolean
  readonly who: FileUser
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal
  /** What came with it; to be read once, and not at all where `store` is called. */
  body(): AsyncIterable<Uint8Array>
  /**
   * What came with it becomes the file’s content, on the conditions of the request’s headers.
   * @throws AnilloError CONDITION_FAILED, and what `Files.write` may throw
   */
  store(path: string, how: StoreHow): Promise<Written>
}

export interface StoreHow {
  readonly modifiedMs?: number
  readonly expectedBytes?: number
  /** When all has come, right before the tree has it: what it throws is the answer. */
  readonly beforeCommit: () => Promise<void>
}

export type TreeAnswer =
  /** The bytes of the file there, as `Range` and the conditions of the request say. */
  | { readonly kind: 'content'; readonly path: string }
  | {
      readonly kind: 'said'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      /** In pieces where it may be long. */
      readonly body?: string | AsyncIterable<string>
    }

export interface TreeProtocol {
  /** Refusals are answers. */
  answer(ask: TreeAsk): Promise<TreeAnswer>
}
