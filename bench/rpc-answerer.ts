/** The answering process of the RPC bench: a member's door and an HTTP/2 server. */
import { once } from 'node:events'
import { createSecureServer, type ServerHttp2Stream } from 'node:http2'

import type { MemberId, RingId } from '../src/base/ids.ts'
import type { MemberCredentials } from '../src/effects/net.ts'
import { platformClock } from '../src/platform/clock.ts'
import { makeNet } from '../src/platform/net.ts'
import { platformRandom } from '../src/platform/random.ts'
import { RpcNode } from '../src/rpc/node.ts'
import { CPU, ECHO, PIECE_BYTES, PIECES } from './rpc-methods.ts'
import { silentLog } from './silent-log.ts'

export interface AnswererStart {
  readonly ringId: RingId
  readonly memberId: MemberId
  readonly credentials: MemberCredentials
}

/** Told to the asking process once both doors are open. */
export interface AnswererDoors {
  readonly rpcAddress: string
  readonly http2Port: number
}

const HOST = '127.0.0.1'
const piece = new Uint8Array(PIECE_BYTES).fill(7)

async function openRpc(start: AnswererStart): Promise<string> {
  const node = await RpcNode.start({
    effects: { clock: platformClock(), net: makeNet(), random: platformRandom(), log: silentLog },
    ringId: start.ringId,
    memberId: start.memberId,
    endpoint: { host: HOST, port: 0 },
    credentials: () => start.credentials,
  })
  node.handle(ECHO, (question) => question)
  node.handle(CPU, () => {
    const { user, system } = process.cpuUsage()
    return user + system
  })
  node.handleStream(PIECES, async function* give(count) {
    for (let i = 0; i < count; i++) yield piece
  })
  return node.address
}

async function openHttp2({ credentials }: AnswererStart): Promise<number> {
  const server = createSecureServer({
    key: credentials.privateKeyPem,
    cert: credentials.certificatePem,
    ca: credentials.authorityPem,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
    // As wide as the windows of the member's door.
    settings: { initialWindowSize: 4 << 20, maxConcurrentStreams: 1024 },
  })
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.respond({ ':status': 200 })
    const count = Number(headers['x-pieces'] ?? 0)
    if (count === 0) {
      stream.pipe(stream)
      return
    }
    stream.resume()
    let left = count
    const give = (): void => {
      while (left > 0) {
        left--
        if (!stream.write(piece)) return
      }
      stream.end()
    }
    stream.on('drain', give)
    give()
  })
  server.listen(0, HOST)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

process.once('message', (start: AnswererStart) => {
  void Promise.all([openRpc(start), openHttp2(start)]).then(([rpcAddress, http2Port]) => {
    const doors: AnswererDoors = { rpcAddress, http2Port }
    process.send?.(doors)
  })
})
process.once('disconnect', () => process.exit())
