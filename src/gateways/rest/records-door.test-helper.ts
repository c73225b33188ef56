/** A door with records and locks over the model in memory, listening on loopback. */
import type { FastifyInstance } from 'fastify'

import { present } from '../../base/assert.ts'
import type { Clock } from '../../effects/clock.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { ClientListener } from '../../platform/client-listener.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import type { Listener } from './door.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'
import { Unsent } from './unsent.ts'

export interface RecordsDoor extends AsyncDisposable {
  readonly url: string
  readonly store: MemoryStore
  readonly server: FastifyInstance
  /** Of answers made and not taken. */
  unsentBytes(): number
}

interface RecordsDoorOptions {
  readonly store?: MemoryStore
  readonly clock?: Clock
  readonly listener?: Listener
}

export async function recordsDoor(options: RecordsDoorOptions = {}): Promise<RecordsDoor> {
  const { store = new MemoryStore(), clock = new ManualClock() } = options
  const { listener = new ClientListener({ log: { warn: () => undefined } }) } = options
  const unsent = new Unsent(clock)
  let count = 0
  const random = {
    u32: () => 1,
    fraction: () => 0,
    below: () => 0,
    bytes: (length: number) => new Uint8Array(length).fill(++count),
  }
  const records = { store, random, isReserved: (table: string) => table === 'ring' }
  const server = await createGateway({
    ...fakeDoor(),
    clock,
    records,
    unsent,
    listener,
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    url: present(url, 'address'),
    store,
    server,
    unsentBytes: () => unsent.bytes,
    [Symbol.asyncDispose]: async () => server.close(),
  }
}
