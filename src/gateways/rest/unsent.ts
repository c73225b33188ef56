/**
 * Answers that are made and not taken: a client that asks and does not read leaves them in this
 * process's memory. Node stops reading from a connection that is behind; here the bytes are bounded
 * that one connection, and all of them together, may leave unsent. Streams are not counted: they
 * are made as they are read.
 */
import type { FastifyInstance } from 'fastify'

import { assert } from '../../base/assert.ts'
import { AnilloError } from '../../base/errors.ts'
import { KIB } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { RawReply, RawRequest } from './guards.ts'
import {
  UNSENT_BYTES_MAX,
  UNSENT_BYTES_PER_CONNECTION_MAX,
  UNSENT_LOOK_MS,
  UNSENT_STALL_MS,
} from './limits.ts'

type Socket = RawRequest['socket']

/** The socket's buffer takes so much at once; a connection that is not behind is not counted. */
const SMALL_BYTES_MAX = KIB

/** An answer so small is never refused: it may be the refusal, or tell of a change. */
const REFUSED_BYTES_MIN = 8 * KIB

interface Behind {
  bytes: number
  /** When it last took an answer whole, or fell behind. */
  movedAtMs: number
}

export class Unsent {
  readonly #clock: Clock
  /** Who moved longest ago comes first. */
  readonly #behind = new Map<Socket, Behind>()
  readonly #watched = new WeakSet<Socket>()
  #bytes = 0
  #isLooking = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Of all connections together. */
  get bytes(): number {
    return this.#bytes
  }

  /** An answer of so many bytes is about to leave: why it may not; `undefined`: it is counted. */
  refuses(socket: Socket, reply: RawReply, bytes: number): AnilloError | undefined {
    if (bytes < SMALL_BYTES_MAX && !(socket.writableLength > 0)) return undefined
    if (!this.#mayAdd(socket, bytes)) {
      return new AnilloError('BUSY', { what: 'answers on a connection that does not take them' })
    }
    this.#add(socket, reply, bytes)
    return undefined
  }

  /** `false` where the connection has to take others first. */
  #mayAdd(socket: Socket, bytes: number): boolean {
    if (bytes < REFUSED_BYTES_MIN) return true
    const before = this.#behind.get(socket)?.bytes ?? 0
    return before === 0 || before + bytes <= UNSENT_BYTES_PER_CONNECTION_MAX
  }

  #add(socket: Socket, reply: RawReply, bytes: number): void {
    if (socket.destroyed) return
    const behind = this.#behind.get(socket) ?? this.#fallBehind(socket)
    behind.bytes += bytes
    this.#bytes += bytes
    reply.once('close', () => this.#taken(socket, bytes))
    while (this.#bytes > UNSENT_BYTES_MAX) this.#closeFirst()
  }

  #fallBehind(socket: Socket): Behind {
    const behind = { bytes: 0, movedAtMs: this.#clock.nowMs() }
    this.#behind.set(socket, behind)
    if (!this.#watched.has(socket)) {
      this.#watched.add(socket)
      socket.once('close', () => this.#forget(socket))
    }
    if (!this.#isLooking) this.#lookLater()
    return behind
  }

  #taken(socket: Socket, bytes: number): void {
    const behind = this.#behind.get(socket)
    if (behind === undefined) return
    behind.bytes -= bytes
    this.#bytes -= bytes
    assert(behind.bytes >= 0 && this.#bytes >= 0, 'no more is taken than was left unsent')
    behind.movedAtMs = this.#clock.nowMs()
    this.#behind.delete(socket)
    if (behind.bytes > 0) this.#behind.set(socket, behind)
  }

  #forget(socket: Socket): void {
    this.#bytes -= this.#behind.get(socket)?.bytes ?? 0
    this.#behind.delete(socket)
  }

  /** Its client, if there is one, asks again; the others keep their answers. */
  #closeFirst(): void {
    const [first] = this.#behind.keys()
    assert(first !== undefined, 'unsent bytes belong to a connection')
    this.#forget(first)
    first.destroy()
  }

  #lookLater(): void {
    this.#isLooking = true
    this.#clock.after(UNSENT_LOOK_MS, () => this.#look())
  }

  #look(): void {
    this.#isLooking = false
    const latestMs = this.#clock.nowMs() - UNSENT_STALL_MS
    for (const [socket, { movedAtMs }] of this.#behind) {
      if (movedAtMs > latestMs) break
      this.#forget(socket)
      socket.destroy()
    }
    if (this.#behind.size > 0) this.#lookLater()
  }
}

export function boundUnsent(server: FastifyInstance, unsent: Unsent): void {
  server.addHook('onSend', ({ raw: { socket } }, reply, payload, done) => {
    const refusal = unsent.refuses(socket, reply.raw, bytesOf(payload))
    if (refusal === undefined) done(null, payload)
    else done(refusal)
  })
}

function bytesOf(payload: unknown): number {
  if (typeof payload === 'string') return payload.length
  return payload instanceof Uint8Array ? payload.length : 0
}
