/** Who did what that concerns security. */
import type { AuditEntry } from '../../../../src/wire/api-accounts.ts'
import { DIRECTORY_OWNER, isAuditWhat } from '../../../../src/wire/audit.ts'
import { useSession } from '../../state/session.ts'
import { useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { useWords } from '../words.ts'
import { Frame } from './frame.tsx'

export function AuditView() {
  const { account } = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const first = useLoaded(() => account.calls.audit(), '')
  const rest = useRest((cursor) => account.calls.audit(cursor))
  return (
    <Frame name="audit" title={words.audit.title} hint={words.audit.hint}>
      <PagedList first={first} rest={rest} more={words.audit.older}>
        {(items) => <AuditTable items={items} />}
      </PagedList>
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
