/** Around each view beside the ring: where else one can go, and how to leave. */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

import { menuViews, nickOf, RING_VIEW, type ViewName } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'
import { Outcome, ViewLink } from './parts.tsx'

interface FrameProps {
  readonly name: ViewName
  readonly title: string
  readonly hint?: string
  readonly children: ComponentChildren
}

export function Frame({ name, title, hint, children }: FrameProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => heading.current?.focus(), [])
  return (
    <main class="accounts">
      <Menu name={name} />
      <h1 ref={heading} id="content" class="accounts__title" tabIndex={-1}>
        {title}
      </h1>
      {hint !== undefined && <p class="quiet accounts__hint">{hint}</p>}
      {children}
    </main>
  )
}

function Menu({ name }: { readonly name: ViewName }) {
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
        <ViewLink view={RING_VIEW} class="menu__link">
          {words.toRing}
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
