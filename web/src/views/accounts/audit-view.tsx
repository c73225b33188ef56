/** Who did what that concerns security. */
import { useState } from 'preact/hooks'

import type { AuditEntry, AuditPage } from '../../../../src/wire/api-accounts.ts'
import { DIRECTORY_OWNER, isAuditWhat } from '../../../../src/wire/audit.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing, useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { Frame } from './frame.tsx'
import { LoadTrouble, Outcome } from './parts.tsx'

export function AuditView() {
  const { account } = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const { value, trouble, again } = useLoaded(() => account.calls.audit(), '')
  const [older, setOlder] = useState<AuditPage | undefined>(undefined)
  const loadMore = useDoing<Done>()
  const { cursor } = older ?? value ?? {}
  const next = (from: string): void =>
    loadMore.run(async () => {
      const page = await account.calls.audit(from)
      setOlder((before) => ({ ...page, items: [...(before?.items ?? []), ...page.items] }))
      return undefined
    })
  return (
    <Frame name="audit" title={words.audit.title} hint={words.audit.hint}>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value === undefined && trouble === undefined && <p class="quiet">{words.loading}</p>}
      {value !== undefined && <AuditTable items={[...value.items, ...(older?.items ?? [])]} />}
      <Outcome trouble={loadMore.trouble} done={undefined} />
      {cursor !== undefined && (
        <button
          type="button"
          class="button button--small"
          aria-disabled={loadMore.isRunning}
          onClick={() => next(cursor)}
        >
          {words.audit.older}
        </button>
      )}
    </Frame>
  )
}

function AuditTable({ items }: { readonly items: readonly AuditEntry[] }) {
  const { texts } = useWords()
  const words = texts.accounts.audit
  if (items.length === 0) return <p class="note">{words.none}</p>
  return (
    <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table table--told" id="audit">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.at}</th>
            <th scope="col">{words.by}</th>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.to}</th>
            <th scope="col">{words.outcome}</th>
            <th scope="col">{words.address}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((entry, index) => (
            <AuditRow key={`${entry.at} ${index}`} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function AuditRow({ entry }: { readonly entry: AuditEntry }) {
  const { texts, instant } = useWords()
  const words = texts.accounts.audit
  return (
    <tr>
      <td>{instant(entry.at)}</td>
      <td data-title={words.by}>
        {entry.by === DIRECTORY_OWNER
          ? words.owner
          : (entry.by ?? <span class="quiet">{words.nobody}</span>)}
      </td>
      <td>
        {/* A newer member may tell of what this page has no words for. */}
        {isAuditWhat(entry.what) && words.whats[entry.what]} <code class="quiet">{entry.what}</code>
      </td>
      <td class="breakable" data-title={words.to}>
        {entry.to}
        {entry.detail !== undefined && <code class="audit__detail">{entry.detail}</code>}
      </td>
      <td data-title={words.outcome}>
        {entry.refused === undefined ? (
          words.done
        ) : (
          <span class="audit__refused">
            {words.refused} <code>{entry.refused}</code>
          </span>
        )}
      </td>
      <td data-title={words.address}>{entry.address}</td>
    </tr>
  )
}
