/** What is said once a test event waits for a webhook. */
import type { Webhook } from '../../wire/api-webhooks.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { webhookText } from '../webhook-lines.ts'

export function tellTested(io: Io, flags: DoorFlags, webhook: Webhook): void {
  if (flags.json) return jsonLine(io, webhook)
  line(io.out, `a test event is on its way to ${webhook.url}`)
  line(io.out, `before it: ${webhookText(webhook)}`)
}
