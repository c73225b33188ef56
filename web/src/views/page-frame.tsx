import { useEffect, useState } from 'preact/hooks'

import { nickOf } from '../model/accounts.ts'
import type { Page } from '../model/told.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { FreshLink } from './fresh-link.tsx'
import { useWords } from './words.ts'

/**
 * Kinds that the replay door shows; it offers the others for saving, which a sandboxed frame
 * refuses.
 */
const SHOWN =
  /^(text\/(html|plain|css|csv|xml|markdown)|application\/(xhtml\+xml|json|xml)|image\/)/i

/**
 * The page as downloaded, on the replay door's own origin and in a sandbox without any allowance:
 * it runs nothing, sends nothing, and shares nothing with this page.
 */
export function PageFrame({ page }: { readonly page: Page }) {
  const { texts } = useWords()
  const type = page.contentType.split(';')[0] ?? ''
  if (page.bytes === 0) return <p class="note">{texts.result.empty}</p>
  if (type !== '' && !SHOWN.test(type)) return <p class="note">{texts.result.notShown(type)}</p>
  return <Shown page={page} />
}

function Shown({ page }: { readonly page: Page }) {
  const session = useSession()
  const { texts } = useWords()
  const door = useCell(session.door)
  const isFresh = useFreshLogin()
  if (!isFresh) return <p class="note">{texts.result.loading}</p>
  // The door leads there, by the name under which the person knows it: cookies are for that one.
  const address = `${door}/v1/pages/${page.id}/view`
  return (
    <div class="frame">
      <iframe
        key={page.fetchedAt}
        class="frame__page"
        sandbox=""
        referrerPolicy="no-referrer"
        src={address}
        title={texts.result.frame(page.title ?? page.finalUrl)}
      />
      <p class="frame__note">
        <span>{texts.result.safe}</span>
        <FreshLink href={address}>{texts.result.open}</FreshLink>
      </p>
    </div>
  )
}

/** A frame shows the cookies that there are, and cannot renew a log-in that it finds too old. */
function useFreshLogin(): boolean {
  const { account } = useSession()
  const [isFresh, setIsFresh] = useState(() => nickOf(account.who.get()) === undefined)
  useEffect(() => {
    const settle = (): void => setIsFresh(true)
    if (!isFresh) account.find().then(settle, settle)
  }, [])
  return isFresh
}
