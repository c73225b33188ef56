/** An upload to the tree that `memory-files.test-helper.ts` keeps. */
import { assert } from '../../base/assert.ts'
import { concat } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import type { MemoryQuotas } from './memory-quotas.test-helper.ts'
import type { MemoryTree } from './memory-tree.test-helper.ts'
import type { FileUpload, FileUser, WriteAsk, Written } from './types.ts'
import { CLAIM_FROM_BYTES } from './upload-room.ts'

const NOTHING = new Uint8Array()

export interface MemoryUploadParts {
  readonly tree: MemoryTree
  readonly who: FileUser
  readonly path: string
  readonly ask: WriteAsk
  /** Bytes before the first one that comes; of what is gone on with, they are known. */
  readonly at: number
  /** Bytes of them that count beside those that come. */
  readonly counted: number
  readonly told: (call: string) => Promise<void>
  readonly quotas: MemoryQuotas
  /** Who is to have it; empty: nobody. */
  readonly owner: string
  readonly isNew: boolean
  readonly keep: (bytes: Uint8Array, by: FileUser) => Written
}

/** @throws AnilloError UPLOAD_OFFSET, QUOTA_FULL, QUOTA_FILES_FULL */
export function memoryUpload(parts: MemoryUploadParts): FileUpload {
  const { ask, path, quotas, tree, who } = parts
  const { expectedBytes, how } = ask
  const key = tree.partialKey(who, path)
  const begun = how === 'resume' ? tree.partials.get(key)?.bytes : NOTHING
  const at = how === 'resume' ? (begun?.length ?? 0) : parts.at
  if (begun === undefined || (how === 'resume' && (ask.at ?? at) !== at)) {
    throw new AnilloError('UPLOAD_OFFSET', { have: at, at: ask.at ?? 0 })
  }
  const pieces = [begun]
  let bytes = begun.length + parts.counted
  let isOpen = true
  const more = (all: number) => ({
    nick: parts.owner,
    bytes: all,
    files: parts.isNew ? 1 : 0,
  })
  if (how !== 'resume' || expectedBytes !== undefined) {
    quotas.demand(more(bytes + (expectedBytes ?? 1)), key)
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
      return parts.keep(whole, options?.who ?? who)
    },
    async leave() {
      end()
      if (how === 'append') return void parts.keep(concat(pieces), who)
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
