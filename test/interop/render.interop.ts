/**
 * Pages drawn by a real browser: what it promises, that a hostile page gets out to nobody, that
 * what does not end is ended, and a whole ring that renders. Needs chromium.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { present } from '../../src/base/assert.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import type { BrowserRequest, Rendered, RenderOrder } from '../../src/effects/browser.ts'
import { platformBrowser } from '../../src/platform/browser/browser.ts'
import type { Scrape } from '../../src/wire/api.ts'
import { browserSuite, html, LIMITS } from '../compliance/browser.ts'
import { RealRing } from '../process/ring.ts'

const NEVER = new AbortController().signal
const PAGE = 'https://site.test/'
const browser = platformBrowser({ setting: process.env['ANILLO_CHROMIUM'] ?? '' })
test.after(() => browser.close())

browserSuite({
  world: 'chromium',
  make: async () => ({ effects: { browser }, run: (body) => body(), close: async () => {} }),
})

function render(page: string, order: Partial<RenderOrder> = {}): Promise<Rendered> {
  return browser.render({
    url: PAGE,
    agent: 'anillo/0',
    limits: LIMITS,
    signal: NEVER,
    answer: async ({ asker }) => (asker === 'page' ? html(page) : undefined),
    ...order,
  })
}

/** Hears whoever gets out: by TCP on both families, by UDP. */
async function listeners() {
  const heard: string[] = []
  const open = async (host: string, port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      heard.push(request.url ?? '')
      response.end()
    })
    server.on('connection', () => heard.push(`connection to ${host}`))
    server.listen(port, host)
    await once(server, 'listening')
    return server
  }
  const four = await open('127.0.0.1', 0)
  const { port } = four.address() as AddressInfo
  const six = await open('::1', port)
  const datagrams = createSocket('udp4', () => heard.push('datagram'))
  datagrams.bind(port, '127.0.0.1')
  await once(datagrams, 'listening')
  return {
    heard,
    port,
    close: () => {
      four.close()
      six.close()
      datagrams.close()
    },
  }
}

/** Every way out that a page has, and that it tries. */
function hostilePage(port: number): string {
  const to = `http://127.0.0.1:${port}`
  return `<!doctype html><title>hostile</title>
<link rel=preconnect href=${to}><link rel=dns-prefetch href=//localhost:${port}>
<link rel=prefetch href=${to}/prefetch><link rel=preload as=image href=${to}/preload>
<link rel=modulepreload href=${to}/module><link rel=stylesheet href=${to}/css>
<style>@import "${to}/import"; body { background: url(${to}/background) }</style>
<img src="http://[::1]:${port}/six"><iframe src=${to}/frame></iframe>
<iframe srcdoc="<img src=${to}/srcdoc><script>new WebSocket('ws://127.0.0.1:${port}/fws')</script>">
</iframe><iframe src="https://other.test/frame"></iframe><object data=${to}/object></object>
<video src=${to}/video></video><script>
const attempt = (one) => { try { one()?.catch?.(() => 0) } catch {} }
const worker = \`fetch('${to}/worker').catch(() => 0); new WebSocket('ws://127.0.0.1:${port}/w')\`
for (const one of [
  () => fetch('${to}/fetch'),
  () => fetch('https://site.test/redirect'),
  () => fetch('https://rebound.test/'),
  () => navigator.sendBeacon('${to}/beacon', 'x'),
  () => new WebSocket('ws://127.0.0.1:${port}/socket'),
  () => new EventSource('${to}/events'),
  () => new WebTransport('https://127.0.0.1:${port}/transport'),
  () => {
    const peer = new RTCPeerConnection({ iceServers: [
      { urls: 'stun:127.0.0.1:${port}' },
      { urls: 'turn:127.0.0.1:${port}?transport=tcp', username: 'a', credential: 'b' },
    ] })
    peer.createDataChannel('x')
    return peer.createOffer().then((offer) => peer.setLocalDescription(offer))
  },
  () => new Worker(URL.createObjectURL(new Blob([worker]))),
  () => new Worker('/worker.js'),
  () => new SharedWorker('/shared.js'),
  () => navigator.serviceWorker.register('/service.js'),
  () => window.open('${to}/open'),
  () => alert('stay'),
  async () => document.body.append(await (await fetch('file:///etc/passwd')).text()),
  () => {
    const rules = document.createElement('script')
    rules.type = 'speculationrules'
    rules.textContent = JSON.stringify({ prefetch: [{ urls: ['${to}/speculation'] }] })
    document.head.append(rules)
  },
]) attempt(one)
addEventListener('load', () => {
  const link = document.createElement('a')
  link.href = '${to}/download'
  link.download = 'x'
  link.click()
  const form = document.createElement('form')
  form.method = 'post'
  form.action = '${to}/form'
  document.documentElement.append(form)
  form.submit()
  setTimeout(() => { document.body.append('still here'); location = '${to}/away' }, 100)
})
</script><body>`
}

test('a hostile page reaches nobody, whatever it tries', async () => {
  const outside = await listeners()
  const asked: BrowserRequest[] = []
  try {
    const to = `http://127.0.0.1:${outside.port}`
    const script = `fetch('${to}/scripted').catch(() => 0)`
    const rendered = await render('', {
      answer: async (request) => {
        asked.push(request)
        const { asker, url } = request
        if (url === PAGE && asker === 'page') return html(hostilePage(outside.port))
        if (url.endsWith('/worker.js')) {
          return { ...html(script), headers: [['Content-Type', 'text/javascript']] }
        }
        if (url === 'https://other.test/frame') return html(`<img src=${to}/inner>`)
        if (url.endsWith('/redirect')) {
          return { ...html(''), status: 302, headers: [['Location', `${to}/redirected`]] }
        }
        return undefined
      },
    })
    // What was begun late has its time.
    await pause(1_000)
    assert.deepEqual(outside.heard, [])
    const text = new TextDecoder().decode(rendered.html)
    assert.match(text, /still here/, 'it ran, and stayed')
    assert.doesNotMatch(text, /root:/)
    assert.ok(rendered.denied >= 2)
    const paths = asked.map(({ method, url }) => `${method} ${url.replace(to, '')}`)
    for (const one of [
      'GET /css',
      'GET /fetch',
      'POST /beacon',
      'GET /worker',
      'GET /scripted',
      'GET /inner',
      'GET /srcdoc',
      'GET /redirected',
      'GET /away',
      'POST /form',
      'GET https://rebound.test/',
    ]) {
      assert.ok(paths.includes(one), `${one} was put to us: ${paths.join(', ')}`)
    }
  } finally {
    outside.close()
  }
})

test('scripts that go on for ever are stopped, and what they made is shown', async () => {
  const limits = { ...LIMITS, settleMs: 2_000 }
  const page = '<title>loop</title><p>before<script>while (true) {}</script>'
  const rendered = await render(page, { limits })
  assert.equal(rendered.isSettled, false)
  assert.match(new TextDecoder().decode(rendered.html), /before/)
})

test('dialogs without end that begin once all is there do not keep its document back', async () => {
  const loop = `addEventListener('scroll', () => { for (;;) alert(1) })`
  const rendered = await render(
    `<p>shown<div style="height: 9000px"></div><script>${loop}</script>`,
  )
  assert.equal(rendered.isSettled, false)
  assert.match(new TextDecoder().decode(rendered.html), /shown/)
})

const GREEDY = {
  'typed arrays': 'const all = []; for (;;) all.push(new Uint8Array(16 << 20).fill(1))',
  objects: 'const all = []; for (;;) all.push(new Array(10_000).fill(Math.random()))',
}
for (const [what, script] of Object.entries(GREEDY)) {
  test(`a page that takes all memory by ${what} is ended, and the next one is drawn`, async () => {
    const limits = { ...LIMITS, processBytesMax: 500_000_000 }
    await assert.rejects(
      render(`<script>${script}</script>`, { limits }),
      (thrown) => isAnilloError(thrown, 'RENDER_FAILED') && /memory/.test(thrown.message),
    )
    assert.ok((await render('<p>next')).isSettled)
  })
}

test('an answer that never comes, and an asker who goes, end the render', async () => {
  const limits = { ...LIMITS, settleMs: 1_000, wholeMs: 3_000 }
  const silent = await render('<p>shown<img src=/silent>', {
    limits,
    answer: async ({ asker }) =>
      asker === 'page' ? html('<p>shown<img src=/silent>') : new Promise(() => undefined),
  })
  assert.equal(silent.isSettled, false)
  const gone = new AbortController()
  const waiting = render('', { signal: gone.signal, answer: () => new Promise(() => undefined) })
  gone.abort()
  await assert.rejects(waiting, (thrown) => isAnilloError(thrown, 'RENDER_FAILED'))
  await assert.rejects(
    render('', { limits, answer: () => new Promise(() => undefined) }),
    (thrown) => isAnilloError(thrown, 'RENDER_FAILED') && /document/.test(thrown.message),
  )
})

test('a page that is long is cut at the height, and shadow trees are in the document', async () => {
  const page = `<div style="height: 9000px">long</div><x-y></x-y><script>
    customElements.define('x-y', class extends HTMLElement {
      connectedCallback() { this.attachShadow({ mode: 'open' }).innerHTML = '<p>in the shadow</p>' }
    })</script>`
  const { html: bytes, picture } = await render(page)
  assert.deepEqual([picture?.height, picture?.isCut], [LIMITS.pictureHeightMax, true])
  assert.match(new TextDecoder().decode(bytes), /shadowrootmode="open"[^]*in the shadow/)
})

test('the browser and its profile go with a process that is killed', async () => {
  const module = new URL('../../src/platform/browser/browser.ts', import.meta.url).href
  const program = `
    import { platformBrowser } from '${module}'
    const browser = platformBrowser({ setting: '' })
    const limits = ${JSON.stringify(LIMITS)}
    const { signal } = new AbortController()
    const answer = async () => { console.log('asked'); return new Promise(() => {}) }
    await browser.render({ url: '${PAGE}', agent: 'x', limits, answer, signal })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(present(child.stdout, 'its output'), 'data')
  const pid = present(child.pid, 'its pid')
  assert.ok(processesOf(pid).length > 1, 'the browser runs')
  child.kill('SIGKILL')
  await once(child, 'exit')
  for (let tries = 0; processesOf(pid).length > 0; tries++) {
    assert.ok(tries < 100, 'the browser ended')
    await pause(100)
  }
  // The next browser takes what is left of its profile away.
  const other = platformBrowser({ setting: '' })
  await other.render({
    url: PAGE,
    agent: 'anillo/0',
    limits: LIMITS,
    signal: NEVER,
    answer: async () => html('<p>x'),
  })
  await other.close()
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`anillo-browser-${pid}-`))
  assert.deepEqual(left, [])
})

/** Of the browser that this process started, by the name of its profile. */
function processesOf(pid: number): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`anillo-browser-${pid}-`)
    } catch {
      return false
    }
  })
}

test('a ring renders a page that its scripts make, keeps it, and shows it at any member', async () => {
  const asked: string[] = []
  const site = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const script = `fetch('/data.json').then((answer) => answer.json()).then(({ place }) => {
      document.title = 'Tides of ' + place
      document.querySelector('main').innerHTML = '<h1>' + place + '</h1>'
      fetch('/order', { method: 'POST' }).catch(() => 0)
    })`
    const answers: Record<string, [string, string]> = {
      '/': ['text/html', '<title>empty</title><main>loading</main><script src=/app.js></script>'],
      '/app.js': ['text/javascript', script],
      '/data.json': ['application/json', '{"place":"Brest"}'],
    }
    const [type, body] = answers[request.url ?? ''] ?? ['text/plain', '']
    response.setHeader('content-type', type).end(body)
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`
  await using ring = await RealRing.start({ members: 2 })
  try {
    const scrape = async (door: number, request: object): Promise<Scrape> => {
      const answer = await ring.fetch(`${ring.door(door)}/v1/scrapes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'wait=30' },
        body: JSON.stringify({ url, ...request }),
      })
      assert.equal(answer.status, 200)
      return (await answer.json()) as Scrape
    }
    const { id, page } = await scrape(0, { render: true })
    const drawn = present(page?.render, 'a render')
    assert.equal(drawn.title, 'Tides of Brest')
    assert.deepEqual(drawn.refusals, [{ url: `${url}order`, why: 'method' }])
    assert.equal(page?.title, 'empty', 'the source stays')
    const text = await ring.fetch(`${ring.door(1)}/v1/pages/${id}/rendered`)
    assert.match(await text.text(), /<main><h1>Brest<\/h1><\/main>/)
    const picture = await ring.fetch(`${ring.door(1)}/v1/pages/${id}/screenshot`)
    const bytes = Buffer.from(await picture.arrayBuffer())
    assert.equal(bytes.length, drawn.screenshot?.bytes)
    assert.equal(bytes.subarray(8, 12).toString(), 'WEBP')
    const again = await scrape(1, { render: true })
    assert.equal(again.page?.render?.at, drawn.at, 'it is drawn once')
    assert.deepEqual(asked.toSorted(), [
      'GET /',
      'GET /app.js',
      'GET /data.json',
      ...asked.filter((one) => one === 'GET /favicon.ico'),
    ])
  } finally {
    site.close()
  }
})
