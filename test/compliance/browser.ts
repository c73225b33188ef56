/** What a browser promises, whoever it is: it asks, shows what it was told, and reaches nobody. */
import assert from 'node:assert/strict'

import { utf8 } from '../../src/base/bytes.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import type { BrowserAnswer, BrowserRequest, RenderLimits } from '../../src/effects/browser.ts'
import { promise, type Suite } from './subject.ts'

const PAGE = 'https://site.test/page'
const NEVER = new AbortController().signal

export const LIMITS: RenderLimits = {
  wholeMs: 30_000,
  quietMs: 300,
  settleMs: 10_000,
  htmlBytesMax: 1_000_000,
  width: 1_280,
  height: 800,
  pictureHeightMax: 4_000,
  pictureBytesMax: 4_000_000,
  processBytesMax: 1_000_000_000,
  allBytesMax: 2_000_000_000,
}

export function html(text: string): BrowserAnswer {
  return { status: 200, headers: [['Content-Type', 'text/html; charset=utf-8']], body: utf8(text) }
}

export function browserSuite(suite: Suite<'browser'>): void {
  promise(suite, 'a page is asked for first, and what it names after it', async ({ browser }) => {
    const asked: BrowserRequest[] = []
    const rendered = await browser.render({
      url: PAGE,
      agent: 'anillo/0',
      limits: LIMITS,
      signal: NEVER,
      answer: async (request) => {
        asked.push(request)
        return request.asker === 'page'
          ? html('<title>Tides</title><p>high water <img src="/wave.png">')
          : undefined
      },
    })
    assert.deepEqual(asked[0], { ...asked[0], url: PAGE, method: 'GET', asker: 'page' })
    const wave = asked.find(({ url }) => url === 'https://site.test/wave.png')
    assert.equal(wave?.asker, 'resource')
    assert.equal(rendered.title, 'Tides')
    assert.match(new TextDecoder().decode(rendered.html), /high water/)
    assert.ok(rendered.isSettled)
    const { picture } = rendered
    assert.ok(picture !== undefined)
    assert.equal(new TextDecoder('latin1').decode(picture.bytes.subarray(8, 12)), 'WEBP')
    assert.equal(picture.width, LIMITS.width)
    assert.ok(picture.bytes.length <= LIMITS.pictureBytesMax && !picture.isCut)
  })

  promise(suite, 'a redirect of the page is followed by asking for it', async ({ browser }) => {
    const asked: string[] = []
    const rendered = await browser.render({
      url: PAGE,
      agent: 'anillo/0',
      limits: LIMITS,
      signal: NEVER,
      answer: async ({ asker, url }) => {
        asked.push(url)
        if (asker !== 'page') return undefined
        if (url !== PAGE) return html('<p>arrived')
        return { status: 302, headers: [['Location', '/other']], body: new Uint8Array() }
      },
    })
    assert.deepEqual(asked.slice(0, 2), [PAGE, 'https://site.test/other'])
    assert.match(new TextDecoder().decode(rendered.html), /arrived/)
  })

  promise(suite, 'a page that is refused, or too large, has failed', async ({ browser }) => {
    const order = { url: PAGE, agent: 'anillo/0', limits: LIMITS, signal: NEVER }
    await assert.rejects(browser.render({ ...order, answer: async () => undefined }), (thrown) =>
      isAnilloError(thrown, 'RENDER_FAILED'),
    )
    await assert.rejects(
      browser.render({
        ...order,
        answer: async () => html(`<p>${'x'.repeat(LIMITS.htmlBytesMax)}`),
      }),
      (thrown) => isAnilloError(thrown, 'RENDER_FAILED') && /larger|large/.test(thrown.message),
    )
  })
}
