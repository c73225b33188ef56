/**
 * Webhooks of crawls and schedules, by the specification Standard Webhooks 1.0. What is sent:
 *
 *     POST URL
 *     webhook-id: the same for each try of an event
 *     webhook-timestamp: seconds since 1970, of this try
 *     webhook-signature: v1,BASE64 of HMAC-SHA256 over ID.TIMESTAMP.BODY
 *
 *     {"type": "crawl.ended", "timestamp": "...", "data": {"crawl": "...", "counts": {...}, ...}}
 */
import { Type, type Static } from 'typebox'

import { WEBHOOK_EVENTS } from './webhook-bounds.ts'

const Text = Type.String()
const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })

export const WebhookEvent = Type.Unsafe<(typeof WEBHOOK_EVENTS)[number]>(
  Type.Union(WEBHOOK_EVENTS.map((name) => Type.Literal(name))),
)
export type WebhookEvent = Static<typeof WebhookEvent>

export const WebhookSpec = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 8_192 }),
    /** Begin and end of crawls where they are absent. */
    events: Type.Optional(
      Type.Array(WebhookEvent, { minItems: 1, maxItems: WEBHOOK_EVENTS.length }),
    ),
    /** `whsec_` and 24 to 64 bytes in base64; made where it is absent, and told once. */
    secret: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
)
export type WebhookSpec = Readonly<Static<typeof WebhookSpec>>

/** How deliveries go. */
export const Webhook = Type.Object({
  url: Text,
  events: Type.Array(WebhookEvent),
  /** In the answer that made it, and never again. */
  secret: Type.Optional(Text),
  /** `gone`: the receiver said 410, and is told nothing more until a test reaches it. */
  state: Type.Union([Type.Literal('ok'), Type.Literal('failing'), Type.Literal('gone')]),
  waiting: Count,
  delivered: Count,
  /** Tried for days, in vain. */
  givenUp: Count,
  /** Too many waited. */
  leftOut: Count,
  /** The last try. */
  last: Type.Optional(
    Type.Object({
      at: Instant,
      type: Text,
      /** HTTP status, where there was an answer. */
      status: Type.Optional(Type.Integer()),
      /** Error code, where there was none. */
      code: Type.Optional(Text),
    }),
  ),
  /** Of those that wait; absent: at once, or none waits. */
  nextTryAt: Type.Optional(Instant),
})
export type Webhook = Readonly<Static<typeof Webhook>>
