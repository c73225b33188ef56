/** From something of the ring to where a dweet about it is written. */
import { may, nickOf } from '../model/accounts.ts'
import { dweetAbout } from '../model/dweet-about.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { ViewLink } from './accounts/parts.tsx'
import { useWords } from './words.ts'

interface DweetLinkProps {
  readonly title: string
  readonly url: string
}

/** Absent for who may not write dweets. */
export function DweetLink({ title, url }: DweetLinkProps) {
  const who = useCell(useSession().account.who)
  const { texts } = useWords()
  if (nickOf(who) === undefined || !may(who, 'dweets.write')) return null
  return (
    <ViewLink class="button button--small" view={dweetAbout(title, url)}>
      {texts.dweetThis}
    </ViewLink>
  )
}
