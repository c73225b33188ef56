import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import fastify from 'fastify'

import { isAnilloError } from '../../../base/errors.ts'
import { platformClock } from '../../../platform/clock.ts'
import { EVENT_STREAMS_OF_ONE_MAX } from '../limits.ts'
import { addDownloads, type DownloadsDoor } from './downloads.ts'

const SILENT = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT }

/** Each download has no end; the nick stands in a header. */
async function atDoor(run: (open: (nick: string) => Promise<Response>) => Promise<void>) {
  const server = fastify()
  server.decorateRequest('asker', undefined)
  server.addHook('onRequest', async (request) => {
    const nick = String(request.headers['x-nick'])
    Object.assign(request, { asker: { nick, permissions: new Set(), groups: [] } })
  })
  server.setErrorHandler((error, _request, reply) =>
    reply.code(isAnilloError(error, 'BUSY') ? 503 : 500).send(),
  )
  const downloads = {
    get: async () => ({}),
    async *watch(_who: unknown, id: string, signal: AbortSignal) {
      yield { id }
      await once(signal, 'abort')
    },
  }
  const door = { clock: platformClock(), log: SILENT, share: { downloads }, gate: {} }
  addDownloads(server, door as unknown as DownloadsDoor)
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/v1/shares/downloads/${'a'.repeat(32)}/events`
  const all: Response[] = []
  try {
    await run(async (nick) => {
      const answer = await fetch(url, { headers: { 'x-nick': nick } })
      all.push(answer)
      return answer
    })
  } finally {
    await Promise.all(all.map(async ({ body }) => body?.cancel().catch(() => undefined)))
    await server.close()
  }
}

test('one account has some of the streams of downloads, and others have theirs', () =>
  atDoor(async (open) => {
    const own: Response[] = []
    for (let at = 0; at < EVENT_STREAMS_OF_ONE_MAX; at++) own.push(await open('eva'))
    assert(own.every(({ status }) => status === 200))
    assert.equal((await open('eva')).status, 503)
    assert.equal((await open('ana')).status, 200)
    await own[0]?.body?.cancel()
    while ((await open('eva')).status !== 200);
  }))
