import assert from 'node:assert/strict'
import { test } from 'node:test'

import { CRAWL, fakeDoor, PAGE, PAGE_ID } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

const OTHER_ID = 'cd'.repeat(32)

async function open() {
  const server = await createGateway(fakeDoor())
  const extract = (id: string, payload: object) =>
    server.inject({ method: 'POST', url: `/v1/pages/${id}/extract`, payload })
  return { server, extract, [Symbol.asyncDispose]: () => server.close() }
}

test('data is extracted from a page that is held, as text and Markdown too', async () => {
  await using door = await open()
  const extracted = await door.extract(PAGE_ID, { fields: { price: '.price' }, links: true })
  assert.equal(extracted.statusCode, 200)
  assert.equal(extracted.json().hash, PAGE.hash)
  const text = await door.server.inject(`/v1/pages/${PAGE_ID}/text`)
  assert.equal(text.body, 'hello\n')
  assert.match(String(text.headers['content-type']), /^text\/plain/)
  const markdown = await door.server.inject(`/v1/pages/${PAGE_ID}/markdown`)
  assert.equal(markdown.body, '# hello\n')
  assert.equal((await door.extract(OTHER_ID, {})).statusCode, 404)
})

test('what is no extraction is refused, and a wrong selector is named', async () => {
  await using door = await open()
  const bad = [
    { fields: { price: '' } },
    { fields: { price: 'x'.repeat(501) } },
    { fields: { '': 'a' } },
    { fields: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, 'a'])) },
    { fields: { items: { selector: 'li', fields: { deep: { selector: 'a', fields: {} } } } } },
    { markdown: 'book' },
    { screenshot: true },
  ]
  for (const spec of bad) {
    assert.equal((await door.extract(PAGE_ID, spec)).statusCode, 400, JSON.stringify(spec))
  }
  const wrong = await door.extract(PAGE_ID, { fields: { price: '.price:nth-child(' } })
  assert.equal(wrong.statusCode, 400)
  assert.match(wrong.json().detail, /fields\.price is no CSS selector/)
})

test('pages of a crawl are extracted from page by page', async () => {
  await using door = await open()
  const url = `/v1/crawls/${CRAWL.id}/extracted`
  const { items } = (await door.server.inject(`${url}?limit=5`)).json()
  assert.ok(Array.isArray(items))
  assert.equal((await door.server.inject(`${url}?limit=51`)).statusCode, 400)
  assert.equal((await door.server.inject(`/v1/crawls/${'0'.repeat(32)}/extracted`)).statusCode, 404)
})

test('a scrape answers with what is extracted from a page that is held', async () => {
  await using door = await open()
  const scrape = (payload: object) =>
    door.server.inject({ method: 'POST', url: '/v1/scrapes', payload })
  const held = await scrape({ url: 'http://x/', extract: { markdown: true } })
  assert.equal(held.statusCode, 200)
  assert.equal(held.json().extracted.markdown, '# hello')
  assert.equal(held.json().page.hash, PAGE.hash)
  assert.equal((await scrape({ url: 'http://x/' })).json().extracted, undefined)
  const running = await scrape({ url: 'http://slow/', extract: { markdown: true } })
  assert.equal(running.statusCode, 202)
  assert.equal(running.json().extracted, undefined)
})

test('a scrape with an extraction that is none is refused before anything is downloaded', async () => {
  const fake = fakeDoor()
  const server = await createGateway(fake)
  for (const extract of [{ fields: { a: 'p:nth-child(' } }, { screenshot: true }, 'text']) {
    const payload = { url: 'http://x/', extract }
    const refused = await server.inject({ method: 'POST', url: '/v1/scrapes', payload })
    assert.equal(refused.statusCode, 400, JSON.stringify(extract))
  }
  assert.deepEqual(fake.waits, [])
  await server.close()
})
