import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { fakeDoor } from '../../gateways/rest/fakes.test-helper.ts'
import { createGateway } from '../../gateways/rest/gateway.ts'
import type { Webhook } from '../../wire/api-webhooks.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

const MADE = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
const GIVEN = `whsec_${Buffer.alloc(24, 2).toString('base64')}`

/** A door whose ring tells the secret of each webhook that is made, as rings do. */
async function crawling(args: readonly string[]) {
  const dir = await mkdtemp(join(tmpdir(), 'anillo-crawl-'))
  const door = fakeDoor()
  const { crawls, schedules } = door
  assert.ok(crawls !== undefined && schedules !== undefined)
  const told = (webhook?: { url: string; secret?: string | undefined }): { webhook?: Webhook } =>
    webhook === undefined
      ? {}
      : {
          webhook: {
            url: webhook.url,
            secret: webhook.secret ?? MADE,
            events: ['crawl.ended'],
            state: 'ok',
            waiting: 0,
            delivered: 0,
            givenUp: 0,
            leftOut: 0,
          },
        }
  await using server = await createGateway({
    ...door,
    crawls: {
      ...crawls,
      start: async ({ webhook, ...request }, who) => ({
        ...(await crawls.start(request, who)),
        ...told(webhook),
      }),
    },
    schedules: {
      ...schedules,
      make: async ({ webhook, ...request }, time, who) => ({
        ...(await schedules.make(request, time, who)),
        ...told(webhook),
      }),
    },
  })
  try {
    await server.listen({ port: 0, host: '127.0.0.1' })
    const { port } = server.server.address() as AddressInfo
    await writeFile(join(dir, 'secret'), `${GIVEN}\n`)
    const io = keptIo()
    const words = args.map((word) => word.replace('DIR', dir))
    const at = ['--at', `http://127.0.0.1:${String(port)}`, '--data', dir]
    const hook = ['--webhook', 'https://my.example/hook']
    const code = await runProgram(['crawl', 'https://example.org', ...hook, ...words, ...at], io)
    return { code, out: io.outText(), err: io.errText() }
  } finally {
    server.server.closeAllConnections()
    await rm(dir, { recursive: true, force: true })
  }
}

test('a secret that the ring made is told on a line of its own', async () => {
  const { code, err } = await crawling(['--detach'])
  assert.equal(code, 0, err)
  assert.match(err, /keep it, it is not told again:\n/)
  assert.ok(err.split('\n').includes(MADE), err)
})

test('a secret that came from a file is not told, by crawl or schedule, in words or JSON', async () => {
  const file = ['--webhook-secret-file', 'DIR/secret']
  for (const more of [['--detach'], ['--detach', '--json'], ['--schedule', '@daily']]) {
    const without = await crawling(more)
    assert.equal(without.code, 0, without.err)
    assert.ok(`${without.out}${without.err}`.includes(MADE), more.join(' '))
    const { code, err, out } = await crawling([...more, ...file])
    assert.equal(code, 0, err)
    assert.doesNotMatch(`${out}${err}`, /whsec_/, more.join(' '))
  }
})

test('a file of the secret that is not there is told by its name', async () => {
  const { code, err } = await crawling(['--webhook-secret-file', 'DIR/none'])
  assert.equal(code, 2)
  assert.match(err, /^anillo: There is no file .*none\. /)
})
