/** Pages of a fake site, as good and as bad as real ones. */
import { SAMPLE_PAGE, SAMPLE_TITLE } from '../../tools/lib/sample-page.ts'
import type { Script } from './fake-member.ts'

export const SITE = 'http://localhost:19490'

export const SCRIPTS: Readonly<Record<string, Script>> = {
  [`${SITE}/`]: { kind: 'page', body: SAMPLE_PAGE, title: SAMPLE_TITLE },
  [`${SITE}/tides`]: {
    kind: 'page',
    body: '<title>Tides</title><h1>Tides</h1><p>High water at five.<p>The café is open.<p>New: a ferry.',
    title: 'Tides',
    older: [
      {
        at: '2026-02-01T10:00:00.000Z',
        body: '<title>Tides</title><h1>Tides</h1><p>High water at four.<p>The café is open.',
      },
      { at: '2026-01-01T10:00:00.000Z', body: '<title>Tides</title><p>Soon.' },
    ],
  },
  [`${SITE}/moved`]: {
    kind: 'page',
    body: SAMPLE_PAGE,
    title: SAMPLE_TITLE,
    redirects: [
      { status: 301, url: `${SITE}/moved` },
      { status: 302, url: `${SITE}/` },
    ],
  },
  [`${SITE}/data.json`]: {
    kind: 'page',
    body: JSON.stringify(
      { harbours: ['Porto da Vila', 'Saint-Aubin'], depthsM: [1.8, 2.4] },
      null,
      2,
    ),
    contentType: 'application/json',
  },
  [`${SITE}/book.pdf`]: { kind: 'page', body: '%PDF-1.7', contentType: 'application/pdf' },
  [`${SITE}/empty`]: { kind: 'page', body: '' },
  [`${SITE}/slow`]: {
    kind: 'held',
    body: '<title>At last</title><p>It came.</p>',
    received: 120_832,
  },
  [`${SITE}/refused`]: {
    kind: 'failure',
    code: 'FETCH_REFUSED',
    details: { host: 'localhost:19490' },
  },
  [`${SITE}/late`]: {
    kind: 'failure',
    code: 'FETCH_TIMEOUT',
    details: { host: 'localhost:19490', phase: 'headers', limitMs: 15_000 },
  },
  'http://nowhere.test/': {
    kind: 'failure',
    code: 'HOST_UNKNOWN',
    details: { host: 'nowhere.test' },
  },
}
