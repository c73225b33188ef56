/** A page that was drawn, for tries of the doors. */
import type { Renders } from '../../services/scrape/render/renders.ts'
import type { Render } from '../../wire/api-render.ts'
import type { Page, Scrape } from '../../wire/api.ts'

const HTML = new TextEncoder().encode('<p>drawn</p>')
const PICTURE = new TextEncoder().encode('RIFF....WEBP')

export const RENDER: Render = {
  at: '2026-11-20T12:00:01.000Z',
  by: 'n1',
  browser: 'Chrome 150',
  durationMs: 900,
  since: '2026-11-20T12:00:00.000Z',
  title: 'Drawn',
  hash: 'd'.repeat(64),
  bytes: HTML.length,
  screenshot: {
    contentType: 'image/webp',
    hash: 'e'.repeat(64),
    bytes: PICTURE.length,
    width: 1280,
    height: 800,
    isCut: false,
  },
  isSettled: true,
  requests: 3,
  refused: 1,
  failed: 0,
  refusals: [{ url: 'http://a/post', why: 'method' }],
  complaints: 0,
  denied: 0,
}

/** Draws that page and no other. */
export function fakeRenders(page: Page, done: Scrape): Renders {
  const kept = {
    render: RENDER,
    html: () => ReadableStream.from([HTML]),
    screenshot: () => ReadableStream.from([PICTURE]),
  }
  const drawn: Scrape = { ...done, page: { ...page, render: RENDER } }
  return {
    scrape: async () => drawn,
    mustBePossible: async () => undefined,
    find: async (id) => (id === page.id ? drawn : undefined),
    of: async () => undefined,
    at: async (id, instant) => {
      if (id !== page.id) return undefined
      return { page, kept: instant === undefined ? kept : undefined }
    },
  }
}
