/** An open door on a port of this machine, before a ring in memory that shares one file. */
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { AddressInfo, Server } from 'node:net'

import { MIB } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import { ClientListener } from '../../platform/client-listener.ts'
import { platformClock } from '../../platform/clock.ts'
import {
  ANA,
  MemoryOutside,
  MemoryRing,
  MemoryWeb,
} from '../../services/share/share-world.test-helper.ts'
import { ShareDoor } from './share-door.ts'

/** Of the file. */
export const BYTES = Uint8Array.from(
  { length: 2 * MIB + 100 },
  (_, at) => (at * 31 + (at >> 8)) & 0xff,
)
const SILENT = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT }

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export interface Door {
  readonly port: number
  readonly root: string
  /** Of the ring behind it. */
  readonly shares: MemoryRing['service']['shares']
  readonly server: Server
  readonly outside: MemoryOutside
  readonly web: MemoryWeb
  /** Of the account that shared it. */
  readonly standings: MemoryRing['standings']
  ask(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Answer>
}

export async function atDoor(
  run: (door: Door) => Promise<void>,
  more: {
    readonly bytesPerSecond?: number
    readonly transfersMax?: number
    readonly clock?: Clock
  } = {},
): Promise<void> {
  const net = { outside: new MemoryOutside(), web: new MemoryWeb() }
  const ring = new MemoryRing(net, 'http://own:9400', { clock: more.clock })
  const door = new ShareDoor({
    clock: platformClock(),
    log: SILENT,
    listener: new ClientListener({ log: SILENT }),
    service: ring.service,
    bytesPerSecond: more.bytesPerSecond,
    transfersMax: more.transfersMax ?? 64,
  })
  const server = door.server()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await ring.file('/ana/año 年.txt', BYTES)
  await ring.file('/ana/secret.txt', BYTES.slice(0, 50_000))
  const { share } = await ring.service.shares.share(ANA, { path: '/ana/año 年.txt' })
  const ask: Door['ask'] = async (path, headers = {}, method = 'GET') => {
    const asking = request({ host: '127.0.0.1', port, path, headers, method })
    asking.end()
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    const parts: Buffer[] = []
    for await (const part of response) parts.push(part as Buffer)
    const { headers: told, statusCode: status = 0 } = response
    return { status, headers: told, body: Buffer.concat(parts) }
  }
  try {
    const { service, standings } = ring
    await run({ port, root: share.root, server, shares: service.shares, standings, ...net, ask })
  } finally {
    server.close()
    server.closeAllConnections()
    await ring.service[Symbol.asyncDispose]()
  }
}
