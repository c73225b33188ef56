/** For tests of the virtual world: certified machines, and what one end of a connection met. */
import { concat } from '../../src/base/bytes.ts'
import { parseMemberId, parseRingId } from '../../src/base/ids.ts'
import { DAY_MS } from '../../src/base/limits.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { ByteStream, CloseReason, MemberCredentials } from '../../src/effects/net.ts'
import type { Machine } from './machine.ts'
import type { World } from './world.ts'

export const DOOR_PORT = 9_300
export const CONNECT_TIMEOUT_MS = 10_000

const RING = parseRingId('7'.repeat(32))
const SETTLE_MS = 60_000

/** Credentials of one ring, one for each machine. */
export async function certify(
  world: World,
  effects: readonly Effects[],
): Promise<MemberCredentials[]> {
  const { crypto } = effects[0] ?? world.machine().effects()
  const authority = await crypto.makeAuthority(RING, 0)
  const credentials: MemberCredentials[] = []
  for (const [index] of effects.entries()) {
    const memberId = parseMemberId((index + 1).toString(16).padStart(32, '0'))
    const { privateKeyPem, requestPem } = await crypto.makeRequest(memberId)
    const dates = { validFromMs: 0, validForMs: DAY_MS }
    const ids = { ringId: RING, memberId }
    const certificatePem = await crypto.issue({ authority, requestPem, ...ids, ...dates })
    credentials.push({ authorityPem: authority.certificatePem, certificatePem, privateKeyPem })
  }
  return credentials
}

/** What one end of a connection met. */
export class End {
  readonly stream: ByteStream
  closed: CloseReason | undefined
  #pieces: Uint8Array[] = []

  constructor(stream: ByteStream) {
    this.stream = stream
    stream.receive({
      bytes: (bytes) => this.#pieces.push(bytes.slice()),
      drained: () => {},
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
  const [anna, berta] = await certify(world, effects)
  if (anna === undefined || berta === undefined) throw new Error('two were certified')
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
  if (callee === undefined) throw new Error('one has arrived')
  return { from, to, caller, callee, dial }
}
