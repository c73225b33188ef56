import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'

import type { InjectOptions } from 'fastify'

import { utf8 } from '../../base/bytes.ts'
import { canonicalUrl, pageIdOf } from '../../services/scrape/urls/canonical-url.ts'
import { instantOf } from '../../services/scrape/versions/archive.ts'
import type { Page } from '../../wire/api.ts'
import type { GatewayOptions } from './door.ts'
import { askedDoor, bearer, type DoorChoices } from './entrance.test-helper.ts'
import { PAGE } from './fakes.test-helper.ts'

const SITE = 'http://a.test/'
const FIRST = '2026-01-01T00:00:00.500Z'
const SECOND = '2026-02-01T12:30:00.000Z'
const DAY_AFTER = '20260202000000'

type Held = Partial<Page> & { readonly since: string; readonly text: string | Uint8Array }

/** By address, newest first. */
type Pages = Readonly<Record<string, readonly Held[]>>

const PAGES: Pages = {
  [SITE]: [
    { since: SECOND, text: '<a href="/b?c=%zz">second</a><img src=i.png>', title: 'A & <B>' },
    { since: FIRST, text: 'first' },
  ],
  [`${SITE}b?c=%zz`]: [{ since: FIRST, text: 'odd query' }],
  [`${SITE}style.css`]: [{ since: FIRST, contentType: 'text/css', text: 'a{b:url(i.png)}' }],
  [`${SITE}i.png`]: [{ since: FIRST, contentType: 'image/png', text: new Uint8Array([1, 2, 3]) }],
  [`${SITE}app`]: [{ since: FIRST, contentType: 'text/plain', text: 'go()' }],
  [`${SITE}file.zip`]: [{ since: FIRST, contentType: 'application/zip', text: 'PK' }],
  [`${SITE}gone`]: [{ since: FIRST, status: 404, text: 'none' }],
  [`${SITE}old`]: [{ since: FIRST, status: 301, headers: [['Location', 'b?c=%zz']], text: '' }],
  [`${SITE}led`]: [{ since: FIRST, finalUrl: SITE, text: 'where it led' }],
  [`${SITE}utf16`]: [
    { since: FIRST, charset: 'utf-16le', text: Buffer.from('<a href=x>é</a>', 'utf16le') },
  ],
  [`${SITE}hostile`]: [
    {
      since: FIRST,
      headers: [
        ['Set-Cookie', 'a=b'],
        ['Refresh', '0;url=http://evil.test/'],
        ['Clear-Site-Data', '"*"'],
        ['Service-Worker-Allowed', '/'],
        ['Link', '<http://evil.test/>; rel=preload; as=image'],
        ['Content-Security-Policy', 'default-src *'],
        ['Access-Control-Allow-Origin', '*'],
        ['Strict-Transport-Security', 'max-age=1'],
      ],
      text: '</iframe><plaintext>',
      title: '"><script>alert(1)</script>',
    },
  ],
}

function archiveOf(pages: Pages): GatewayOptions['archive'] {
  const all = (id: string) =>
    Object.entries(pages).flatMap(([address, versions]) => {
      const url = canonicalUrl(address)
      if (pageIdOf(url) !== id) return []
      return versions.map(({ text, ...more }) => {
        const body = typeof text === 'string' ? utf8(text) : new Uint8Array(text)
        const about = { hash: hash('sha256', body), bytes: body.length, fetchedAt: more.since }
        const page: Page = { ...PAGE, id, url, finalUrl: url, charset: 'utf-8', ...about, ...more }
        return { page, body: ReadableStream.from([body]) }
      })
    })
  return {
    at: async (id, instant) => {
      const found = all(id)
      const then = instantOf(instant)
      return found.find(({ page }) => (page.since ?? '') <= then) ?? found.at(-1)
    },
    versions: async (id) => ({
      items: all(id).map(({ page }, at) => ({ ...page, at: page.since ?? '', isHeld: at === 0 })),
    }),
    remove: async () => 0,
  }
}

async function door(choices: DoorChoices = {}) {
  const opened = await askedDoor({ ...choices, more: { archive: archiveOf(PAGES) } })
  const get = (url: string, headers: InjectOptions['headers'] = {}) =>
    opened.askReplay({ method: 'GET', url, headers: { host: 'localhost:9500', ...headers } })
  return { ...opened, get }
}

const DOCUMENT = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' }
const FRAME = { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate' }

test('the replay door shows a person the version of that time in a frame it cannot leave', async () => {
  await using at = await door()
  const led = await at.get(`/${DAY_AFTER}/${SITE}`, DOCUMENT)
  assert.equal(led.statusCode, 302)
  assert.equal(led.headers.location, `/20260201123000/${SITE}`)
  const shown = await at.get(`/20260201123000/${SITE}`, DOCUMENT)
  assert.equal(shown.statusCode, 200)
  assert.match(
    shown.body,
    /<iframe class="page" src="\/p\/[\w-]+\/20260201123000\/http:\/\/a\.test\/"/,
  )
  assert.match(shown.body, /<title>A &amp; &lt;B&gt; \(/)
  assert.match(shown.body, /rel="prev" href="\/20260101000000\/http:\/\/a\.test\/"/)
  const policy = String(shown.headers['content-security-policy'])
  assert.match(policy, /script-src 'self'; style-src 'self'; frame-src 'self';/)
  assert.doesNotMatch(policy, /unsafe|http/)
  const spanish = await at.get(`/20260201123000/${SITE}`, { ...DOCUMENT, 'accept-language': 'es' })
  assert.match(spanish.body, /<html lang="es">.*Página archivada/)
  const first = await at.get(`/20260101000000/${SITE}`, DOCUMENT)
  assert.match(first.body, /datetime="2026-01-01T00:00:00.500Z"/)
})

/** The page in the frame that a person is shown. */
async function framed(at: Awaited<ReturnType<typeof door>>, url: string) {
  const shown = await at.get(url, DOCUMENT)
  const source = /<iframe class="page" src="([^"]+)"/.exec(shown.body)?.[1] ?? ''
  return { source, answer: await at.get(source, FRAME) }
}

test('a page is shown without an origin, and may speak to the archive alone', async () => {
  await using at = await door()
  const { answer, source } = await framed(at, `/20260201123000/${SITE}`)
  const head = source.slice(0, -SITE.length)
  assert.match(
    answer.body,
    /^<script src="\/-\/shim\.js" data-head="\/p\/[\w-]+\/20260201123000\/"/,
  )
  assert.ok(
    answer.body.endsWith(
      `<a href="${head}${SITE}b?c=%zz">second</a><img src="${head}${SITE}i.png">`,
    ),
  )
  const policy = String(answer.headers['content-security-policy'])
  assert.match(policy, /^sandbox allow-scripts allow-forms; default-src 'none';/)
  for (const directive of ['script', 'connect', 'img', 'style', 'font', 'frame', 'media']) {
    assert.match(policy, new RegExp(`${directive}-src http://localhost:9500[ ;]`))
  }
  assert.equal(answer.headers['referrer-policy'], 'unsafe-url')
  const alone = await at.get(`/20260201123000/${SITE}`)
  assert.match(
    String(alone.headers['content-security-policy']),
    /^sandbox allow-forms; (?!.*script-src)/,
  )
})

test('nothing that its site told in headers goes out with a page', async () => {
  await using at = await door()
  const { answer } = await framed(at, `/20260101000000/${SITE}hostile`)
  const told = JSON.stringify(answer.headers)
  assert.doesNotMatch(
    told,
    /evil|set-cookie|refresh"|clear-site|service-worker|allow-origin|"max-age=1"/,
  )
  assert.match(String(answer.headers['content-security-policy']), /^sandbox /)
  const around = await at.get(`/20260101000000/${SITE}hostile`, DOCUMENT)
  assert.doesNotMatch(around.body, /<script>alert/)
})

test('what a page loads comes as it needs it: style sheets rewritten, images as they are', async () => {
  await using at = await door()
  const { source } = await framed(at, `/20260201123000/${SITE}`)
  const head = source.slice(0, -SITE.length)
  const style = await at.get(`${head}${SITE}style.css`)
  assert.equal(style.body, `a{b:url("${head}${SITE}i.png")}`)
  assert.equal(style.headers['content-type'], 'text/css; charset=utf-8')
  const image = await at.get(`${head}${SITE}i.png`, {
    origin: 'null',
    'sec-fetch-site': 'cross-site',
  })
  assert.deepEqual([...image.rawPayload], [1, 2, 3])
  assert.equal(image.headers['access-control-allow-origin'], 'null')
  assert.equal(image.headers['content-length'], '3')
  const script = await at.get(`${head}${SITE}app`, { 'sec-fetch-dest': 'script' })
  assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8')
  assert.match((await at.get(`${head}${SITE}b?c=%zz`)).body, /^odd query/)
  assert.equal((await at.get(`${head}${SITE}gone`)).statusCode, 404)
  const wide = await at.get(`${head}${SITE}utf16`)
  assert.match(wide.body, /<a href="\/p\/.*">é<\/a>$/)
})

test('what a script asks for by a path alone is meant for the site of its page', async () => {
  await using at = await door()
  const { source } = await framed(at, `/20260201123000/${SITE}`)
  const head = source.slice(0, -SITE.length)
  const referer = `http://localhost:9500${head}${SITE}dir/page`
  const led = await at.get('/module.js?v=1', { referer, origin: 'null' })
  assert.equal(led.headers.location, `${head}${SITE}module.js?v=1`)
  assert.equal((await at.get('/module.js')).statusCode, 404)
  assert.equal((await at.get('/-/shim.js', { origin: 'null' })).statusCode, 200)
  const foreign = await at.get('/module.js', { origin: 'null' })
  assert.equal(foreign.statusCode, 403)
})

test('redirects lead on within the archive, as they did then', async () => {
  await using at = await door()
  const moved = await at.get(`/20260101000000/${SITE}old`, DOCUMENT)
  assert.equal(moved.headers.location, `/20260101000000/${SITE}b?c=%zz`)
  const led = await at.get(`/20260101000000/${SITE}led`, DOCUMENT)
  assert.equal(led.headers.location, `/20260101000000/${SITE}`)
})

test('a file is offered for saving, as it was', async () => {
  await using at = await door()
  const shown = await at.get(`/20260101000000/${SITE}file.zip`, DOCUMENT)
  assert.match(shown.body, /<a href="\/20260101000000id_\/http:\/\/a\.test\/file\.zip" download>/)
  const raw = await at.get(`/20260101000000id_/${SITE}file.zip`)
  assert.equal(raw.body, 'PK')
  assert.equal(raw.headers['content-disposition'], 'attachment')
  const html = await at.get(`/20260202000000id_/${SITE}`, DOCUMENT)
  assert.equal(html.body, PAGES[SITE]?.[0]?.text)
  assert.match(String(html.headers['content-security-policy']), /^sandbox; default-src 'none'/)
})

test('a pass is needed where there are no guests, holds for what a page loads, and for nothing else', async () => {
  await using at = await door({ hasGuests: false })
  const ana = bearer(at.accounts.person('ana', 'member'))
  assert.equal((await at.get(`/20260201123000/${SITE}`, DOCUMENT)).statusCode, 401)
  const shown = await at.get(`/20260201123000/${SITE}`, { ...DOCUMENT, ...ana })
  const source = /<iframe class="page" src="([^"]+)"/.exec(shown.body)?.[1] ?? ''
  assert.equal((await at.get(source, FRAME)).statusCode, 200)
  const invented = source.replace(/\/p\/[\w-]+/, '/p/AAAAAAAAAAAAAAAAAAAAAAAA')
  assert.equal((await at.get(invented, FRAME)).statusCode, 401)
  assert.equal((await at.get(invented, { origin: 'null' })).statusCode, 403)
  const alone = await at.get(source, DOCUMENT)
  assert.equal(alone.headers.location, `/20260201123000/${SITE}`)
})

test('a pass ends with the session that it was given to, also where there are guests', async () => {
  for (const hasGuests of [false, true]) {
    await using at = await door({ hasGuests })
    const token = at.accounts.person('ana', 'member')
    const shown = await at.get(`/20260201123000/${SITE}`, { ...DOCUMENT, ...bearer(token) })
    const source = /<iframe class="page" src="([^"]+)"/.exec(shown.body)?.[1] ?? ''
    assert.equal((await at.get(source, FRAME)).statusCode, 200)
    await at.accounts.logOut(await at.accounts.authenticate(token))
    const after = await at.get(source, FRAME)
    assert.deepEqual([after.statusCode, after.json().code], [401, 'LOGIN_FIRST'])
  }
})

test('pages of other sites may not try out what is held', async () => {
  await using at = await door()
  const strange = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
  assert.equal((await at.get(`/20260201123000/${SITE}i.png`, strange)).statusCode, 403)
  assert.equal((await at.get(`/20260201123000/${SITE}`, { origin: 'null' })).statusCode, 403)
})

test('what is not held is told with what is near to it', async () => {
  await using at = await door()
  const none = await at.get(`/20260201123000/${SITE}b/c/d?e`, DOCUMENT)
  assert.equal(none.statusCode, 404)
  assert.match(none.body, /<a href="\/20260201123000\/http:\/\/a\.test\/">/)
  assert.match(none.body, /rel="noreferrer noopener">Living page/)
  const framedNone = await at.get(`/20260201123000/${SITE}b/c`, FRAME)
  assert.match(framedNone.body, /Not in the archive/)
  assert.equal((await at.get(`/20260201123000/${SITE}none.png`)).json().code, 'NOT_FOUND')
})

test('addresses that nobody means well are refused, and change nothing', async () => {
  await using at = await door()
  const cases: Readonly<Record<string, number>> = {
    [`/99999999999999999999/${SITE}`]: 400,
    [`/20261399000000/${SITE}`]: 400,
    [`/0/${SITE}`]: 400,
    '/20260201/javascript:alert(1)': 404,
    '/20260201/data:text/html,x': 404,
    '/20260201/http://u:p@a.test/': 404,
    '/20260201/http://localhost:9500/20260201/http://a.test/': 404,
    '/20260201/%00': 404,
    '/20260201/http://a.test/%2e%2e/%2f': 404,
    '/20260201/http://a.test/%zz': 404,
    '/20260201/http://a.test/?%zz': 404,
    '/20260201/': 404,
    '/20260201': 404,
    '/../../etc/passwd': 404,
    '/-/../replay.ts': 404,
    '/-/none.css': 404,
    '/page/1': 404,
    [`/20260201/http://a.test/${'x'.repeat(9_000)}`]: 404,
    '/timegate/javascript:x': 404,
    [`/timemap/xml/${SITE}`]: 404,
  }
  for (const [url, status] of Object.entries(cases)) {
    for (const headers of [DOCUMENT, FRAME, {}]) {
      const answer = await at.get(url, headers)
      assert.equal(answer.statusCode, status, `${url} ${answer.body.slice(0, 100)}`)
      assert.doesNotMatch(answer.body, /<script>alert/)
    }
  }
  const spelled = await at.get('/20260201123000/HTTP:/A.test:80/./', DOCUMENT)
  assert.equal(spelled.headers.location, `/20260201123000/${SITE}`)
})

const SHOWN_LINK = [
  `<${SITE}>; rel="original"`,
  `<http://localhost:9500/timegate/${SITE}>; rel="timegate"`,
  `<http://localhost:9500/timemap/link/${SITE}>; rel="timemap"; type="application/link-format"`,
  `<http://localhost:9500/20260101000000/${SITE}>; rel="first prev memento"; datetime="Thu, 01 Jan 2026 00:00:00 GMT"`,
  `<http://localhost:9500/20260201123000/${SITE}>; rel="last memento"; datetime="Sun, 01 Feb 2026 12:30:00 GMT"`,
].join(', ')

test('a version says when it was and where the others are (RFC 7089, 2)', async () => {
  await using at = await door()
  for (const headers of [{}, DOCUMENT]) {
    const shown = await at.get(`/20260201123000/${SITE}`, headers)
    assert.equal(shown.headers['memento-datetime'], 'Sun, 01 Feb 2026 12:30:00 GMT')
    assert.equal(shown.headers.link, SHOWN_LINK)
  }
})

test('the TimeGate leads to the version of the time asked for (RFC 7089, 4)', async () => {
  await using at = await door()
  const gate = (datetime?: string) =>
    at.get(`/timegate/${SITE}`, datetime === undefined ? {} : { 'accept-datetime': datetime })
  for (const [asked, digits] of [
    [undefined, '20260201123000'],
    ['Sun, 01 Feb 2026 12:30:00 GMT', '20260201123000'],
    ['Sun, 01 Feb 2026 12:29:59 GMT', '20260101000000'],
    ['Thu, 01 Jan 2026 00:00:00 GMT', '20260101000000'],
    ['Tue, 11 Sep 2001 20:35:00 GMT', '20260101000000'],
  ] as const) {
    const led = await gate(asked)
    assert.equal(led.statusCode, 302)
    assert.equal(led.headers.location, `http://localhost:9500/${digits}/${SITE}`)
    assert.match(String(led.headers.vary), /accept-datetime/)
    assert.equal(led.headers['memento-datetime'], undefined)
    assert.match(String(led.headers.link), /rel="original".*rel="timemap"/)
  }
  assert.equal((await gate('2026-02-01')).statusCode, 400)
  assert.equal((await at.get('/timegate/http://none.test/')).statusCode, 404)
})

test('the TimeMap lists all versions, oldest first (RFC 7089, 5)', async () => {
  await using at = await door()
  const map = await at.get(`/timemap/link/${SITE}`)
  assert.equal(map.headers['content-type'], 'application/link-format')
  assert.equal(
    map.body,
    `${[
      `<${SITE}>; rel="original"`,
      `<http://localhost:9500/timemap/link/${SITE}>; rel="self"; type="application/link-format"; from="Thu, 01 Jan 2026 00:00:00 GMT"; until="Sun, 01 Feb 2026 12:30:00 GMT"`,
      `<http://localhost:9500/timegate/${SITE}>; rel="timegate"`,
      `<http://localhost:9500/20260101000000/${SITE}>; rel="first memento"; datetime="Thu, 01 Jan 2026 00:00:00 GMT"`,
      `<http://localhost:9500/20260201123000/${SITE}>; rel="last memento"; datetime="Sun, 01 Feb 2026 12:30:00 GMT"`,
    ].join(',\n')}\n`,
  )
  const json = (await at.get(`/timemap/json/${SITE}`)).json()
  assert.equal(json.original_uri, SITE)
  assert.deepEqual(json.mementos.first, {
    datetime: FIRST,
    uri: `http://localhost:9500/20260101000000/${SITE}`,
  })
  assert.equal(json.mementos.list.length, 2)
})
