/**
 * An HTTP server with parts of one file and its hashes, behind a link of so many bytes a second.
 */
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const PATH = '/file'
const TICK_MS = 5
const PIECE_BYTES = 16 * 1_024

interface Sending {
  readonly response: ServerResponse
  readonly body: Uint8Array
  at: number
}

export class ThinSource {
  readonly #bytes: Uint8Array
  readonly #perSecond: number
  readonly #server: Server
  readonly #sending: Sending[] = []
  readonly #timer: NodeJS.Timeout
  #room = 0
  #lastMs = performance.now()
  /** That its link carried. */
  sent = 0

  /** @param layer hashes of the pieces that the file ought to have */
  constructor(
    { bytes, layer }: { readonly bytes: Uint8Array; readonly layer: Uint8Array },
    perSecond: number,
  ) {
    this.#bytes = bytes
    this.#perSecond = perSecond
    this.#server = createServer((request, response) => {
      if (request.url === `${PATH}/tree`) {
        response.writeHead(200, { 'content-length': layer.length }).end(layer)
        return
      }
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      if (from === undefined || to === undefined) {
        response.writeHead(404).end()
        return
      }
      const body = this.#bytes.subarray(Number(from), Number(to) + 1)
      const range = `bytes ${from}-${Number(from) + body.length - 1}/${this.#bytes.length}`
      response.writeHead(206, { 'content-range': range, 'content-length': body.length })
      this.#sending.push({ response, body, at: 0 })
    })
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** @returns its address */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${PATH}`
  }

  /** It breaks off, and refuses from then on. */
  kill(): void {
    clearInterval(this.#timer)
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** What the link carries in this while, shared by all that are under way. */
  #tick(): void {
    const nowMs = performance.now()
    const burst = this.#perSecond / 10
    this.#room += (this.#perSecond * (nowMs - this.#lastMs)) / 1_000
    this.#lastMs = nowMs
    if (this.#sending.length === 0) this.#room = Math.min(this.#room, burst)
    while (this.#room > 0) {
      const sending = this.#sending.shift()
      if (sending === undefined) return
      if (sending.response.destroyed) continue
      const some = sending.body.subarray(sending.at, sending.at + PIECE_BYTES)
      sending.at += some.length
      this.#room -= some.length
      this.sent += some.length
      sending.response.write(some)
      if (sending.at < sending.body.length) this.#sending.push(sending)
      else sending.response.end()
    }
  }
}
