import assert from 'node:assert/strict'
import { test } from 'node:test'

import { RENDER } from '../../services/scrape/render/render.test-helper.ts'
import { fakeDoor, PAGE_ID } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

const OF_PAGE = `/v1/pages/${PAGE_ID}`

test('a page asked for with render tells what a browser drew, and where to ask on', async () => {
  await using server = await createGateway(fakeDoor())
  const payload = { url: 'http://example.org/', render: true }
  const answer = await server.inject({ method: 'POST', url: '/v1/scrapes', payload })
  assert.equal(answer.statusCode, 200)
  assert.deepEqual(answer.json<{ page: { render: unknown } }>().page.render, RENDER)
  assert.equal(answer.headers.location, `/v1/scrapes/${PAGE_ID}?render=true`)
  const later = await server.inject(`/v1/scrapes/${PAGE_ID}?render=true`)
  assert.deepEqual(later.json<{ page: { render: unknown } }>().page.render, RENDER)
  const plain = await server.inject(`/v1/scrapes/${PAGE_ID}`)
  assert.equal(plain.json<{ page: { render?: unknown } }>().page.render, undefined)
})

test('a door without browsers says that pages cannot be rendered', async () => {
  const { renders: _renders, ...door } = fakeDoor()
  await using server = await createGateway(door)
  const payload = { url: 'http://example.org/', render: true }
  const answer = await server.inject({ method: 'POST', url: '/v1/scrapes', payload })
  assert.equal(answer.statusCode, 501)
  assert.equal(answer.json<{ code: string }>().code, 'RENDER_UNAVAILABLE')
})

test('document and screenshot come with their types, and nothing in them runs here', async () => {
  await using server = await createGateway(fakeDoor())
  const document = await server.inject(`${OF_PAGE}/rendered`)
  assert.equal(document.body, '<p>drawn</p>')
  assert.equal(document.headers['content-type'], 'text/html; charset=utf-8')
  assert.match(String(document.headers['content-security-policy']), /sandbox/)
  assert.match(String(document.headers['content-disposition']), /^attachment/)
  const picture = await server.inject(`${OF_PAGE}/screenshot`)
  assert.equal(picture.headers['content-type'], 'image/webp')
  assert.equal(picture.headers['etag'], `"${RENDER.screenshot?.hash}"`)
  assert.equal(picture.body, 'RIFF....WEBP')
})

test('a version that nobody drew, and a page that is not held, are told apart', async () => {
  await using server = await createGateway(fakeDoor())
  const undrawn = await server.inject(`${OF_PAGE}/screenshot?at=2026-01-01T00:00:00Z`)
  assert.equal(undrawn.statusCode, 404)
  assert.match(undrawn.json<{ detail: string }>().detail, /render of this version/)
  const other = await server.inject(`/v1/pages/${'0'.repeat(64)}/rendered`)
  assert.equal(other.statusCode, 404)
  assert.doesNotMatch(other.json<{ detail: string }>().detail, /render of/)
})

test('text is extracted from the rendered document where that is asked for', async () => {
  await using server = await createGateway(fakeDoor())
  const rendered = await server.inject(`${OF_PAGE}/text?rendered=true`)
  assert.match(rendered.body, /drawn/)
  const source = await server.inject(`${OF_PAGE}/text`)
  assert.match(source.body, /hello/)
  const fields = { payload: { markdown: true }, method: 'POST' as const }
  const extract = await server.inject({ ...fields, url: `${OF_PAGE}/extract?rendered=true` })
  assert.equal(extract.json<{ hash: string }>().hash, RENDER.hash)
})

test('a crawl that is to be rendered is refused where nobody can', async () => {
  const { renders: _renders, ...door } = fakeDoor()
  await using server = await createGateway(door)
  const payload = { seeds: ['http://a/'], render: true }
  const answer = await server.inject({ method: 'POST', url: '/v1/crawls', payload })
  assert.equal(answer.statusCode, 501)
  assert.equal(answer.json<{ code: string }>().code, 'RENDER_UNAVAILABLE')
  await using able = await createGateway(fakeDoor())
  const begun = await able.inject({ method: 'POST', url: '/v1/crawls', payload })
  assert.equal(begun.statusCode, 201)
})
