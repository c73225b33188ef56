/**
 * Trees of files that are to be shared. One of many GiB takes minutes: it goes on while nobody
 * waits, who asks again is told how far it is, and what was made is remembered for a while.
 */
import { AnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import { HASHING_PATIENCE_MS, HASHINGS_MAX, TREES_KNOWN_MAX } from '../limits.ts'
import type { SealedBody, ShareParts } from '../parts.ts'
import { HashTreeBuilder, type HashTree } from '../tree/hash-tree.ts'

interface Running {
  readonly tree: Promise<HashTree>
  readonly bytes: number
  done: number
}

export class Hashing {
  readonly #parts: Pick<ShareParts, 'bytes'> & { readonly effects: { readonly clock: Clock } }
  readonly #ending = new AbortController()
  readonly #running = new Map<string, Running>()
  /** By SHA-256, the latest last: 32 bytes for each MiB. */
  readonly #known = new Map<string, HashTree>()

  constructor(parts: Pick<ShareParts, 'bytes'> & { readonly effects: { readonly clock: Clock } }) {
    this.#parts = parts
  }

  /** @throws AnilloError SHARE_HASHING (it goes on), BUSY */
  async of(body: SealedBody): Promise<HashTree> {
    const known = this.#known.get(body.sha256)
    if (known !== undefined) return known
    const running = this.#under(body)
    const { promise: late, resolve } = Promise.withResolvers<undefined>()
    const timer = this.#parts.effects.clock.after(HASHING_PATIENCE_MS, () => resolve(undefined))
    try {
      const tree = await Promise.race([running.tree, late])
      if (tree !== undefined) return tree
      const percent = Math.floor((100 * running.done) / running.bytes)
      throw new AnilloError('SHARE_HASHING', { percent })
    } finally {
      timer.cancel()
    }
  }

  /** However long it takes. @throws AnilloError BUSY */
  async whole(body: SealedBody): Promise<HashTree> {
    return this.#known.get(body.sha256) ?? this.#under(body).tree
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled([...this.#running.values()].map(({ tree }) => tree))
  }

  #under(body: SealedBody): Running {
    return this.#running.get(body.sha256) ?? this.#begin(body)
  }

  #begin(body: SealedBody): Running {
    if (this.#running.size >= HASHINGS_MAX) {
      throw new AnilloError('BUSY', { what: 'files whose hashes are made' })
    }
    const { sha256 } = body
    const bytes = body.kind === 'here' ? body.bytes.length : body.bytes
    const running: Running = { tree: this.#hash(body, bytes, sha256), bytes, done: 0 }
    this.#running.set(sha256, running)
    // Whoever waits is told.
    running.tree.catch(() => undefined)
    return running
  }

  async #hash(body: SealedBody, bytes: number, sha256: string): Promise<HashTree> {
    const builder = new HashTreeBuilder()
    const { signal } = this.#ending
    try {
      for await (const part of this.#parts.bytes.read(body, { from: 0, to: bytes }, { signal })) {
        builder.update(part)
        const running = this.#running.get(sha256)
        if (running !== undefined) running.done += part.length
      }
      const tree = builder.end()
      this.#remember(sha256, tree)
      return tree
    } finally {
      this.#running.delete(sha256)
    }
  }

  #remember(sha256: string, tree: HashTree): void {
    this.#known.set(sha256, tree)
    const [first] = this.#known.keys()
    if (this.#known.size > TREES_KNOWN_MAX && first !== undefined) this.#known.delete(first)
  }
}
