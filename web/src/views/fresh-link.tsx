/** A link that the browser follows by itself, with the cookies that it has. */
import type { ComponentChildren } from 'preact'

import { nickOf } from '../model/accounts.ts'
import { useSession } from '../state/session.ts'

interface FreshLinkProps {
  readonly href: string
  readonly class?: string
  /** Saved, and not shown. */
  readonly isDownload?: boolean
  /** For who does not see beside what it stands. */
  readonly label?: string
  readonly children: ComponentChildren
}

/** A log-in that is minutes old is renewed first: a link cannot do so when it is refused. */
export function FreshLink({
  href,
  class: name,
  isDownload = false,
  label,
  children,
}: FreshLinkProps) {
  const { account } = useSession()
  const follow = (event: MouseEvent): void => {
    if (nickOf(account.who.get()) === undefined) return
    event.preventDefault()
    const open = (): void => {
      if (isDownload) location.assign(href)
      else window.open(href, '_blank', 'noreferrer')
    }
    account.find().then(open, open)
  }
  return (
    <a
      class={name}
      href={href}
      rel="noreferrer"
      aria-label={label}
      onClick={follow}
      {...(isDownload ? { download: true } : { target: '_blank' })}
    >
      {children}
    </a>
  )
}
