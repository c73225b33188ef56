/** In the header: who one is, or how to log in. */
import { hasAccounts, nickOf, RING_VIEW, screenFor } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Person } from '../icons.tsx'
import { useWords } from '../words.ts'
import { ViewLink } from './parts.tsx'

export function AccountLink() {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const who = useCell(session.account.who)
  const view = useCell(session.view)
  if (!hasAccounts(who)) return null
  const nick = nickOf(who)
  const screen = screenFor(who, view)
  const isEntering = screen.kind === 'view' && screen.name === 'login'
  return (
    <div class="asker">
      {nick !== undefined ? (
        <ViewLink view={{ name: 'account' }} class="asker__link" label={words.yours(nick)}>
          <Person />
          <span class="asker__nick">{nick}</span>
        </ViewLink>
      ) : isEntering ? (
        who.kind === 'told' && (
          <ViewLink view={RING_VIEW} class="asker__link">
            {words.toRing}
          </ViewLink>
        )
      ) : (
        <ViewLink view={{ name: 'login' }} class="button button--small">
          {words.logIn}
        </ViewLink>
      )}
      <span class="unseen" role="status">
        {nick === undefined ? '' : words.entering.welcome(nick)}
      </span>
    </div>
  )
}

/** A session that ended by itself is told where a guest may go on looking. */
export function EndedNotice() {
  const session = useSession()
  const { texts } = useWords()
  const hasEnded = useCell(session.account.hasEnded)
  return (
    <div role="status">
      {hasEnded && (
        <p class="notice">
          <span>{texts.accounts.entering.ended}</span>
          <ViewLink view={{ name: 'login' }} class="button button--small">
            {texts.accounts.logIn}
          </ViewLink>
        </p>
      )}
    </div>
  )
}
