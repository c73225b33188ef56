/** A dweet with what it answers, and what answers it. */
import type { Dweet, Publication } from '../../../../src/wire/api-dweets.ts'
import { useCell } from '../../state/use-cell.ts'
import { LoadTrouble } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { useDesk } from './desk.ts'
import { DweetCard } from './dweet-card.tsx'
import { useDweetWords } from './dweet-words.ts'

export function ThreadPlace({ id }: { readonly id: string }) {
  const { client, published } = useDesk()
  const { texts } = useDweetWords()
  const { loading } = useWords().texts.accounts
  const own = useCell(published)
  const { again, trouble, value } = useLoaded(() => client.thread(id), id)
  if (trouble !== undefined) return <LoadTrouble trouble={trouble} onAgain={again} />
  if (value === undefined) return <p class="quiet">{loading}</p>
  const { above, dweet } = value
  const below = withOwn(value.below, own, dweet)
  return (
    <div class="feed">
      {above.map((one, index) =>
        one === null ? (
          <p key={`gone ${index}`} class="note">
            {texts.dweet.unseenAbove}
          </p>
        ) : (
          <DweetCard key={one.id} publication={one} />
        ),
      )}
      <DweetCard publication={dweet} isMain />
      {below.map((one) => (
        <div key={one.id} class={one.replyTo?.id === dweet.id ? '' : 'feed__deeper'}>
          <DweetCard publication={one} />
        </div>
      ))}
    </div>
  )
}

/** Answers that were given here, each behind what it answers. */
function withOwn(
  below: readonly Dweet[],
  own: readonly Publication[],
  main: Dweet,
): readonly Dweet[] {
  const all = [...below]
  for (const one of own.toReversed()) {
    if (one.kind === 'redweet' || all.some(({ id }) => id === one.id)) continue
    const at = all.findLastIndex(({ id, replyTo }) =>
      [id, replyTo?.id].includes(one.replyTo?.id ?? ''),
    )
    if (at >= 0 || one.replyTo?.id === main.id) all.splice(at < 0 ? all.length : at + 1, 0, one)
  }
  return all
}
