/** Logging in, and making an account. */
import { fieldOf, MENU_VIEWS } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing, useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { Form, Outcome, PasswordField, Submit, TextField, ViewLink, type Fields } from './parts.tsx'

export function LoginView() {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  useCell(session.door)
  const hasEnded = useCell(session.account.hasEnded)
  const { name } = useCell(session.view)
  const { isRunning, trouble, run } = useDoing<Done>()
  const submit = (fields: Fields): void =>
    run(async () => {
      await session.account.logIn({ nick: fields('nick'), password: fields('password') })
      return undefined
    })
  const isOpen = useIsOpen()
  if (session.account.isElsewhere) return <Elsewhere />
  const isLedHere = MENU_VIEWS.some((one) => one === name)
  return (
    <main class="entering">
      <h1 class="entering__title" id="content" tabIndex={-1}>
        {words.entering.login}
      </h1>
      {hasEnded ? (
        <p class="entering__why">{words.entering.ended}</p>
      ) : (
        isLedHere && <p class="entering__why">{words.entering.first}</p>
      )}
      <div class="card panel">
        <Form onSubmit={submit}>
          <TextField name="nick" label={words.nick} autocomplete="username" hasFocus />
          <PasswordField
            name="password"
            label={words.password}
            autocomplete="current-password"
            isWrong={fieldOf(trouble?.code) === 'password'}
          />
          <Submit label={words.logIn} isRunning={isRunning} isMain />
          <Outcome trouble={trouble} done={undefined} />
        </Form>
      </div>
      <p class="entering__other">{words.entering.forgotten}</p>
      {isOpen !== undefined && (
        <p class="entering__other">
          {words.entering.noAccount}{' '}
          {isOpen ? (
            <ViewLink view={{ name: 'register' }}>{words.entering.toRegister}</ViewLink>
          ) : (
            words.entering.closed
          )}
        </p>
      )}
    </main>
  )
}

/** The cookies of this page are not for the machine that answers. */
function Elsewhere() {
  const session = useSession()
  const { texts } = useWords()
  const door = useCell(session.door)
  return (
    <main class="entering">
      <h1 class="entering__title" id="content" tabIndex={-1}>
        {texts.accounts.entering.login}
      </h1>
      <p class="entering__why">{texts.accounts.entering.elsewhere}</p>
      <p>
        <a class="button button--main" href={`${door}/`}>
          {texts.accounts.entering.openThere}
        </a>
      </p>
    </main>
  )
}

export function RegisterView() {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const { account } = session
  const { isRunning, trouble, run } = useDoing<Done>()
  const wasOpen = useIsOpen()
  const isOpen = wasOpen === true && trouble?.code !== 'REGISTRATION_CLOSED'
  const submit = (fields: Fields): void =>
    run(async () => {
      const [nick, password] = [fields('nick'), fields('password')]
      await account.calls.register({ nick, password, ...nameOf(fields) })
      await account.logIn({ nick, password })
      return undefined
    })
  if (account.isElsewhere) return <Elsewhere />
  return (
    <main class="entering">
      <h1 class="entering__title" id="content" tabIndex={-1}>
        {words.entering.register}
      </h1>
      {isOpen ? (
        <div class="card panel">
          <Form onSubmit={submit}>
            <NewAccountFields wrong={fieldOf(trouble?.code)} hasFocus />
            <Submit label={words.entering.submitRegister} isRunning={isRunning} isMain />
            <Outcome trouble={trouble} done={undefined} />
          </Form>
        </div>
      ) : (
        <p class="entering__why" role="status">
          {wasOpen === undefined ? words.loading : words.entering.closed}
        </p>
      )}
      <p class="entering__other">
        {words.entering.hasAccount}{' '}
        <ViewLink view={{ name: 'login' }}>{words.entering.toLogin}</ViewLink>
      </p>
    </main>
  )
}

/** Whether people make their accounts themselves; where nobody answers that is tried. */
function useIsOpen(): boolean | undefined {
  const { account } = useSession()
  const { value, trouble } = useLoaded(() => account.calls.registration(), '')
  return value?.isOpen ?? (trouble === undefined ? undefined : true)
}

interface NewAccountFieldsProps {
  readonly wrong: ReturnType<typeof fieldOf>
  readonly hasFocus?: boolean
  /** Not one's own: the browser need not remember it. */
  readonly isForAnother?: boolean
}

export function NewAccountFields({
  wrong,
  hasFocus = false,
  isForAnother = false,
}: NewAccountFieldsProps) {
  const { texts } = useWords()
  const words = texts.accounts
  return (
    <>
      <TextField
        name="nick"
        label={words.nick}
        autocomplete={isForAnother ? 'off' : 'username'}
        hint={words.nickHint}
        isWrong={wrong === 'nick'}
        hasFocus={hasFocus}
      />
      <TextField
        name="name"
        label={words.name}
        autocomplete={isForAnother ? 'off' : 'name'}
        hint={words.nameHint}
        isWrong={wrong === 'name'}
        isOptional
      />
      <PasswordField
        name="password"
        label={words.password}
        autocomplete="new-password"
        hint={words.passwordHint}
        isWrong={wrong === 'password'}
      />
    </>
  )
}

/** A name that was left out is the nick. */
export function nameOf(fields: Fields): { readonly name?: string } {
  const name = fields('name').trim()
  return name === '' ? {} : { name }
}
