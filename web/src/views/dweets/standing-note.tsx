/** What moderators have laid upon whoever looks. */
import type { Standing } from '../../../../src/wire/api-reports.ts'
import { useDweetWords } from './dweet-words.ts'

export function StandingNote({ standing }: { readonly standing: Standing }) {
  const { minute, texts } = useDweetWords()
  const words = texts.moderated
  const { kind, message, reason, until } = standing
  return (
    <div class="note note--trouble" role="note">
      <p>
        {words.standing[kind]} {until !== undefined && words.until(minute(until))}{' '}
        {reason !== undefined && words.reason(texts.report.reasons[reason])}
      </p>
      {message !== undefined && <p dir="auto">{message}</p>}
    </div>
  )
}
