/**
 * Views that are not shown at first: each is a file of its own. They come when they are opened, or
 * once the page has nothing else to do: the member that serves them may be gone by then.
 */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

import { useWords } from './words.ts'

const laterViews: (() => Promise<unknown>)[] = []

/** Has every view before it is opened. One that fails is tried again when it is opened. */
export async function loadViews(): Promise<void> {
  await Promise.allSettled(laterViews.map((load) => load()))
}

/**
 * The view that `load` brings, in whose place stands that it is coming, or that it cannot be had.
 * A browser may remember that a file could not be had, so what helps is to load the page again.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined
  const loadOnce = async (): Promise<ComponentType<Props>> => {
    loaded ??= await load()
    return loaded
  }
  laterViews.push(loadOnce)
  return function Later(props: Props) {
    const [View, setView] = useState(() => loaded)
    const [isMissing, setIsMissing] = useState(false)
    useEffect(() => {
      if (View !== undefined) return
      loadOnce().then(
        (view) => setView(() => view),
        () => setIsMissing(true),
      )
    }, [])
    return View === undefined ? <Coming isMissing={isMissing} /> : <View {...props} />
  }
}

function Coming({ isMissing }: { readonly isMissing: boolean }) {
  const { texts } = useWords()
  return (
    <div class="outcome" role="status" aria-busy={!isMissing}>
      {isMissing ? (
        <>
          <p class="outcome--trouble">{texts.viewMissing}</p>
          <button
            type="button"
            class="button button--small"
            onClick={() => {
              location.reload()
            }}
          >
            {texts.reload}
          </button>
        </>
      ) : (
        <p class="quiet">{texts.accounts.loading}</p>
      )}
    </div>
  )
}
