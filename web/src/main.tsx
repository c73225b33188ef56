import { render } from 'preact'

import { Session, SessionProvider } from './state/session.ts'

import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/result.css'
import './styles/ring.css'
import './styles/store.css'
import './styles/records.css'
import './styles/found.css'
import './styles/log.css'
import './styles/accounts.css'
import './styles/archive.css'
import './styles/crawls.css'
import './styles/versions.css'
import { App } from './views/app.tsx'

const session = new Session(location.origin)
const place = document.querySelector('#page')
if (place !== null) {
  render(
    <SessionProvider value={session}>
      <App />
    </SessionProvider>,
    place,
  )
  session.start()
}
