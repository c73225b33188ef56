/** A page that was drawn, for tries of the doors. */
import { RENDER } from '../../services/scrape/render/render.test-helper.ts'
import type { Renders } from '../../services/scrape/render/renders.ts'
import type { Page, Scrape } from '../../wire/api.ts'

const HTML = new TextEncoder().encode('<p>drawn</p>')
const PICTURE = new TextEncoder().encode('RIFF....WEBP')

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
