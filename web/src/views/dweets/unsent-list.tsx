/** Dweets that the ring did not take yet. */
import type { Unsent } from '../../dweets/outbox.ts'
import { useCell } from '../../state/use-cell.ts'
import { useDesk } from './desk.ts'
import { DweetText } from './dweet-text.tsx'
import { useDweetWords } from './dweet-words.ts'

/** One that is answered in a moment is not told. */
export function UnsentList() {
  const { outbox } = useDesk()
  const { texts } = useDweetWords()
  const unsent = useCell(outbox.unsent).filter(({ key }) => !outbox.isFirstTry(key))
  if (unsent.length === 0) return null
  return (
    <section class="card panel" aria-label={texts.unsent.title}>
      <h2 class="panel__title">{texts.unsent.title}</h2>
      <ul class="persons">
        {unsent.map((one) => (
          <UnsentRow key={one.key} unsent={one} />
        ))}
      </ul>
    </section>
  )
}

function UnsentRow({ unsent }: { readonly unsent: Unsent }) {
  const { outbox } = useDesk()
  const words = useDweetWords()
  const { discard, old, waits } = words.texts.unsent
  const { body, key, refused } = unsent
  const why = refused !== undefined ? words.trouble(refused) : outbox.isTooOld(unsent) ? old : waits
  return (
    <li class="row">
      <div class="row__text">
        <DweetText text={body.text} mentions={[]} />
        <p class="quiet row__note">{why}</p>
      </div>
      <button type="button" class="button button--small" onClick={() => outbox.discard(key)}>
        {discard}
      </button>
    </li>
  )
}
