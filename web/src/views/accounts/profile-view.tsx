/** One's own account. */
import { useState } from 'preact/hooks'

import type { Me } from '../../../../src/wire/api-accounts.ts'
import { PERMISSION_NAMES } from '../../../../src/wire/permissions.ts'
import { fieldOf, may, RING_VIEW } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'
import { Frame } from './frame.tsx'
import { GroupsCard } from './groups-card.tsx'
import { KeysCard } from './keys-card.tsx'
import { Card, Form, Outcome, PasswordField, Submit, TextField } from './parts.tsx'
import { SessionsCard } from './sessions-card.tsx'
import { UsedCard } from './used-card.tsx'

export function ProfileView() {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const who = useCell(session.account.who)
  const [passwords, setPasswords] = useState(0)
  if (who.kind !== 'told' || who.me.nick === null) return null
  const { me } = who
  const { nick } = who.me
  return (
    <Frame name="account" title={words.profile.title}>
      <div class="panels">
        <div class="panels__column">
          <NameCard nick={nick} me={me} />
          {may(who, 'files.read') && <UsedCard />}
          {/* A new password ends all other sessions. */}
          <SessionsCard key={passwords} nick={nick} />
          <PasswordCard nick={nick} onChanged={() => setPasswords(passwords + 1)} />
        </div>
        <div class="panels__column">
          <KeysCard nick={nick} me={me} />
          <RightsCard me={me} />
          <GroupsCard isMine />
          <RemoveCard nick={nick} />
        </div>
      </div>
    </Frame>
  )
}

function NameCard({ nick, me }: { readonly nick: string; readonly me: Me }) {
  const { account } = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const { isRunning, trouble, done, run } = useDoing<Done>()
  const submit = (name: string): void =>
    run(async () => {
      await account.calls.changeUser(nick, { name })
      await account.find()
      return 'name'
    })
  return (
    <Card title={nick}>
      <p class="panel__lead">
        <strong>{words.roles[me.role]}</strong>
        <span class="quiet"> · {words.roleHints[me.role]}</span>
      </p>
      <Form onSubmit={(fields) => submit(fields('name'))}>
        <TextField
          name="name"
          label={words.name}
          autocomplete="name"
          value={me.name ?? ''}
          isWrong={fieldOf(trouble?.code) === 'name'}
        />
        <div class="actions">
          <Submit label={words.profile.saveName} isRunning={isRunning} />
        </div>
        <Outcome trouble={trouble} done={done} />
      </Form>
    </Card>
  )
}

interface PasswordCardProps {
  readonly nick: string
  readonly onChanged: () => void
}

function PasswordCard({ nick, onChanged }: PasswordCardProps) {
  const { account } = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const { isRunning, trouble, done, run } = useDoing<Done>()
  const wrong = trouble?.code
  return (
    <Card title={words.profile.passwordTitle}>
      <Form
        onSubmit={(fields, form) =>
          run(async () => {
            const [password, oldPassword] = [fields('new'), fields('old')]
            await account.calls.changeUser(nick, { password, oldPassword })
            form.reset()
            onChanged()
            return 'password'
          })
        }
      >
        <HiddenNick nick={nick} />
        <PasswordField
          name="old"
          label={words.profile.oldPassword}
          autocomplete="current-password"
          isWrong={wrong === 'BAD_LOGIN'}
        />
        <PasswordField
          name="new"
          label={words.profile.newPassword}
          autocomplete="new-password"
          hint={words.passwordHint}
          isWrong={wrong === 'PASSWORD_UNFIT'}
        />
        <div class="actions">
          <Submit label={words.profile.savePassword} isRunning={isRunning} />
        </div>
        <Outcome trouble={trouble} done={done} />
      </Form>
    </Card>
  )
}

/** Tells the browser's keeper of passwords whose it is. */
function HiddenNick({ nick }: { readonly nick: string }) {
  return <input type="text" name="nick" autocomplete="username" value={nick} readOnly hidden />
}

function RightsCard({ me }: { readonly me: Me }) {
  const { texts } = useWords()
  const words = texts.accounts
  return (
    <Card title={words.profile.rights}>
      <ul class="rights">
        {PERMISSION_NAMES.map((permission) => {
          const isAllowed = me.permissions.includes(permission)
          return (
            <li key={permission} class={isAllowed ? 'right right--allowed' : 'right'}>
              <span class="unseen">{isAllowed ? words.profile.may : words.profile.mayNot} </span>
              {words.permissions[permission]}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

function RemoveCard({ nick }: { readonly nick: string }) {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const { isRunning, trouble, run } = useDoing<Done>()
  return (
    <Card title={words.profile.removeTitle}>
      <details class="disclosure">
        <summary>{words.profile.removeHint}</summary>
        <Form
          onSubmit={(fields) =>
            run(async () => {
              await session.account.calls.removeUser(nick, { password: fields('password') })
              await session.account.left()
              session.go(RING_VIEW)
              return undefined
            })
          }
        >
          <HiddenNick nick={nick} />
          <PasswordField
            name="password"
            label={words.password}
            autocomplete="current-password"
            isWrong={fieldOf(trouble?.code) === 'password'}
          />
          <div class="actions">
            <Submit label={words.profile.remove} isRunning={isRunning} isHarmful />
          </div>
          <Outcome trouble={trouble} done={undefined} />
        </Form>
      </details>
    </Card>
  )
}
