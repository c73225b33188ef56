/**
 * The open door: plain HTTP, for anybody, read-only, and of what was shared outside alone. Which
 * is looked for by name or root in the list of shares, so that no path of the tree leads here.
 * It is a web seed of BitTorrent (BEP 19), too.
 */
import type { FastifyServerFactory, RawServerDefault } from 'fastify'

import { asAnilloError, ERRORS, AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import { KnownFor } from '../../effects/known-for.ts'
import type { Log } from '../../effects/log.ts'
import { pause } from '../../effects/pause.ts'
import { Bitfield } from '../../services/share/downloads/bitfield.ts'
import type { ShareService } from '../../services/share/share-service.ts'
import { PIECE_BYTES, piecesIn } from '../../services/share/tree/hash-tree.ts'
import { contentRange, rangesOf, type ByteRange } from '../../wire/byte-ranges.ts'
import { judgeRead, mayRange } from '../../wire/http-conditions.ts'
import { dispositionOf, mediaTypeFor } from '../../wire/media-types.ts'
import { askedBy, type Asked } from './asked.ts'
import {
  HAVE_KNOWN_MAX,
  HAVE_KNOWN_MS,
  KEEP_ALIVE_MS,
  PIPELINED_MAX,
  REQUEST_MS,
  STALL_MS,
  TARGET_CHARS_MAX,
} from './limits.ts'
import { OpenPlaces, Pace, type Place } from './places.ts'
import { Sought } from './sought.ts'

type Handler = Parameters<FastifyServerFactory<RawServerDefault>>[0]
type Request = Parameters<Handler>[0]
type Reply = Parameters<Handler>[1]

/** The HTTP servers under the door, and how many connections they have (platform). */
export interface ShareListener {
  makeServer(
    handler: Handler,
    timeouts: {
      readonly keepAliveMs: number
      readonly requestMs: number
      readonly stallMs: number
    },
  ): RawServerDefault
  isOver(socket: object): boolean
}

export interface ShareDoorOptions {
  readonly clock: Clock
  readonly log: Log
  readonly listener: ShareListener
  readonly service: Pick<ShareService, 'shares' | 'downloads' | 'provider'>
  /** Of all that the door sends; `undefined`: no limit. */
  readonly bytesPerSecond: number | undefined
  readonly transfersMax: number
}

/** What is sent of: a share, or what is here of one that is on its way. */
interface Found {
  readonly name: string
  readonly root: string
  readonly bytes: number
  readonly madeMs: number
  readonly have: () => Promise<Bitfield>
  readonly layer: () => Promise<Uint8Array>
  readonly read: (range: ByteRange) => AsyncIterable<Uint8Array>
  readonly torrent: (() => Promise<Uint8Array>) | undefined
}

export class ShareDoor {
  readonly #options: ShareDoorOptions
  readonly #places: OpenPlaces
  readonly #pace: Pace
  readonly #sought: Sought
  /**
   * By root, what is here of contents on their way in: of a large one that is many rows, which no
   * stranger shall have read with each request. What came since then is offered a little later.
   */
  readonly #have: KnownFor<Bitfield>
  /** Requests that wait for those before them, by connection. */
  readonly #waiting = new WeakMap<object, number>()

  constructor(options: ShareDoorOptions) {
    this.#options = options
    this.#places = new OpenPlaces(options.clock, options.transfersMax)
    this.#pace = new Pace(options.clock, options.bytesPerSecond)
    this.#sought = new Sought(options.clock, (name) => options.service.provider(name))
    this.#have = new KnownFor(options.clock, { forMs: HAVE_KNOWN_MS, most: HAVE_KNOWN_MAX })
  }

  /** One that does not listen yet; each address has one of its own. */
  server(): RawServerDefault {
    const timeouts = { keepAliveMs: KEEP_ALIVE_MS, requestMs: REQUEST_MS, stallMs: STALL_MS }
    const handler: Handler = (request, reply) => void this.#answer(request, reply)
    return this.#options.listener.makeServer(handler, timeouts)
  }

  /** Never rejects. */
  async #answer(request: Request, reply: Reply): Promise<void> {
    const { listener, log } = this.#options
    try {
      if (listener.isOver(request.socket)) {
        reply.setHeader('connection', 'close')
        throw new AnilloError('BUSY', { what: 'connections' })
      }
      this.#demandTurn(request, reply)
      await this.#route(request, reply)
    } catch (thrown) {
      const error = asAnilloError(thrown)
      if (error.code === 'INTERNAL') log.error('the open door failed', { error: thrown })
      this.#refuse(reply, error)
    }
  }

  /** Answers that are ready stand in memory until those before them are read. */
  #demandTurn({ socket }: Request, reply: Reply): void {
    // An answer has its connection when it is its turn.
    if (reply.socket !== null) return
    const count = this.#waiting.get(socket) ?? 0
    if (count >= PIPELINED_MAX) {
      throw new AnilloError('BUSY', { what: 'requests on one connection' })
    }
    this.#waiting.set(socket, count + 1)
    reply.once('close', () => this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1))
  }

  #refuse(reply: Reply, { code, message }: AnilloError): void {
    // What was begun breaks off: its client sees that it is not whole.
    if (reply.headersSent) {
      reply.destroy()
      return
    }
    const { httpStatus } = ERRORS[code]
    if (httpStatus === 503) reply.setHeader('retry-after', '1')
    reply.removeHeader('content-length')
    reply.setHeader('cache-control', 'no-store')
    reply.setHeader('content-type', 'text/plain; charset=utf-8')
    reply.writeHead(httpStatus).end(`${code}\n${message}\n`)
  }

  async #route(request: Request, reply: Reply): Promise<void> {
    reply.setHeader('x-content-type-options', 'nosniff')
    reply.setHeader('content-security-policy', "sandbox; default-src 'none'")
    const { method = '', url = '' } = request
    if (method !== 'GET' && method !== 'HEAD') {
      reply.setHeader('allow', 'GET, HEAD')
      reply.writeHead(METHOD_NOT_ALLOWED).end('This door is for reading alone.\n')
      return
    }
    const asked = url.length > TARGET_CHARS_MAX ? undefined : askedBy(url)
    if (asked === undefined)
      throw new AnilloError('NOT_FOUND', { what: 'such address on this door' })
    const found = await this.#find(asked)
    const address = request.socket.remoteAddress ?? ''
    if (found === undefined) return this.#elsewhere(asked, address, reply)
    reply.setHeader('anillo-share-bytes', String(found.bytes))
    using place = this.#places.take(address)
    switch (asked.kind) {
      case 'tree':
        return await this.#sendWhole(request, reply, { place, body: found.layer, type: OCTETS })
      case 'have': {
        const body = async (): Promise<Uint8Array> => (await found.have()).bytes
        return await this.#sendWhole(request, reply, { place, body, type: OCTETS })
      }
      case 'torrent':
        if (found.torrent === undefined) throw nothing()
        reply.setHeader(
          'content-disposition',
          dispositionOf(`${found.name}.torrent`, TORRENT, true),
        )
        return await this.#sendWhole(request, reply, { place, body: found.torrent, type: TORRENT })
      case 'name':
      case 'content':
        return await this.#send(request, reply, { found, place })
      default:
        return asked satisfies never
    }
  }

  async #sendWhole(
    request: Request,
    reply: Reply,
    {
      body,
      place,
      type,
    }: {
      readonly place: Place
      readonly body: () => Promise<Uint8Array>
      readonly type: string
    },
  ): Promise<void> {
    const bytes = await body()
    reply.setHeader('content-type', type)
    reply.setHeader('cache-control', 'no-store')
    reply.setHeader('content-length', String(bytes.length))
    reply.writeHead(OK)
    if (request.method === 'HEAD') reply.end()
    else await this.#write(reply, oneOf(bytes), place)
  }

  async #find(asked: Asked): Promise<Found | undefined> {
    const { downloads, shares } = this.#options.service
    const known =
      asked.kind === 'name' ? await shares.servedAs(asked.name) : await shares.servedOf(asked.root)
    if (known !== undefined) {
      const { id, row } = known
      const open = shares.open(id, row)
      return {
        name: row.name,
        root: row.root,
        bytes: row.bytes,
        madeMs: row.madeMs,
        have: async () => Bitfield.full(piecesIn(row.bytes)),
        layer: () => open.layer(),
        read: (range) => open.read(range),
        torrent: () => shares.torrentOf(id, row),
      }
    }
    if (asked.kind === 'name') return undefined
    const partial = await downloads.partial(asked.root)
    if (partial === undefined) return undefined
    const { bytes, kept, madeMs, name } = partial
    return {
      name,
      root: asked.root,
      bytes,
      madeMs,
      have: () => this.#have.of(asked.root, () => kept.have(piecesIn(bytes))),
      layer: () => kept.layer(),
      read: (range) => kept.read(bytes, range),
      torrent: undefined,
    }
  }

  /** What the ring does not share under a name somebody else may. */
  async #elsewhere(asked: Asked, address: string, reply: Reply): Promise<void> {
    const url = asked.kind === 'name' ? await this.#sought.find(asked.name, address) : undefined
    if (url === undefined) throw nothing()
    reply.setHeader('cache-control', 'no-store')
    reply.writeHead(FOUND, { location: url }).end()
  }

  async #send(
    request: Request,
    reply: Reply,
    { found, place }: { readonly found: Found; readonly place: Place },
  ): Promise<void> {
    const { bytes, madeMs, name, root } = found
    const validators = { etag: `"${root}"`, modifiedMs: madeMs }
    const mediaType = mediaTypeFor(name)
    reply.setHeader('etag', validators.etag)
    reply.setHeader('last-modified', new Date(madeMs).toUTCString())
    reply.setHeader('accept-ranges', 'bytes')
    // A root is of these bytes for ever, a name may come to lead elsewhere.
    reply.setHeader('cache-control', 'public, no-cache')
    const verdict = judgeRead(request.headers, validators)
    if (verdict === 'conditionFailed') throw new AnilloError('CONDITION_FAILED')
    if (verdict === 'notModified') {
      reply.writeHead(NOT_MODIFIED).end()
      return
    }
    reply.setHeader('content-type', mediaType)
    reply.setHeader('content-disposition', dispositionOf(name, mediaType, true))
    const { range: header } = request.headers
    const counts = request.method === 'GET' && mayRange(request.headers, validators)
    const ranges = rangesOf(counts ? header : undefined, bytes)
    if (ranges.kind === 'none') throw notThere(reply, found)
    // Several parts in one answer nobody needs here: all of it is one answer to that, too.
    const [part, ...others] = ranges.kind === 'parts' ? ranges.parts : []
    const isPart = part !== undefined && others.length === 0
    const sent = isPart ? part : { from: 0, to: bytes }
    await demandHere(reply, found, sent)
    reply.setHeader('content-length', String(sent.to - sent.from))
    if (isPart) reply.setHeader('content-range', contentRange(sent, bytes))
    const status = isPart ? PARTIAL : OK
    if (request.method === 'HEAD') {
      reply.writeHead(status).end()
      return
    }
    reply.writeHead(status)
    await this.#write(reply, found.read(sent), place)
  }

  /** Resolves once all of it is taken, or its reader is gone. */
  async #write(reply: Reply, pieces: AsyncIterable<Uint8Array>, place: Place): Promise<void> {
    // Who left while that was read is told of no more: its place would be held for ever.
    if (reply.closed) return
    const gone = new AbortController()
    reply.once('close', () => gone.abort())
    place.signal.addEventListener('abort', () => reply.destroy(), { once: true })
    for await (const piece of pieces) {
      for (const some of this.#pace.cut(piece)) {
        await this.#pace.pass(some.length, gone.signal)
        if (gone.signal.aborted) return
        // The piece is used again once the next one is asked for.
        if (!reply.write(some.slice())) await drained(reply, { place, signal: gone.signal })
      }
    }
    if (gone.signal.aborted) return
    const taken = place.waits()
    reply.end()
    await until(gone.signal)
    taken()
  }

  /** Until nothing is under way, and no longer than that. */
  async settle(untilMs: number): Promise<void> {
    const { clock } = this.#options
    const stop = new AbortController()
    while (this.#places.taken > 0 && clock.nowMs() < untilMs) {
      await pause(clock, SETTLE_LOOK_MS, stop.signal)
    }
  }
}

const OK = 200
const PARTIAL = 206
const FOUND = 302
const NOT_MODIFIED = 304
const METHOD_NOT_ALLOWED = 405
const SETTLE_LOOK_MS = 50
const OCTETS = 'application/octet-stream'
const TORRENT = 'application/x-bittorrent'

async function* oneOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Of what is on its way some pieces are not here yet. @throws AnilloError RANGE_NOT_THERE */
async function demandHere(reply: Reply, found: Found, { from, to }: ByteRange): Promise<void> {
  const have = await found.have()
  if (have.isFull) return
  for (let index = Math.floor(from / PIECE_BYTES); index * PIECE_BYTES < to; index++) {
    if (!have.has(index)) throw notThere(reply, found)
  }
}

function notThere(reply: Reply, { bytes, name }: Found): AnilloError {
  reply.setHeader('content-range', `bytes */${bytes}`)
  return new AnilloError('RANGE_NOT_THERE', { path: name, bytes })
}

function nothing(): AnilloError {
  return new AnilloError('NOT_FOUND', { what: 'such share' })
}

async function drained(
  reply: Reply,
  { place, signal }: { readonly place: Place; readonly signal: AbortSignal },
): Promise<void> {
  if (signal.aborted) return
  const taken = place.waits()
  const drain = new AbortController()
  reply.once('drain', () => drain.abort())
  await until(AbortSignal.any([signal, drain.signal]))
  taken()
}

async function until(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
