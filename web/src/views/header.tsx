import { shortAddress } from '../model/address.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { LANGUAGES } from '../texts/texts.ts'
import { AccountLink } from './accounts/account-link.tsx'
import { FeedLink } from './feed-link.tsx'
import { FindField } from './find-field.tsx'
import { useMedia } from './hooks.ts'
import { Moon, RingMark, Sun } from './icons.tsx'
import { useWords } from './words.ts'

export function Header() {
  const { texts } = useWords()
  return (
    <header class="header">
      <a class="brand" href="./">
        <RingMark />
        <span>{texts.title}</span>
      </a>
      <FindField />
      <DoorStatus />
      <FeedLink />
      <AccountLink />
      <LanguageSwitch />
      <ThemeSwitch />
    </header>
  )
}

/** By which member's door the page speaks to the ring, told quietly. */
function DoorStatus() {
  const session = useSession()
  const { texts } = useWords()
  const door = useCell(session.door)
  const link = useCell(session.link)
  const ring = useCell(session.ring)
  const hasMoved = useCell(session.hasMoved)
  const member = ring?.members.find((one) => one.url === door)
  const name = member === undefined ? shortAddress(door) : `${member.name} (${shortAddress(door)})`
  return (
    <div class="door">
      <p class="door__line">
        <span class={`lamp lamp--${link}`} aria-hidden="true" />
        {link === 'lost' ? (
          <span>{texts.door.lost}</span>
        ) : (
          <span class="door__text" title={door}>
            {link === 'connecting' ? `${texts.door.connecting} ` : ''}
            <span class="door__word">{texts.door.using} </span>
            <span class="door__name">{name}</span>
          </span>
        )}
      </p>
      <p class="unseen" role="status">
        {link === 'lost'
          ? `${texts.door.lost} ${texts.door.lostHint}`
          : hasMoved
            ? texts.door.moved({ door: name })
            : ''}
      </p>
    </div>
  )
}

const NAMES = { en: 'English', es: 'Español' } as const

function LanguageSwitch() {
  const session = useSession()
  const { texts, language } = useWords()
  const missing = useCell(session.languages.missing)
  return (
    <div class="switch" role="group" aria-label={texts.language}>
      {LANGUAGES.map((one) => (
        <button
          key={one}
          type="button"
          class="switch__choice"
          lang={one}
          aria-pressed={one === language}
          aria-label={`${one.toUpperCase()} ${NAMES[one]}`}
          title={NAMES[one]}
          onClick={() => session.setLanguage(one)}
        >
          {one.toUpperCase()}
        </button>
      ))}
      <span class="switch__trouble" role="status">
        {missing === undefined ? '' : texts.languageMissing(NAMES[missing])}
      </span>
    </div>
  )
}

function ThemeSwitch() {
  const session = useSession()
  const { texts } = useWords()
  const system = useMedia('(prefers-color-scheme: dark)') ? 'dark' : 'light'
  const theme = useCell(session.theme) ?? system
  const other = theme === 'dark' ? 'light' : 'dark'
  const label = other === 'dark' ? texts.theme.toDark : texts.theme.toLight
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => session.setTheme(other)}
    >
      {other === 'dark' ? <Moon /> : <Sun />}
    </button>
  )
}
