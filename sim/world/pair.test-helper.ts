/** For tests of the virtual network: two machines and what each end of their connection met. */
import { assert } from '../../src/base/assert.ts'
import { concat } from '../../src/base/bytes.ts'
import type { ByteStream, CloseReason } from '../../src/effects/net.ts'
import { certify } from './credentials.ts'
import type { Machine } from './machine.ts'
import type { World } from './world.ts'

export const DOOR_PORT = 9_300
export const CONNECT_TIMEOUT_MS = 10_000

const SETTLE_MS = 60_000

/** What one end of a connection met. */
export class End {
  readonly stream: ByteStream
  closed: CloseReason | undefined
  drained = 0
  #pieces: Uint8Array[] = []

  constructor(stream: ByteStream) {
    this.stream = stream
    stream.receive({
      bytes: (bytes) => this.#pieces.push(bytes.slice()),
      drained: () => this.drained++,
      closed: (reason) => {
        this.closed = reason
      },
    })
  }

  get bytes(): Uint8Array {
    return concat(this.#pieces)
  }

  get pieces(): number {
    return this.#pieces.length
  }
}

export interface Pair {
  readonly from: Machine
  readonly to: Machine
  /** At `from`. */
  readonly caller: End
  /** At `to`. */
  readonly callee: End
  readonly dial: () => Promise<End>
}

/** Two machines and an open connection between them. */
export async function connectPair(world: World): Promise<Pair> {
  const from = world.machine()
  const to = world.machine()
  const effects = [from.effects(), to.effects()] as const
  const [anna, berta] = await certify(effects[0].crypto, 2)
  assert(anna !== undefined && berta !== undefined, 'two were certified')
  const arrivals: End[] = []
  const listening = effects[1].net.listen({
    endpoint: { host: '0.0.0.0', port: DOOR_PORT },
    credentials: () => berta,
    connected: (connection) => arrivals.push(new End(connection)),
    refused: () => {},
  })
  await world.settle(listening, 'listen', SETTLE_MS)
  const dial = async (): Promise<End> => {
    const endpoint = { host: to.address, port: DOOR_PORT }
    const options = { endpoint, credentials: anna, timeoutMs: CONNECT_TIMEOUT_MS }
    return new End(await effects[0].net.connect(options))
  }
  const caller = await world.settle(dial(), 'connect', SETTLE_MS)
  await world.until(() => arrivals.length === 1, 'the other end learns of it', SETTLE_MS)
  const [callee] = arrivals
  assert(callee !== undefined, 'one has arrived')
  return { from, to, caller, callee, dial }
}
