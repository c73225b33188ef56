/** An upload to the tree that `memory-files.test-helper.ts` keeps. */
import { assert } from '../../base/assert.ts'
import { concat } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import type { MemoryQuotas } from './memory-quotas.test-helper.ts'
import type { MemoryTree } from './memory-tree.test-helper.ts'
import type { Entry, FileUpload, FileUser, WriteAsk } from './types.ts'
import { CLAIM_FROM_BYTES } from './upload-room.ts'

export interface MemoryUploadParts {
  readonly tree: MemoryTree
  readonly who: FileUser
  readonly path: string
  readonly ask: WriteAsk
  /** Content that the file has, and keeps. */
  readonly before: Uint8Array
  readonly told: (call: string) => Promise<void>
  readonly quotas: MemoryQuotas
  /** Who is to have it; empty: nobody. */
  readonly owner: string
  readonly isNew: boolean
  readonly keep: (bytes: Uint8Array) => Entry
}

/** @throws AnilloError UPLOAD_OFFSET, QUOTA_FULL, QUOTA_FILES_FULL */
export function memoryUpload(parts: MemoryUploadParts): FileUpload {
  const { ask, before, path, quotas, tree, who } = parts
  const { expectedBytes, how } = ask
  const key = tree.partialKey(who, path)
  const begun = ask.how === 'resume' ? tree.partials.get(key)?.bytes : before
  const at = begun?.length ?? 0
  if (begun === undefined || (ask.how === 'resume' && (ask.at ?? at) !== at)) {
    throw new AnilloError('UPLOAD_OFFSET', { have: at, at: ask.at ?? 0 })
  }
  const pieces = [begun]
  let bytes = at
  let isOpen = true
  const more = (all: number) => ({
    nick: parts.owner,
    bytes: all,
    files: parts.isNew ? 1 : 0,
  })
  if (how !== 'resume' || expectedBytes !== undefined) {
    quotas.demand(more(at + (expectedBytes ?? 1)), key)
  }
  const end = (): void => {
    assert(isOpen, 'an upload ends once')
    isOpen = false
  }
  return {
    at,
    async push(piece) {
      assert(isOpen, 'nothing is pushed after the end')
      await parts.told('push')
      if (bytes + piece.length >= CLAIM_FROM_BYTES) quotas.claim(key, more(bytes + piece.length))
      bytes += piece.length
      pieces.push(new Uint8Array(piece))
    },
    async commit(options) {
      end()
      await parts.told('commit')
      const whole = concat(pieces)
      quotas.waive(key)
      if (options?.sha256 !== undefined && options.sha256 !== sha256Hex(whole)) {
        tree.partials.delete(key)
        throw new AnilloError('CONTENT_DIFFERS', { path })
      }
      return parts.keep(whole)
    },
    async leave() {
      end()
      quotas.hold(key, more(bytes))
      tree.partials.set(key, { bytes: concat(pieces), sinceMs: tree.nowMs() })
    },
    async discard() {
      end()
      quotas.waive(key)
      if (how === 'resume') tree.partials.delete(key)
    },
  }
}
