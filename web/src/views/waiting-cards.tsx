import { useState } from 'preact/hooks'

import type { Waiting } from '../../../src/wire/api.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { useWords } from './words.ts'

/** Machines that wait to be let in, each with its code and a button. */
export function WaitingCards() {
  const session = useSession()
  const waiting = useCell(session.waiting)
  const trouble = useCell(session.waitingTrouble)
  const words = useWords()
  return (
    <div class="waiting" aria-live="polite">
      {waiting.map((one) => (
        <WaitingCard key={one.code} waiting={one} />
      ))}
      {trouble !== undefined && <p class="waiting__trouble">{words.trouble(trouble)}</p>}
    </div>
  )
}

function WaitingCard({ waiting }: { readonly waiting: Waiting }) {
  const session = useSession()
  const { texts } = useWords()
  const [isAdmitting, setIsAdmitting] = useState(false)
  const admit = async (): Promise<void> => {
    setIsAdmitting(true)
    await session.admit(waiting.code)
    setIsAdmitting(false)
  }
  return (
    <section class="card waiting__card" aria-label={texts.waiting.title}>
      <div>
        <h2 class="waiting__title">{texts.waiting.title}</h2>
        <p>{texts.waiting.sentence(waiting)}</p>
        <p class="quiet">{texts.waiting.check}</p>
      </div>
      <p class="waiting__code">
        <span class="label">{texts.waiting.codeLabel}</span>
        <strong class="waiting__digits">{waiting.code}</strong>
      </p>
      <button
        type="button"
        class="button button--main"
        disabled={isAdmitting}
        onClick={() => void admit()}
      >
        {isAdmitting ? texts.waiting.admitting : texts.waiting.admit(waiting.name)}
      </button>
    </section>
  )
}
