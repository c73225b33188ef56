import { render } from 'preact'

import { memory } from './state/memory.ts'
import { Session, SessionProvider } from './state/session.ts'
import { loadAny, loadLanguage } from './texts/load.ts'
import { chooseLanguage } from './texts/texts.ts'

import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/result.css'
import './styles/ring.css'
import './styles/store.css'
import './styles/records.css'
import './styles/log.css'
import './styles/accounts.css'
import './styles/copies.css'
import './styles/renders.css'
import { App } from './views/app.tsx'
import { loadViews } from './views/later.tsx'

/** Nothing is shown before there are words for it. */
async function show(place: Element): Promise<void> {
  const wanted = memory.language() ?? chooseLanguage(navigator.languages)
  const session = new Session(location.origin, await loadAny(wanted, loadLanguage))
  render(
    <SessionProvider value={session}>
      <App />
    </SessionProvider>,
    place,
  )
  session.start()
  whenIdle(() => void loadViews())
}

/** For browsers that do not tell when they are idle: the first view is there by then. */
const IDLE_AFTER_MS = 500

function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run)
  else setTimeout(run, IDLE_AFTER_MS)
}

const place = document.querySelector('#page')
if (place !== null)
  show(place).catch((thrown: unknown) => {
    // Without words of any language, and so in both.
    place.textContent =
      'The page could not be loaded whole: reload it. · ' +
      'La página no se pudo cargar entera: vuelve a cargarla.'
    throw thrown
  })
