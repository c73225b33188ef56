/** A webhook in words. */
import type { Webhook } from '../wire/api-webhooks.ts'
import { countText, dateText } from './table.ts'

type Row = readonly [string, string]

/** On the line before it: a secret stands alone, so that nothing else is copied with it. */
export const SECRET_WORDS = 'The secret of the webhook; keep it, it is not told again:'

/** Whoever gave the secret in a file has it. */
export function withoutSecret<T extends { readonly webhook?: Webhook }>(told: T): T {
  if (told.webhook === undefined) return told
  const { secret: _, ...webhook } = told.webhook
  return { ...told, webhook }
}

/** The secret alone is told but once. */
export function webhookRows(webhook: Webhook | undefined): readonly Row[] {
  if (webhook === undefined) return []
  const { events, secret, url } = webhook
  return [
    ['webhook', `${url} (${events.join(', ')})`],
    ...(secret === undefined
      ? []
      : [['secret', secret] as const, ['', 'Keep it: it is not told again.'] as const]),
    ['told', webhookText(webhook)],
  ]
}

/** `3 delivered, 2 wait, next try 2026-11-22 03:00 UTC; last: crawl.ended, 503`. */
export function webhookText(webhook: Webhook): string {
  const { delivered, givenUp, last, leftOut, nextTryAt, state, waiting } = webhook
  const next = nextTryAt === undefined ? '' : `, next try ${dateText(nextTryAt)} UTC`
  const parts = [
    ...(state === 'ok' ? [] : [state]),
    `${delivered} delivered`,
    ...(waiting === 0 ? [] : [`${waiting} ${waiting === 1 ? 'waits' : 'wait'}${next}`]),
    ...(givenUp === 0 ? [] : [`${givenUp} given up`]),
    ...(leftOut === 0 ? [] : [`${countText(leftOut, 'event')} left out`]),
  ]
  const how = last === undefined ? '' : `; last: ${last.type}, ${last.status ?? last.code ?? ''}`
  return parts.join(', ') + how
}
