/**
 * gRPC over HTTP/2 (RFC 9113) as far as two calls of etcd need it, with frames made by hand: Put
 * and Range of etcdserverpb.KV. Headers are sent as literals that no table remembers (RFC 7541,
 * 6.2.2); those that come are not read: an answer has a message, a refusal has none.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

import { hostAndPort, type Connect, type KvConnection } from './connection.ts'
import { VALUE_BYTES, type Operation } from './job.ts'

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, window: 8 } as const
const FLAG = { ack: 1, endStream: 1, endHeaders: 4 } as const
const FRAME_HEAD_BYTES = 9
const MESSAGE_HEAD_BYTES = 5

/** The largest there is: this side never makes etcd wait. */
const WINDOW_BYTES = 2 ** 31 - 1
const WINDOW_BYTES_AT_FIRST = 65_535
const SETTING_WINDOW = 4

const VALUE = Buffer.alloc(VALUE_BYTES, 'x')
const METHODS: Readonly<Record<Operation, string>> = { put: 'Put', get: 'Range' }

interface Call {
  readonly done: (isDone: boolean) => void
  /** The shortest answer that means success: that of a get has the value in it. */
  readonly bytesMin: number
  isDone: boolean
}

export const connectEtcd: Connect = async ({ door }, lost) => {
  const socket = connect(hostAndPort(door))
  await once(socket, 'connect')
  socket.setNoDelay(true)
  return new EtcdConnection(socket, door, lost)
}

class EtcdConnection implements KvConnection {
  readonly #socket: Socket
  readonly #headers: Readonly<Record<Operation, Buffer>>
  readonly #calls = new Map<number, Call>()
  #nextStream = 1
  #received: Buffer = Buffer.alloc(0)
  #waiting: Buffer[] = []

  constructor(socket: Socket, door: string, lost: () => void) {
    this.#socket = socket
    this.#headers = { put: headerBlock('put', door), get: headerBlock('get', door) }
    socket.on('data', (piece: Buffer) => this.#take(piece))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      lost()
      for (const { done } of this.#calls.values()) done(false)
      this.#calls.clear()
    })
    socket.write(Buffer.concat([PREFACE, settingsFrame(), windowFrame()]))
  }

  request(operation: Operation, key: string, done: (isDone: boolean) => void): void {
    const stream = this.#nextStream
    this.#nextStream += 2
    const bytesMin = MESSAGE_HEAD_BYTES + (operation === 'get' ? VALUE_BYTES : 0)
    this.#calls.set(stream, { done, bytesMin, isDone: false })
    const message = operation === 'put' ? putRequest(key) : rangeRequest(key)
    const headers = this.#headers[operation]
    this.#send(frame({ type: FRAME.headers, flags: FLAG.endHeaders, stream }, headers))
    this.#send(frame({ type: FRAME.data, flags: FLAG.endStream, stream }, message))
  }

  close(): void {
    this.#socket.destroy()
  }

  /** All of one turn in one write. */
  #send(bytes: Buffer): void {
    this.#waiting.push(bytes)
    if (this.#waiting.length > 1) return
    queueMicrotask(() => {
      const waiting = this.#waiting
      this.#waiting = []
      this.#socket.write(Buffer.concat(waiting))
    })
  }

  #take(piece: Buffer): void {
    const bytes = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece])
    let at = 0
    while (at + FRAME_HEAD_BYTES <= bytes.length) {
      const end = at + FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3)
      if (end > bytes.length) break
      this.#frame(bytes.subarray(at, end))
      at = end
    }
    this.#received = bytes.subarray(at)
  }

  #frame(bytes: Buffer): void {
    const type = bytes[3]
    const flags = bytes[4] ?? 0
    const stream = bytes.readUInt32BE(5)
    const body = bytes.subarray(FRAME_HEAD_BYTES)
    const isAck = (flags & FLAG.ack) !== 0
    if (type === FRAME.settings && !isAck) {
      this.#send(frame({ type: FRAME.settings, flags: FLAG.ack, stream: 0 }, Buffer.alloc(0)))
    } else if (type === FRAME.ping && !isAck) {
      this.#send(frame({ type: FRAME.ping, flags: FLAG.ack, stream: 0 }, body))
    } else if (type === FRAME.goAway) this.#socket.destroy()
    else if (type === FRAME.reset) this.#ended(stream)
    else if (type === FRAME.data || type === FRAME.headers) {
      const call = this.#calls.get(stream)
      if (call === undefined) return
      if (type === FRAME.data && body.length >= call.bytesMin) call.isDone = true
      if ((flags & FLAG.endStream) !== 0) this.#ended(stream)
    }
  }

  #ended(stream: number): void {
    const call = this.#calls.get(stream)
    this.#calls.delete(stream)
    call?.done(call.isDone)
  }
}

interface FrameHead {
  readonly type: number
  readonly flags: number
  readonly stream: number
}

function frame({ type, flags, stream }: FrameHead, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + body.length)
  bytes.writeUIntBE(body.length, 0, 3)
  bytes[3] = type
  bytes[4] = flags
  bytes.writeUInt32BE(stream, 5)
  body.copy(bytes, FRAME_HEAD_BYTES)
  return bytes
}

function settingsFrame(): Buffer {
  const body = Buffer.alloc(6)
  body.writeUInt16BE(SETTING_WINDOW, 0)
  body.writeUInt32BE(WINDOW_BYTES, 2)
  return frame({ type: FRAME.settings, flags: 0, stream: 0 }, body)
}

function windowFrame(): Buffer {
  const body = Buffer.alloc(4)
  body.writeUInt32BE(WINDOW_BYTES - WINDOW_BYTES_AT_FIRST)
  return frame({ type: FRAME.window, flags: 0, stream: 0 }, body)
}

function headerBlock(operation: Operation, door: string): Buffer {
  const headers = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', `/etcdserverpb.KV/${METHODS[operation]}`],
    [':authority', door],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ]
  return Buffer.concat(headers.flat().flatMap((text, at) => literal(text, at % 2 === 0)))
}

/** Before a name stands the mark of a literal that is not kept. */
function literal(text: string, isName: boolean): readonly Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  const head = isName ? [0, bytes.length] : [bytes.length]
  return [Buffer.from(head), bytes]
}

/**
 * `PutRequest { key: 1, value: 2 }`, `RangeRequest { key: 1 }` (etcd's rpc.proto), as messages of
 * gRPC.
 */
function putRequest(key: string): Buffer {
  return grpcMessage([...field(1, Buffer.from(key)), ...field(2, VALUE)])
}

function rangeRequest(key: string): Buffer {
  return grpcMessage(field(1, Buffer.from(key)))
}

const LENGTH_DELIMITED = 2
const SEVEN_BITS = 128

function field(number: number, bytes: Buffer): readonly Buffer[] {
  const { length } = bytes
  const head = [(number << 3) | LENGTH_DELIMITED, length % SEVEN_BITS]
  if (length >= SEVEN_BITS) head.splice(1, 1, (length % SEVEN_BITS) | SEVEN_BITS, length >> 7)
  return [Buffer.from(head), bytes]
}

function grpcMessage(fields: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(MESSAGE_HEAD_BYTES)
  const message = Buffer.concat([head, ...fields])
  message.writeUInt32BE(message.length - MESSAGE_HEAD_BYTES, 1)
  return message
}
