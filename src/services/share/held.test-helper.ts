/** Contents as the tree of files holds them, and who holds them, in memory. */
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { hexOf } from '../../base/hex.ts'
import { KIB } from '../../base/limits.ts'
import { platformRandom } from '../../platform/random.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { ADD_USAGE, HOLD_CONTENT, RELEASE_CONTENT } from '../../wire/held-contents.ts'
import type { Body, ContentWriter, SealedBody, SharedBytes } from './parts.ts'

const SMALL_BYTES = 8 * KIB

interface Held {
  readonly content: string
  readonly holder: string
}

interface Usage {
  readonly nick: string
  readonly bytes: number
  readonly files: number
}

/** What is held, and by how much accounts were charged. */
export class MemoryHeld implements SharedBytes {
  readonly contents = new Map<string, Uint8Array>()
  readonly holders = new Map<string, Set<string>>()
  readonly usage = new Map<string, number>()
  readonly claims = new Map<string, number>()
  /** Bytes that an account may have promised at once. */
  bytesMax = Number.POSITIVE_INFINITY

  readonly procedures = [
    defineProcedure({
      name: HOLD_CONTENT,
      tables: ['test.held'],
      readInput: (value) => value as Held,
      run: (_work, { content, holder }): null => {
        this.holders.set(content, (this.holders.get(content) ?? new Set()).add(holder))
        return null
      },
    }),
    defineProcedure({
      name: RELEASE_CONTENT,
      tables: ['test.held'],
      readInput: (value) => value as Held,
      run: (_work, { content, holder }): null => {
        this.holders.get(content)?.delete(holder)
        return null
      },
    }),
    defineProcedure({
      name: ADD_USAGE,
      tables: ['test.held'],
      readInput: (value) => value as Usage,
      run: (_work, { bytes, nick }): null => {
        this.usage.set(nick, (this.usage.get(nick) ?? 0) + bytes)
        return null
      },
    }),
  ]

  begin(): ContentWriter {
    const pieces: Uint8Array[] = []
    return {
      push: async (piece) => void pieces.push(piece.slice()),
      seal: async () => this.#seal(Buffer.concat(pieces)),
      discard: async () => undefined,
    }
  }

  async *read(
    body: Body,
    { from, to }: { readonly from: number; readonly to: number },
  ): AsyncGenerator<Uint8Array> {
    const bytes = body.kind === 'here' ? body.bytes : this.contents.get(body.id)
    if (bytes === undefined) throw new AnilloError('NO_ENTRY', { path: 'content' })
    if (from < Math.min(to, bytes.length)) yield bytes.subarray(from, to)
  }

  async join(bodies: readonly Body[]): Promise<SealedBody> {
    const parts: Uint8Array[] = []
    for (const body of bodies) {
      for await (const part of this.read(body, { from: 0, to: Number.MAX_SAFE_INTEGER })) {
        parts.push(part)
      }
    }
    return this.#seal(Buffer.concat(parts))
  }

  async claim({ id }: { readonly id: string }, bytes: number): Promise<void> {
    if (bytes > this.bytesMax) {
      const said = { more: 'that', used: '0', limit: 'less', nick: 'ana' }
      throw new AnilloError('QUOTA_FULL', said)
    }
    this.claims.set(id, bytes)
  }

  async waive({ id }: { readonly id: string }): Promise<void> {
    this.claims.delete(id)
  }

  #seal(bytes: Uint8Array): SealedBody {
    const sha256 = sha256Hex(bytes)
    if (bytes.length < SMALL_BYTES) return { kind: 'here', bytes, sha256 }
    const id = hexOf(platformRandom().bytes(16))
    this.contents.set(id, bytes)
    return { kind: 'content', id, bytes: bytes.length, sha256 }
  }
}
