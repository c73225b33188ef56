/** Around each view beside the ring. */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

import type { ViewName } from '../../model/accounts.ts'
import { Menu } from './menu.tsx'

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
