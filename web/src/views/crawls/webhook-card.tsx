/** How deliveries to a webhook go; and its secret, told once. */
import { useState } from 'preact/hooks'

import type { Webhook } from '../../../../src/wire/api-webhooks.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Card, Outcome } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'

interface WebhookStateProps {
  readonly webhook: Webhook
  /** Whom it belongs to. */
  readonly of: 'crawls' | 'schedules'
  readonly id: string
  readonly mayTest: boolean
}

export function WebhookCard(props: WebhookStateProps) {
  return (
    <Card title={useWords().texts.schedules.hook.title}>
      <WebhookState {...props} />
    </Card>
  )
}

export function WebhookState({ webhook, of, id, mayTest }: WebhookStateProps) {
  const { schedules } = useSession()
  const { texts, number, minute } = useWords()
  const words = texts.schedules.hook
  const { isRunning, trouble, run } = useDoing<Done>()
  const [isTested, setIsTested] = useState(false)
  const { delivered, givenUp, last, leftOut, nextTryAt, state, url, waiting } = webhook
  const counts = { delivered, givenUp, leftOut, waiting }
  const shown = Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, number(n)]))
  const test = (): void =>
    run(async () => {
      await schedules.testWebhook(of, id)
      setIsTested(true)
      return undefined
    })
  return (
    <>
      <p class="webhook__url">{url}</p>
      <p class={state === 'ok' ? '' : 'outcome--trouble'}>
        {last === undefined ? words.none : words.states[state]}
      </p>
      <p class="quiet">
        {words.facts({ delivered: '0', waiting: '0', givenUp: '0', leftOut: '0', ...shown })}
        {last !== undefined &&
          ` ${words.last({ type: last.type, how: String(last.status ?? last.code ?? '') })}`}
        {nextTryAt !== undefined && ` ${words.nextTry(minute(nextTryAt))}`}
      </p>
      {mayTest && (
        <button type="button" class="button button--small" aria-disabled={isRunning} onClick={test}>
          {words.test}
        </button>
      )}
      <Outcome trouble={trouble} done={undefined} />
      <p class="outcome outcome--done" role="status">
        {isTested && words.tested}
      </p>
    </>
  )
}

/** Whoever leaves this page has seen it for the last time. */
export function SecretNote({ secret }: { readonly secret: string }) {
  const words = useWords().texts.schedules
  return (
    <p>
      {words.secret}: <code class="webhook__url">{secret}</code> {words.secretHint}
    </p>
  )
}
