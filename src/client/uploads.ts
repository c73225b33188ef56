/** Bytes of files into the ring. */
import { AnilloError, asAnilloError, isAnilloError } from '../base/errors.ts'
import { bytesOfHex, hexOf } from '../base/hex.ts'
import { DAY_MS, MIB, SECOND_MS } from '../base/limits.ts'
import { FileEntry, FileUploadState } from '../wire/api-files.ts'
import { fileAddress } from './file-address.ts'
import { queryOf } from './query.ts'
import type { Asking } from './resource.ts'
import { StallWatch } from './stall-watch.ts'

const TIMEOUT_MS = 15 * SECOND_MS
/** Whatever the largest file takes. */
const SEND_MS_MAX = DAY_MS
/** Without a byte that is taken; also until all is durable, at the end. */
const STALL_MS = 60 * SECOND_MS
/** It breaks off so often, without a byte in between, before it is given up. */
const BREAKS_MAX = 5
const BREAK_PAUSE_MS = 500
const RESUMED_BYTES_MIN = MIB

/** What is sent, which can be read anew from anywhere. */
export interface UploadSource {
  readonly bytes: number
  open(from: number): AsyncIterable<Uint8Array>
  /** Of all of it, 64 hex digits. */
  sha256(): Promise<string>
}

export interface Uploaded {
  readonly etag: string
  /** Of what the ring has now. */
  readonly sha256: string | undefined
}

export interface UploadOptions {
  /** ISO 8601; absent: the time of the upload. */
  readonly modifiedAt?: string
  /** Only where there is nothing. */
  readonly ifAbsent?: boolean
  /** Told again and again how much of it the ring has, or is on its way there. */
  readonly onSent?: (bytes: number) => void
  readonly signal?: AbortSignal
}

export class Uploads {
  readonly #asking: Asking
  readonly #pause: (delayMs: number) => Promise<void>

  constructor(asking: Asking, pause: (delayMs: number) => Promise<void>) {
    this.#asking = asking
    this.#pause = pause
  }

  /**
   * Goes on with what broke off, before or now, at whichever member answers; what comes of it is
   * held against the SHA-256 of the source.
   * @throws AnilloError NO_ENTRY, NO_ACCESS, IS_A_FOLDER, QUOTA_FULL, CONDITION_FAILED,
   * RING_NOT_REACHABLE; CONTENT_DIFFERS where the source changed meanwhile
   */
  async put(path: string, source: UploadSource, options: UploadOptions = {}): Promise<Uploaded> {
    // What is small is sent again sooner than asked about.
    const begin = source.bytes < RESUMED_BYTES_MIN ? 0 : await this.#offset(path, source)
    const uploaded = await this.#send(path, source, options, begin).catch((thrown: unknown) => {
      // What had broken off was of another file.
      if (begin > 0 && isAnilloError(thrown, 'CONTENT_DIFFERS')) return NOTHING
      throw thrown
    })
    if (uploaded.sha256 === (await source.sha256())) return uploaded
    const again = begin === 0 ? uploaded : await this.#send(path, source, options, 0)
    if (again.sha256 === (await source.sha256())) return again
    throw new AnilloError('CONTENT_DIFFERS', { path })
  }

  async #send(
    path: string,
    source: UploadSource,
    options: UploadOptions,
    begin: number,
  ): Promise<Uploaded> {
    let from = begin
    for (let breaks = 0; ; breaks++) {
      const before = from
      const uploaded = await this.#sendFrom(path, source, options, from)
      if (uploaded !== undefined) return uploaded
      if (breaks === BREAKS_MAX) throw endless(path)
      await this.#pause(BREAK_PAUSE_MS)
      options.signal?.throwIfAborted()
      // The last answer may have been lost: then there is nothing to go on with.
      const whole = await this.#whole(path, source)
      if (whole !== undefined) return whole
      from = await this.#offset(path, source)
      if (from > before) breaks = 0
    }
  }

  /** `undefined` where it broke off. */
  async #sendFrom(
    path: string,
    source: UploadSource,
    { ifAbsent, modifiedAt, onSent, signal }: UploadOptions,
    from: number,
  ): Promise<Uploaded | undefined> {
    using watch = new StallWatch(STALL_MS)
    let unreadable: AnilloError | undefined
    async function* sent(): AsyncGenerator<Uint8Array> {
      let at = from
      try {
        for await (const piece of source.open(from)) {
          watch.moved()
          yield piece
          at += piece.length
          onSent?.(at)
        }
      } catch (thrown) {
        unreadable = asAnilloError(thrown)
        throw thrown
      }
      watch.moved()
    }
    const asked = {
      ...requestFor(path, from, { bytes: source.bytes, modifiedAt }, sent),
      timeoutMs: SEND_MS_MAX,
      signal: signal === undefined ? watch.signal : AbortSignal.any([watch.signal, signal]),
      isOnce: true,
    } as const
    const headers = {
      ...asked.headers,
      ...(ifAbsent === true ? { 'if-none-match': '*' } : {}),
      // Of what it goes on with nobody here knows what it is.
      ...(from === 0 ? {} : { 'repr-digest': digestOf(await source.sha256()) }),
    }
    try {
      return await this.#asking.request({ ...asked, headers }, async ({ headers: told }) => ({
        etag: told.get('etag') ?? '',
        sha256: digestIn(told.get('repr-digest')),
      }))
    } catch (thrown) {
      if (unreadable !== undefined) throw unreadable
      if (signal?.aborted !== true && isBreak(thrown, watch.signal)) return undefined
      throw thrown
    }
  }

  /**
   * What came of an upload of this account to the path that broke off; 0: nothing, or of a larger
   * file.
   */
  async #offset(path: string, { bytes }: UploadSource): Promise<number> {
    const asked = { method: 'GET', path: fileAddress(path, 'uploads') } as const
    try {
      const state = await this.#asking.ask(FileUploadState, { ...asked, timeoutMs: TIMEOUT_MS })
      return state.offset > bytes ? 0 : state.offset
    } catch (thrown) {
      if (isAnilloError(thrown, 'NOT_FOUND')) return 0
      throw thrown
    }
  }

  async #whole(path: string, { bytes, sha256 }: UploadSource): Promise<Uploaded | undefined> {
    const asked = { method: 'GET', path: `${fileAddress(path)}?op=stat` } as const
    try {
      const entry = await this.#asking.ask(FileEntry, { ...asked, timeoutMs: TIMEOUT_MS })
      if (entry.bytes !== bytes || entry.sha256 !== (await sha256())) return undefined
      return { etag: entry.etag, sha256: entry.sha256 }
    } catch (thrown) {
      if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
      throw thrown
    }
  }
}

const NOTHING: Uploaded = { etag: '', sha256: undefined }

/** As `Repr-Digest` has it (RFC 9530, 3). */
function digestOf(sha256: string): string {
  return `sha-256=:${btoa(String.fromCharCode(...bytesOfHex(sha256)))}:`
}

/** `Repr-Digest` in hex digits. */
function digestIn(header: string | null): string | undefined {
  const base64 = /sha-256=:([\w+/=]+):/.exec(header ?? '')?.[1]
  if (base64 === undefined) return undefined
  return hexOf(Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0)))
}

function requestFor(
  path: string,
  from: number,
  { bytes, modifiedAt }: { readonly bytes: number; readonly modifiedAt: string | undefined },
  sent: () => AsyncIterable<Uint8Array>,
) {
  const query = queryOf({ modifiedAt })
  if (from === bytes && bytes > 0) {
    // Nothing is missing but the word that it is whole.
    const headers = {
      'content-type': 'application/partial-upload',
      'upload-offset': String(from),
      'upload-complete': '?1',
    }
    const address = fileAddress(path, 'uploads') + query
    return { method: 'PATCH', path: address, headers, bytes: new Uint8Array() } as const
  }
  const stream = (): ReadableStream<Uint8Array> => ReadableStream.from(sent())
  const headers: Record<string, string> =
    bytes === 0 ? {} : { 'content-range': `bytes ${from}-${bytes - 1}/${bytes}` }
  return { method: 'PUT', path: fileAddress(path) + query, headers, stream } as const
}

const BREAKS: ReadonlySet<string> = new Set([
  'BUSY',
  'OUTCOME_UNKNOWN',
  'RING_NOT_REACHABLE',
  'RPC_GARBLED',
  'STORE_UNAVAILABLE',
  'UPLOAD_ELSEWHERE',
  'UPLOAD_OFFSET',
])

function isBreak(thrown: unknown, stalled: AbortSignal): boolean {
  return stalled.aborted || (isAnilloError(thrown) && BREAKS.has(thrown.code))
}

function endless(path: string): AnilloError {
  const problem = 'the upload breaks off again and again'
  return new AnilloError('RPC_GARBLED', { address: path, problem })
}
