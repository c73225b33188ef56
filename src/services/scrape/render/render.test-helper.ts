/** What a browser told of a page, for tries. */
import type { Render } from '../../../wire/api-render.ts'

export const RENDER: Render = {
  at: '2026-11-20T12:00:01.000Z',
  by: 'n1',
  browser: 'Chrome 150',
  durationMs: 900,
  since: '2026-11-20T12:00:00.000Z',
  title: 'Drawn',
  hash: 'd'.repeat(64),
  bytes: 12,
  screenshot: {
    contentType: 'image/webp',
    hash: 'e'.repeat(64),
    bytes: 12,
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
