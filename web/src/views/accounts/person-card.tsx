/** One account, for who manages them: role and rights, access, password, its end. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

import type { User } from '../../../../src/wire/api-accounts.ts'
import {
  ACCOUNT_ROLE_NAMES,
  GRANTABLE,
  type AccountRoleName,
  type Permission,
} from '../../../../src/wire/permissions.ts'
import { grantsFor, nickOf, toggled } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing, useGuestMay, useLoaded } from '../hooks.ts'
import { Cross } from '../icons.tsx'
import { useWords } from '../words.ts'
import { Keys, PermissionBoxes } from './keys-card.tsx'
import { Confirm, Form, LoadTrouble, Outcome, PasswordField, Submit } from './parts.tsx'
import { QuotaPart, useManagesFiles } from './quota-part.tsx'
import { Sessions } from './sessions-card.tsx'

interface PersonCardProps {
  readonly nick: string
  readonly onChanged: () => void
}

export function PersonCard({ nick, onChanged }: PersonCardProps) {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const heading = useRef<HTMLHeadingElement>(null)
  const { value, trouble, again } = useLoaded(() => session.account.calls.user(nick), nick)
  const [changed, setChanged] = useState<User | undefined>(undefined)
  const own = nickOf(useCell(session.account.who))
  const managesFiles = useManagesFiles()
  useLayoutEffect(() => heading.current?.focus(), [])
  const user = changed ?? value
  const take = (after: User): void => {
    setChanged(after)
    onChanged()
  }
  return (
    <section class="card panel person" aria-labelledby="person-title">
      <div class="person__head">
        <h2 ref={heading} id="person-title" class="panel__title breakable" tabIndex={-1}>
          {user?.nick ?? nick}
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label={words.people.close}
          title={words.people.close}
          onClick={() => session.go({ name: 'people' })}
        >
          <Cross />
        </button>
      </div>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {user === undefined && trouble === undefined && <p class="quiet">{words.loading}</p>}
      {user !== undefined && (
        <>
          <p class="panel__lead breakable">{user.name}</p>
          <RightsForm user={user} onChanged={take} />
          {managesFiles && <QuotaPart nick={user.nick} />}
          {user.nick === own ? (
            <p class="quiet">{words.people.own}</p>
          ) : (
            <OthersForms user={user} onChanged={take} onRemoved={onChanged} />
          )}
        </>
      )}
    </section>
  )
}

interface ChangeProps {
  readonly user: User
  readonly onChanged: (after: User) => void
}

function RightsForm({ user, onChanged }: ChangeProps) {
  const { account } = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const { isRunning, trouble, done, run } = useDoing<Done>()
  const [role, setRole] = useState<AccountRoleName>(user.role)
  const [grants, setGrants] = useState<readonly Permission[]>(user.grants)
  const offered = grantsFor(role)
  const ofRole = offered.filter(({ isOfRole }) => isOfRole).map(({ permission }) => permission)
  const guestMay = useGuestMay()
  const fixed = new Map([
    ...guestMay.map((one) => [one, words.people.byAnybody] as const),
    ...ofRole.map((one) => [one, words.people.byRole] as const),
  ])
  const save = (): void =>
    run(async () => {
      // What the role gives is not granted beside it: it would outlive the role.
      const beside = grants.filter((one) => GRANTABLE.has(one) && !ofRole.includes(one))
      onChanged(await account.calls.setRole(user.nick, { role, grants: beside }))
      await account.find()
      return 'role'
    })
  return (
    <Form onSubmit={save} label={words.people.rightsTitle}>
      <h3 class="panel__part">{words.people.rightsTitle}</h3>
      <fieldset class="boxes">
        <legend class="label">{words.roleWord}</legend>
        {ACCOUNT_ROLE_NAMES.map((one) => (
          <label key={one} class="box">
            <input type="radio" name="role" checked={role === one} onChange={() => setRole(one)} />
            <span>
              {words.roles[one]} <span class="quiet">· {words.roleHints[one]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <PermissionBoxes
        legend={words.keys.permissions}
        offered={offered.map(({ permission }) => permission)}
        chosen={grants}
        fixed={fixed}
        onToggle={(permission) => setGrants(toggled(grants, permission))}
      />
      <div class="actions">
        <Submit label={words.people.saveRights} isRunning={isRunning} />
      </div>
      <Outcome trouble={trouble} done={done} />
    </Form>
  )
}

function OthersForms({
  user,
  onChanged,
  onRemoved,
}: ChangeProps & { readonly onRemoved: () => void }) {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const removing = useDoing<Done>()
  const [passwords, setPasswords] = useState(0)
  const remove = (): void =>
    removing.run(async () => {
      await session.account.calls.removeUser(user.nick, {})
      onRemoved()
      session.go({ name: 'people' })
      return undefined
    })
  return (
    <>
      <AccessPart user={user} onChanged={onChanged} />
      <h3 class="panel__part">{words.sessions.of}</h3>
      <p class="quiet panel__hint">{words.sessions.ofHint}</p>
      {/* Another password, and a suspension, end them. */}
      <Sessions key={`${user.state} ${passwords}`} nick={user.nick} label={words.sessions.of} />
      <h3 class="panel__part">{words.keys.title}</h3>
      <Keys nick={user.nick} />
      <PasswordPart
        nick={user.nick}
        onChanged={(after) => {
          setPasswords(passwords + 1)
          onChanged(after)
        }}
      />
      <h3 class="panel__part">{words.people.remove}</h3>
      <p class="quiet panel__hint">{words.people.removeHint}</p>
      <Confirm
        label={words.profile.remove}
        question={words.people.removeSure(user.nick)}
        isRunning={removing.isRunning}
        onConfirm={remove}
      />
      <Outcome trouble={removing.trouble} done={undefined} />
    </>
  )
}

function AccessPart({ user, onChanged }: ChangeProps) {
  const { account } = useSession()
  const { texts, minute } = useWords()
  const words = texts.accounts.people
  const { isRunning, trouble, done, run } = useDoing<Done>()
  const next = user.state === 'active' ? 'suspended' : 'active'
  const change = (): void =>
    run(async () => {
      onChanged(await account.calls.setState(user.nick, next))
      return next
    })
  return (
    <>
      <h3 class="panel__part">{words.suspendTitle}</h3>
      <p class="quiet panel__hint">
        {user.state === 'active' ? words.suspendHint : words.activateHint}
      </p>
      {user.shutUntil !== undefined && (
        <p class="panel__hint account-state--suspended">{words.shutOut(minute(user.shutUntil))}</p>
      )}
      <button type="button" class="button" aria-disabled={isRunning} onClick={change}>
        {user.state === 'active' ? words.suspend : words.activate}
      </button>
      <Outcome trouble={trouble} done={done} />
    </>
  )
}

interface PasswordPartProps {
  readonly nick: string
  readonly onChanged: (after: User) => void
}

function PasswordPart({ nick, onChanged }: PasswordPartProps) {
  const { account } = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const { isRunning, trouble, done, run } = useDoing<Done>()
  return (
    <Form
      label={words.people.passwordTitle}
      onSubmit={(fields, form) =>
        run(async () => {
          const after = await account.calls.changeUser(nick, { password: fields('password') })
          form.reset()
          onChanged(after)
          return 'passwordOf'
        })
      }
    >
      <h3 class="panel__part">{words.people.passwordTitle}</h3>
      <PasswordField
        name="password"
        label={words.people.passwordTitle}
        autocomplete="off"
        hint={words.passwordHint}
        isWrong={trouble?.code === 'PASSWORD_UNFIT'}
      />
      <div class="actions">
        <Submit label={words.profile.savePassword} isRunning={isRunning} />
      </div>
      <Outcome trouble={trouble} done={done} />
    </Form>
  )
}
