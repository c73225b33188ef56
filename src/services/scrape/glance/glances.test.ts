/** What hostile sites get: each answer harmless, within bounds. */
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { MIB } from '../../../base/limits.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { platformClock } from '../../../platform/clock.ts'
import { platformDns } from '../../../platform/dns.ts'
import { createPlatformHttp } from '../../../platform/http.ts'
import { platformUnpack } from '../../../platform/unpack.ts'
import { WorkerExtractor } from '../extract/extractor.ts'
import { extractTasks } from '../extract/tasks.ts'
import { createAddressGate } from '../fetch/address-gate.ts'
import { Slots } from '../pages/slots.ts'
import { GLANCE_BYTES, GLANCE_PICTURE_BYTES_MAX, GLANCE_TIMEOUT_MS, Glances } from './glances.ts'

const NEVER = new AbortController().signal

interface World {
  readonly allowLoopback?: boolean
  readonly clock?: ManualClock
  readonly slots?: Slots
}

async function site(answer: RequestListener, world: World = {}) {
  const { allowLoopback = true, clock = platformClock() } = world
  const { slots = new Slots({ slotsMax: 2, waitingMax: 2 }) } = world
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const glances = new Glances({
    fetching: {
      clock,
      http: createPlatformHttp(),
      unpack: platformUnpack,
      gate: createAddressGate(platformDns, { allowLoopback, ownPorts: () => [] }),
      agent: 'anillo/test',
    },
    slots,
    extractor: new WorkerExtractor({
      run: async (task, input) => present(extractTasks[task], task)(input),
    }),
  })
  return {
    asked,
    slots,
    at: (path: string) => glances.at(`http://127.0.0.1:${port}${path}`, NEVER),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function html(head: string): RequestListener {
  return (_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><html><head>${head}</head><body>text</body></html>`)
  }
}

async function fails(work: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(work, (thrown) => isAnilloError(thrown) && thrown.code === code)
}

test('a page says its title, what it is about, whose it is, and its picture', async () => {
  const page = html(`
    <title>Plain</title><meta name="description" content="plain words">
    <meta property="og:title" content="Waves &amp; wind"><meta property="og:site_name" content="Sea">
    <meta property="og:image" content="/sea.png"><meta property="og:image" content="/other.png">`)
  await using at = await site((request, response) => {
    if (request.url !== '/sea.png') return page(request, response)
    response.setHeader('content-type', 'image/png')
    response.end('a picture')
  })
  const { picture, ...texts } = present(await at.at('/page'), 'a glance')
  assert.deepEqual(texts, { title: 'Waves & wind', description: 'plain words', site: 'Sea' })
  assert.equal(Buffer.from(picture ?? []).toString(), 'a picture')
  assert.deepEqual(at.asked, ['/page', '/sea.png'])
  assert.equal(at.slots.taken, 0)
})

test('a page without OpenGraph has its own title; one without any says nothing', async () => {
  await using plain = await site(html('<title>Plain</title>'))
  assert.deepEqual(await plain.at('/'), { title: 'Plain' })
  await using bare = await site(html(''))
  assert.deepEqual(await bare.at('/'), {})
})

test('of an endless page the beginning is read', async () => {
  let sent = 0
  await using at = await site((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.write('<title>Endless</title>')
    const more = (): void => {
      const piece = 'x'.repeat(64 * 1024)
      while (!response.destroyed && response.write(piece)) sent += piece.length
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })
  assert.deepEqual(await at.at('/'), { title: 'Endless' })
  assert.ok(sent < GLANCE_BYTES + 16 * MIB, `${sent} bytes`)
})

test('a site that hangs is given up, and gives its slot back', async () => {
  const clock = new ManualClock()
  const { promise: isAsked, resolve } = Promise.withResolvers<void>()
  await using at = await site(
    (_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.write('<title>Slow')
      resolve()
    },
    { clock },
  )
  const glance = at.at('/')
  await isAsked
  clock.advance(GLANCE_TIMEOUT_MS)
  await fails(glance, 'FETCH_TIMEOUT')
  assert.equal(at.slots.taken, 0)
})

test('what is no page, or not there, has no preview', async () => {
  for (const type of ['application/pdf', 'image/png', 'text/plain', 'application/json']) {
    await using at = await site((_request, response) => {
      response.setHeader('content-type', type)
      response.end('<title>No page</title>')
    })
    assert.equal(await at.at('/'), undefined, type)
  }
  for (const status of [404, 403, 500, 204]) {
    await using at = await site((_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html' })
      response.end('<title>Error</title>')
    })
    assert.equal(await at.at('/'), undefined, String(status))
  }
})

test('no address within is asked: not the page, not where it leads, not its picture', async () => {
  await using closed = await site(html('<title>Inside</title>'), { allowLoopback: false })
  await fails(closed.at('/'), 'ADDRESS_FORBIDDEN')
  assert.deepEqual(closed.asked, [])
  const inside = ['http://10.0.0.1/', 'http://169.254.169.254/latest/', 'http://[::ffff:10.0.0.1]/']
  for (const to of inside) {
    await using at = await site((_request, response) => {
      response.writeHead(302, { location: to })
      response.end()
    })
    await fails(at.at('/'), 'ADDRESS_FORBIDDEN')
  }
  for (const to of [...inside, 'file:///etc/passwd', 'javascript:alert(1)', 'data:image/png,x']) {
    const head = `<title>Fine</title><meta property="og:image" content="${to}">`
    await using at = await site(html(head))
    assert.deepEqual(await at.at('/'), { title: 'Fine' }, to)
    assert.deepEqual(at.asked, ['/'])
  }
})

test('a picture that is too large, or not there, is left out', async () => {
  const page = html('<title>Fine</title><meta property="og:image" content="/p">')
  const pictures: Record<string, RequestListener> = {
    large: (_request, response) => {
      response.setHeader('content-type', 'image/png')
      response.end(Buffer.alloc(GLANCE_PICTURE_BYTES_MAX + 1))
    },
    gone: (_request, response) => void response.writeHead(404).end('gone'),
    broken: (_request, response) => response.destroy(),
  }
  for (const [name, picture] of Object.entries(pictures)) {
    await using at = await site((request, response) =>
      (request.url === '/p' ? picture : page)(request, response),
    )
    assert.deepEqual(await at.at('/'), { title: 'Fine' }, name)
  }
})

test('scripts, marks and names of prototypes are text, or nothing', async () => {
  const head = `
    <title><script>alert(1)</script></title>
    <meta property="__proto__" content="evil"><meta property="constructor" content="evil">
    <meta property="og:__proto__" content="evil"><meta property="og:description" content="__proto__">
    <meta property="og:image" content="constructor">`
  await using at = await site(html(head))
  const glance = present(await at.at('/'), 'a glance')
  assert.equal(glance.title, '<script>alert(1)</script>')
  assert.equal(glance.description, '__proto__')
  assert.equal(({} as Record<string, unknown>)['evil'], undefined)
  assert.equal(Object.getPrototypeOf(glance), Object.prototype)
})

test('endless redirects end, and a member with its hands full asks nobody', async () => {
  await using at = await site((_request, response) => {
    response.writeHead(302, { location: '/again' })
    response.end()
  })
  await fails(at.at('/'), 'FETCH_REDIRECTS')
  const slots = new Slots({ slotsMax: 1, waitingMax: 5 })
  await slots.take()
  await using busy = await site(html('<title>Busy</title>'), { slots })
  await fails(busy.at('/'), 'BUSY')
  assert.deepEqual(busy.asked, [])
})
