/**
 * What is asked of one source over HTTP: how much there is, the hashes of the pieces, which pieces
 * it has, and a piece. What it answers is judged by whoever asked.
 */
import { AnilloError, isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import type { Failure } from '../../../wire/download-states.ts'
import { nameInDisposition } from '../../../wire/media-types.ts'
import { SHARE_BYTES_MAX } from '../../../wire/share-bounds.ts'
import { Bitfield } from '../downloads/bitfield.ts'
import { HASH_BYTES, isLayerOf, isPieceOf, PIECE_BYTES, piecesIn } from '../tree/hash-tree.ts'
import type { Answer, CheckedHttp } from './checked-http.ts'

/** What a source says of what stands at its address. */
export interface SourceHead {
  /** `undefined`: it does not say. */
  readonly bytes: number | undefined
  /** It gives parts; else all of it from the beginning on. */
  readonly hasRanges: boolean
  /** Of doors of anillo: the root of what it serves there. */
  readonly root: string | undefined
  /** As it calls what stands there. */
  readonly name?: string | undefined
  /** Behind redirects. */
  readonly url: string
}

/** Why a source did not give what it was asked for. */
export class SourceFailure extends Error {
  readonly why: Failure

  constructor(why: Failure) {
    super(why)
    this.why = why
  }
}

export interface PieceAsk {
  readonly from: number
  readonly to: number
  readonly signal: AbortSignal
  readonly progressed: (bytes: number) => void
}

const PARTIAL = 206
const NOT_FOUND = 404
const GONE = 410
const RANGE_NOT_THERE = 416
const BUSY: ReadonlySet<number> = new Set([429, 503])

export class SourceClient {
  readonly #http: Pick<CheckedHttp, 'ask'>

  constructor(http: Pick<CheckedHttp, 'ask'>) {
    this.#http = http
  }

  /** @throws SourceFailure */
  head(url: string, signal: AbortSignal): Promise<SourceHead> {
    return failing(signal, async () => {
      // Servers that know HEAD badly know this: the first byte, and how many there are.
      const answer = await this.#http.ask({ url, range: { from: 0, to: 1 }, signal })
      await closed(answer)
      const { status } = answer
      if (status !== 200 && status !== PARTIAL) throw new SourceFailure(failureOf(status))
      const total = status === PARTIAL ? totalIn(answer) : lengthIn(answer)
      const tag = /^"([0-9a-f]{64})"$/.exec(answer.header('etag') ?? '')?.[1]
      return {
        bytes: total,
        hasRanges: status === PARTIAL,
        root: tag,
        name: nameInDisposition(answer.header('content-disposition') ?? ''),
        url: answer.url,
      }
    })
  }

  /**
   * Hashes of all pieces, proven by the root. That does not prove the size: where it is not known
   * the last piece, which has it in its hash, is asked for, too.
   * @throws SourceFailure
   */
  async layer(
    url: string,
    tree: { readonly root: string; readonly bytes?: number | undefined },
    signal: AbortSignal,
  ): Promise<{ readonly layer: Uint8Array; readonly bytes: number }> {
    const found = await this.#layerOf(url, tree, signal)
    if (tree.bytes !== undefined) return found
    const last = piecesIn(found.bytes) - 1
    const range = { from: last * PIECE_BYTES, to: found.bytes }
    const piece = await this.piece(url, { ...range, signal, progressed: () => undefined })
    if (isPieceOf({ ...found, root: tree.root }, last, piece)) return found
    throw new SourceFailure('corrupt')
  }

  #layerOf(
    url: string,
    tree: { readonly root: string; readonly bytes?: number | undefined },
    signal: AbortSignal,
  ): Promise<{ readonly layer: Uint8Array; readonly bytes: number }> {
    return failing(signal, async () => {
      const answer = await this.#http.ask({ url: `${url}/tree`, signal })
      if (answer.status !== 200) {
        await closed(answer)
        throw new SourceFailure(failureOf(answer.status))
      }
      const bytes = tree.bytes ?? Number(answer.header('anillo-share-bytes'))
      if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > SHARE_BYTES_MAX) {
        await closed(answer)
        throw new SourceFailure('corrupt')
      }
      const layer = await bodyOf(answer, piecesIn(bytes) * HASH_BYTES)
      if (!isLayerOf(layer, { root: tree.root, bytes })) throw new SourceFailure('corrupt')
      return { layer, bytes }
    })
  }

  /**
   * Which pieces it has; a server that does not know the question has all. @throws SourceFailure
   */
  have(url: string, pieces: number, signal: AbortSignal): Promise<Bitfield> {
    return failing(signal, async () => {
      const answer = await this.#http.ask({ url: `${url}/have`, signal })
      if (BUSY.has(answer.status)) {
        await closed(answer)
        throw new SourceFailure('busy')
      }
      if (answer.status !== 200) {
        await closed(answer)
        return Bitfield.full(pieces)
      }
      const bytes = await bodyOf(answer, Math.ceil(pieces / 8))
      return Bitfield.read(bytes, pieces) ?? Bitfield.full(pieces)
    })
  }

  /** So many bytes, whatever they are. @throws SourceFailure */
  piece(url: string, { from, progressed, signal, to }: PieceAsk): Promise<Uint8Array> {
    return failing(signal, async () => {
      const answer = await this.#http.ask({ url, range: { from, to }, signal })
      const isWhole = answer.status === 200 && from === 0
      if (answer.status !== PARTIAL && !isWhole) {
        await closed(answer)
        throw new SourceFailure(failureOf(answer.status))
      }
      if (answer.status === PARTIAL && startIn(answer) !== from) {
        await closed(answer)
        throw new SourceFailure('broken')
      }
      const piece = new Uint8Array(to - from)
      let at = 0
      for await (const part of answer.body) {
        const some = part.subarray(0, piece.length - at)
        piece.set(some, at)
        at += some.length
        progressed(some.length)
        // More than was asked for may have no end.
        if (some.length < part.length || (at === piece.length && isWhole)) break
      }
      if (at < piece.length) throw new SourceFailure('broken')
      return piece
    })
  }

  /** All of it, of a server that gives no parts. @throws SourceFailure */
  async *whole(url: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const answer = await failing(signal, () => this.#http.ask({ url, signal }))
    if (answer.status !== 200) {
      await closed(answer)
      throw new SourceFailure(failureOf(answer.status))
    }
    try {
      yield* answer.body
    } catch (thrown) {
      throw failureFor(thrown, signal)
    }
  }
}

async function failing<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw failureFor(thrown, signal)
  }
}

/** What is no failure of the source is thrown as it is. */
function failureFor(thrown: unknown, signal: AbortSignal): unknown {
  if (thrown instanceof SourceFailure || signal.aborted) return thrown
  if (!isAnilloError(thrown)) return thrown
  return new SourceFailure(FAILURE_OF.get(thrown.code) ?? 'broken')
}

const FAILURE_OF: ReadonlyMap<ErrorCode, Failure> = new Map([
  ['ADDRESS_FORBIDDEN', 'forbidden'],
  ['URL_MALFORMED', 'forbidden'],
  ['URL_SCHEME', 'forbidden'],
  ['URL_USERINFO', 'forbidden'],
  ['FETCH_REFUSED', 'refused'],
  ['HOST_UNKNOWN', 'refused'],
  ['FETCH_TIMEOUT', 'silent'],
])

function failureOf(status: number): Failure {
  if (status === NOT_FOUND || status === GONE) return 'gone'
  if (status === RANGE_NOT_THERE) return 'missing'
  return BUSY.has(status) ? 'busy' : 'broken'
}

/** `bytes 0-0/1234` (RFC 9110, 14.4). */
function totalIn(answer: Answer): number | undefined {
  const total = /\/(\d{1,15})$/.exec(answer.header('content-range') ?? '')?.[1]
  return total === undefined ? undefined : Number(total)
}

/** Digits alone: other forms of numbers are of no server. */
function lengthIn(answer: Answer): number | undefined {
  const length = /^\d{1,15}$/.exec(answer.header('content-length') ?? '')?.[0]
  return length === undefined ? undefined : Number(length)
}

function startIn(answer: Answer): number | undefined {
  const start = /^bytes (\d{1,15})-/i.exec(answer.header('content-range') ?? '')?.[1]
  return start === undefined ? undefined : Number(start)
}

/** @throws SourceFailure `corrupt`: it is longer */
async function bodyOf(answer: Answer, bytesMax: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of answer.body) {
    bytes += part.length
    if (bytes > bytesMax) throw new SourceFailure('corrupt')
    parts.push(part.slice())
  }
  return Buffer.concat(parts)
}

/** Nobody reads it. */
async function closed(answer: Answer): Promise<void> {
  for await (const _ of answer.body) break
}

/** A source that told of itself; else it is as if it were not there. */
export function isSourceFailure(thrown: unknown): thrown is SourceFailure {
  return thrown instanceof SourceFailure
}

/** @throws AnilloError TOO_LARGE */
export function checkBytes(bytes: number): void {
  if (bytes > SHARE_BYTES_MAX) {
    throw new AnilloError('SHARE_TOO_LARGE', { limit: `${SHARE_BYTES_MAX / 2 ** 30} GiB` })
  }
}
