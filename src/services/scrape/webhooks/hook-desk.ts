/** Webhooks as crawls and schedules make and tell them. */
import { AnilloError } from '../../../base/errors.ts'
import { asAnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { Random } from '../../../effects/random.ts'
import type { Webhook, WebhookSpec } from '../../../wire/api-webhooks.ts'
import { WEBHOOK_EVENTS_DEFAULT } from '../../../wire/webhook-bounds.ts'
import type { AddressGate } from '../fetch/address-gate.ts'
import type { HookRow } from './hook-rows.ts'
import type { HookStore } from './hook-store.ts'
import { hookUrl, ofWebhook } from './hook-url.ts'
import { checkSecret, makeSecret } from './signature.ts'

export interface HookDeskOptions {
  readonly random: Random
  readonly hooks: HookStore
  readonly gate: AddressGate
  /** Whoever delivers it is told. */
  readonly tell: (hook: string) => void
}

export class HookDesk {
  readonly #options: HookDeskOptions

  constructor(options: HookDeskOptions) {
    this.#options = options
  }

  /**
   * @param isChange of one that may be there, whose secret then stays where none is given
   * @returns its secret, which is told this once
   * @throws AnilloError BAD_REQUEST, ADDRESS_FORBIDDEN, URL_MALFORMED, URL_SCHEME, URL_USERINFO
   */
  async make(hook: string, asked: WebhookSpec, isChange = false): Promise<string> {
    const { hooks, random } = this.#options
    const { events = WEBHOOK_EVENTS_DEFAULT, secret, url: text } = asked
    if (secret !== undefined) checkSecret(secret)
    const url = hookUrl(text)
    await this.#admit(new URL(url))
    const before = isChange && secret === undefined ? await hooks.get(hook) : undefined
    const key = secret ?? before?.secret ?? makeSecret(random)
    return hooks.make({ hook, url, events: [...new Set(events)], secret: key, isChange })
  }

  async get(hook: string): Promise<Webhook | undefined> {
    const row = await this.#options.hooks.get(hook)
    return row === undefined ? undefined : webhookOf(row)
  }

  /** An event of the type `webhook.test` is tried at once. @throws AnilloError NOT_FOUND */
  async test(hook: string): Promise<Webhook> {
    const { hooks, tell } = this.#options
    await hooks.test(hook)
    tell(hook)
    const webhook = await this.get(hook)
    if (webhook === undefined) throw new AnilloError('NOT_FOUND', { what: 'webhook of this' })
    return webhook
  }

  leave(hook: string): Promise<void> {
    return this.#options.hooks.leave(hook)
  }

  tell(hook: string): void {
    this.#options.tell(hook)
  }

  /** What is forbidden is told at once; a name that is not known yet may be so later. */
  async #admit(url: URL): Promise<void> {
    try {
      await this.#options.gate.admit(url)
    } catch (thrown) {
      const error = asAnilloError(thrown)
      if (error.code === 'ADDRESS_FORBIDDEN') throw ofWebhook(error)
    }
  }
}

function webhookOf(row: HookRow): Webhook {
  const { delivered, events, failures, givenUp, isGone, last, leftOut, nextTryMs, url } = row
  const { waiting } = row
  const counts = { waiting, delivered, givenUp, leftOut }
  const failing = failures > 0 ? 'failing' : 'ok'
  const isLater = waiting > 0 && nextTryMs !== undefined
  return {
    url,
    events: [...events],
    state: isGone ? 'gone' : failing,
    ...counts,
    ...(last === undefined ? {} : { last: lastOf(last) }),
    ...(isLater ? { nextTryAt: instant(nextTryMs) } : {}),
  }
}

function lastOf({ atMs, ...told }: NonNullable<HookRow['last']>): NonNullable<Webhook['last']> {
  return { at: instant(atMs), ...told }
}
