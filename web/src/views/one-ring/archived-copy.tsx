/** Of an address: the copy that the archive has, and a button that has one made. */
import { useEffect, useState } from 'preact/hooks'

import type { KeptPage } from '../../../../src/wire/api-kept-pages.ts'
import { keptPagesOf } from '../../api/kept-pages.ts'
import { may } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { FreshLink } from '../fresh-link.tsx'
import { useDoing } from '../hooks.ts'
import { useOneRingWords } from './one-ring-words.ts'

import '../../styles/archived.css'

export function ArchivedCopy({ url }: { readonly url: string }) {
  const session = useSession()
  const who = useCell(session.account.who)
  const door = useCell(session.door)
  const words = useOneRingWords()
  const pages = keptPagesOf(session.client)
  const [found, setFound] = useState<KeptPage | undefined>(undefined)
  const archiving = useDoing<KeptPage>()
  const mayRead = may(who, 'pages.read')
  useEffect(() => {
    let isWanted = mayRead
    if (mayRead) void pages.find(url).then((kept) => isWanted && setFound(kept))
    return () => {
      isWanted = false
    }
  }, [url, mayRead])
  if (words === undefined || !mayRead) return null
  const kept = archiving.done ?? found
  const { at, now, none, working } = words.own.archived
  const { isRunning, run, trouble } = archiving
  return (
    <p class="archived">
      {kept !== undefined && (
        <FreshLink href={`${door}/v1/pages/${kept.id}/view`}>
          {at(words.minute(kept.fetchedAt))}
        </FreshLink>
      )}{' '}
      {may(who, 'pages.scrape') && (
        <button
          type="button"
          class="link-button"
          aria-disabled={isRunning}
          onClick={() => run(() => pages.archive(url))}
        >
          {isRunning ? working : now}
        </button>
      )}{' '}
      <span role="status">
        {trouble !== undefined && (
          <span class="outcome--trouble">
            {words.trouble(trouble)} {kept === undefined && none}
          </span>
        )}
        {archiving.done !== undefined && <span class="unseen">{words.own.archived.done}</span>}
      </span>
    </p>
  )
}
