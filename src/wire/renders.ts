/** What members ask of one another about drawing pages, and how what was drawn stands. */
import { Type, type Static } from 'typebox'

import { Render } from './api-render.ts'
import { Failure } from './api.ts'
import { defineMethod, reader } from './method.ts'
import { pack, unpack } from './packed.ts'
import { StoredBody } from './pages.ts'
import { Hex64 } from './shapes.ts'

const DurationMs = Type.Number({ minimum: 0 })

/** How the browser's requests go to sites: as those of a crawl do. */
export const RenderPace = Type.Object({
  /** Between two requests to a host. */
  delayMs: DurationMs,
})
export type RenderPace = Static<typeof RenderPace>

export const RenderReply = Type.Object({
  /** `none`: nothing was begun. */
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('none'),
  ]),
  render: Type.Optional(Render),
  failure: Type.Optional(Failure),
})
export type RenderReply = Static<typeof RenderReply>

/**
 * Has the copy that is held drawn, no older than `maxAgeMs` (absent: any will do), and waits for
 * it. Asking again while `maxAgeMs` grows with the time that has passed never begins another.
 */
export const askRender = defineMethod({
  name: 'pages.render',
  question: Type.Object({
    id: Hex64,
    maxAgeMs: Type.Optional(DurationMs),
    waitMs: DurationMs,
    /** By whoever is asked, who has a browser; else by whomever it finds. */
    here: Type.Boolean(),
    /** Nothing is begun. */
    looks: Type.Optional(Type.Boolean()),
    pace: Type.Optional(RenderPace),
  }),
  answer: RenderReply,
  timeoutMs: 5_000,
  idempotent: true,
})

const RenderRow = Type.Object({ render: Render, html: StoredBody, screenshot: StoredBody })
export type RenderRow = Static<typeof RenderRow>

const readRow = reader(RenderRow)

/** The caller's to keep. */
export function packRender(row: RenderRow): Uint8Array {
  return new Uint8Array(pack(row))
}

/** `undefined` when the bytes are no such row. */
export function readRenderRow(source: Uint8Array): RenderRow | undefined {
  const read = unpack({ source, start: 0, end: source.length })
  return readRow(read.kind === 'value' ? read.value : undefined)
}
