import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

import { shortAddress } from '../model/address.ts'
import { isOnOneComputer } from '../model/route.ts'
import { canRender } from '../model/told.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { isUnderWay, type Visit } from '../state/visits.ts'
import { Arrow, Cross } from './icons.tsx'
import { useWords } from './words.ts'

export function Search() {
  const session = useSession()
  const { texts } = useWords()
  const visits = useCell(session.visits.all)
  const shown = useCell(session.visits.shown)
  const visit = visits.find((one) => one.key === shown)
  return (
    <section aria-label={texts.search.label}>
      <h1 class="search__title">{texts.tagline}</h1>
      <AddressForm shown={visit} />
      <Running visits={visits.filter((one) => isUnderWay(one) && one.key !== shown)} />
      {visit === undefined && <Recents />}
    </section>
  )
}

function AddressForm({ shown }: { readonly shown: Visit | undefined }) {
  const session = useSession()
  const { texts } = useWords()
  const field = useRef<HTMLInputElement>(null)
  const [isEmpty, setIsEmpty] = useState(false)
  const ring = useCell(session.ring)
  const isHere = ring !== undefined && isOnOneComputer(ring)
  const [isDrawn, setIsDrawn] = useState(false)
  const isAble = canRender(ring)
  const { placeholder, placeholderHere, hint, hintHere, empty } = texts.search

  useLayoutEffect(() => field.current?.focus(), [])
  useEffect(() => {
    if (field.current !== null && shown !== undefined) field.current.value = shown.url
  }, [shown?.key])

  const submit = (event: Event): void => {
    event.preventDefault()
    setIsEmpty(!session.search(field.current?.value ?? '', { render: isDrawn && isAble }))
  }
  return (
    <form class="form" onSubmit={submit} noValidate>
      <label class="unseen" for="address">
        {texts.search.label}
      </label>
      <div class="form__field">
        <input
          ref={field}
          id="address"
          class="form__input"
          type="text"
          inputMode="url"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={8192}
          placeholder={isHere ? placeholderHere : placeholder}
          aria-describedby="address-hint"
          aria-invalid={isEmpty}
          onInput={() => setIsEmpty(false)}
          onFocus={() => field.current?.select()}
        />
        <button class="button button--main" type="submit">
          <span>{texts.search.button}</span>
          <Arrow />
        </button>
      </div>
      <p id="address-hint" class={isEmpty ? 'hint hint--trouble' : 'hint'} aria-live="polite">
        {isEmpty ? empty : isHere ? hintHere : hint}
      </p>
      <p class="form__option">
        <input
          id="render"
          type="checkbox"
          checked={isDrawn && isAble}
          disabled={!isAble}
          aria-describedby={isAble ? undefined : 'render-hint'}
          onChange={(event) => setIsDrawn(event.currentTarget.checked)}
        />
        <label for="render">{texts.renders.option}</label>
        {!isAble && (
          <span id="render-hint" class="quiet">
            {texts.renders.nobody}
          </span>
        )}
      </p>
    </form>
  )
}

/** Downloads that were left and go on in the ring. */
function Running({ visits }: { readonly visits: readonly Visit[] }) {
  const session = useSession()
  const { texts } = useWords()
  if (visits.length === 0) return null
  return (
    <ul class="chips" aria-label={texts.running.still(visits.length)}>
      {visits.map((visit) => (
        <li key={visit.key} class="chip chip--running">
          <button type="button" class="chip__open" onClick={() => session.show(visit)}>
            <span class="lamp lamp--connecting" aria-hidden="true" />
            <span class="chip__text">{shortAddress(visit.url)}</span>
            <span class="chip__note">{texts.running.back}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function Recents() {
  const session = useSession()
  const { texts } = useWords()
  const recents = useCell(session.recents)
  if (recents.length === 0) return null
  return (
    <div class="recents">
      <h2 class="label">{texts.search.recent}</h2>
      <ul class="chips">
        {recents.map(({ url, title }) => (
          <li key={url} class="chip">
            <button
              type="button"
              class="chip__open"
              title={title}
              onClick={() => session.open(url)}
            >
              <span class="chip__text">{shortAddress(url)}</span>
            </button>
            <button
              type="button"
              class="chip__forget"
              aria-label={texts.search.forget(shortAddress(url))}
              onClick={() => session.forget(url)}
            >
              <Cross />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
