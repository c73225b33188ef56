/**
 * A machine with a browser that draws what it is given: the document as it came, once what it names
 * as images was asked for. Of scripts it knows those of its own kind alone, which are HTML that
 * takes their place; and it takes a moment of the world's time.
 */
import { utf8 } from '../../src/base/bytes.ts'
import { AnilloError } from '../../src/base/errors.ts'
import type { Browser, Rendered, RenderOrder } from '../../src/effects/browser.ts'
import type { Life } from './life.ts'
import { stoppable } from './stoppable.ts'

const NAME = 'Virtual 1'
/** Of painting, as a fast machine has it. */
const PAINT_MS = 50

/** @param isThere asked each time */
export function virtualBrowser(life: Life, isThere: () => boolean): Browser {
  return {
    find: async () => (isThere() ? { path: '/virtual/browser', name: 'virtual' } : undefined),
    render: async (order) => {
      if (isThere()) return rendered(order, life)
      throw new AnilloError('RENDER_UNAVAILABLE', { problem: 'this member has no browser' })
    },
    close: async () => undefined,
  }
}

const REDIRECTS_MAX = 5
const SCRIPT = /<script type="?text\/virtual"?>(.*?)<\/script>/gs

async function rendered(order: RenderOrder, life: Life): Promise<Rendered> {
  const { limits, signal } = order
  const ended = new AbortController()
  const { body, url } = await documentOf(order, ended.signal)
  const text = new TextDecoder().decode(body).replaceAll(SCRIPT, '$1')
  const named = [...text.matchAll(/<img\s[^>]*?src="?([^">\s]+)/g)].map(([, src = '']) => src)
  const asked = named.map((src) =>
    order.answer({ url: new URL(src, url).href, method: 'GET', asker: 'resource' }, ended.signal),
  )
  const shown = (await Promise.all(asked)).filter((answer) => answer !== undefined).length
  const html = utf8(`${text}<!-- drawn, with ${shown} images -->`)
  if (html.length > limits.htmlBytesMax) throw failed('its document is too large')
  const label = 'paint a page'
  return stoppable(life, { signal, delayMs: PAINT_MS, label }, () => {
    ended.abort()
    return {
      html,
      title: /<title>([^<]*)/.exec(text)?.[1] ?? '',
      picture: {
        contentType: 'image/webp',
        bytes: utf8(`RIFF${' '.repeat(4)}WEBP${url}`),
        width: limits.width,
        height: limits.height,
        isCut: false,
      },
      isSettled: true,
      complaints: 0,
      denied: 0,
      browser: NAME,
    } as const
  })
}

async function documentOf({ answer, url }: RenderOrder, signal: AbortSignal) {
  let at = url
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const answered = await answer({ url: at, method: 'GET', asker: 'page' }, signal)
    if (answered === undefined) break
    const to = answered.headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
    const isLed = answered.status >= 300 && answered.status < 400 && to !== undefined
    if (!isLed) return { url: at, body: answered.body }
    at = new URL(to, at).href
  }
  throw failed('its document could not be had')
}

function failed(problem: string): AnilloError {
  return new AnilloError('RENDER_FAILED', { problem })
}
