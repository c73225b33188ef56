import type { Webhook } from '../../../wire/api-webhooks.ts'

/** Told once, to whoever made it. */
export function withSecret<T extends { readonly webhook?: Webhook }>(
  made: T,
  secret: string | undefined,
): T {
  const { webhook } = made
  if (secret === undefined || webhook === undefined) return made
  return { ...made, webhook: { ...webhook, secret } }
}
