/**
 * What is told of the webhooks of others. Many receivers know who may tell them something by the
 * address alone: whoever may not give orders learns the host of it.
 */
import type { Principal } from '../../services/accounts/types.ts'
import { isTheirs } from './whose.ts'

interface WithWebhook {
  readonly by: string | null
  readonly webhook?: { readonly url: string }
}

interface WithRequest extends WithWebhook {
  readonly request?: { readonly webhook?: { readonly url: string } }
  readonly crawl?: { readonly webhook?: { readonly url: string } }
}

export function shownTo<T extends WithRequest>(asker: Principal | undefined, told: T): T {
  if (isTheirs(asker, told)) return told
  const { crawl, request } = told
  return {
    ...hostOnly(told),
    ...(request === undefined ? {} : { request: hostOnly(request) }),
    ...(crawl === undefined ? {} : { crawl: hostOnly(crawl) }),
  }
}

function hostOnly<T extends { readonly webhook?: { readonly url: string } }>(told: T): T {
  const { webhook } = told
  if (webhook === undefined) return told
  return { ...told, webhook: { ...webhook, url: `${new URL(webhook.url).origin}/` } }
}
