/** The way between the views, and how to leave. */
import { menuViews, nickOf, RING_VIEW, type ViewName } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'
import { Outcome, ViewLink } from './parts.tsx'

export function Menu({ name }: { readonly name: ViewName }) {
  const session = useSession()
  const { texts } = useWords()
  const who = useCell(session.account.who)
  const { isRunning, trouble, run } = useDoing<Done>()
  const words = texts.accounts
  const leave = async (): Promise<undefined> => {
    await session.account.logOut(false)
    session.go(RING_VIEW)
  }
  return (
    <>
      <nav class="menu" aria-label={words.menu}>
        <ViewLink view={RING_VIEW} class="menu__link" isHere={name === 'ring'}>
          {words.ring}
        </ViewLink>
        {menuViews(who).map((one) => (
          <ViewLink key={one} view={{ name: one }} class="menu__link" isHere={one === name}>
            {words.views[one]}
          </ViewLink>
        ))}
        {nickOf(who) !== undefined && (
          <button
            type="button"
            class="button button--small menu__leave"
            aria-disabled={isRunning}
            onClick={() => run(leave)}
          >
            {isRunning ? words.working : words.logOut}
          </button>
        )}
      </nav>
      <Outcome trouble={trouble} done={undefined} />
    </>
  )
}
