/** A door with records and locks over the model in memory, listening on loopback. */
import type { FastifyInstance } from 'fastify'

import { present } from '../../base/assert.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

export interface RecordsDoor extends AsyncDisposable {
  readonly url: string
  readonly store: MemoryStore
  readonly server: FastifyInstance
}

export async function recordsDoor(store = new MemoryStore()): Promise<RecordsDoor> {
  let count = 0
  const random = {
    u32: () => 1,
    fraction: () => 0,
    below: () => 0,
    bytes: (length: number) => new Uint8Array(length).fill(++count),
  }
  const records = { store, random, isReserved: (table: string) => table === 'ring' }
  const server = await createGateway({ ...fakeDoor(), records })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    url: present(url, 'address'),
    store,
    server,
    [Symbol.asyncDispose]: async () => server.close(),
  }
}
