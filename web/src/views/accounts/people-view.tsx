/** All accounts, for who manages them. */
import { useState } from 'preact/hooks'

import type { User, UserList } from '../../../../src/wire/api-accounts.ts'
import { fieldOf, nickOf } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing, useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { NewAccountFields, nameOf } from './enter-view.tsx'
import { Frame } from './frame.tsx'
import { GroupsCard } from './groups-card.tsx'
import { Form, LoadTrouble, Outcome, Submit, TextField, type Fields } from './parts.tsx'
import { PersonCard } from './person-card.tsx'
import { EverybodysQuota, useManagesFiles } from './quota-part.tsx'

export function PeopleView() {
  const session = useSession()
  const { account } = session
  const { texts } = useWords()
  const words = texts.accounts
  const { nick } = useCell(session.view)
  const { value, trouble, again } = useLoaded(() => account.calls.users(), '')
  const [more, setMore] = useState<UserList | undefined>(undefined)
  const list = joined(value, more)
  const managesFiles = useManagesFiles()
  const loadMore = useDoing<Done>()
  const renew = (): void => {
    setMore(undefined)
    again()
  }
  const next = (cursor: string): void =>
    loadMore.run(async () => {
      const page = await account.calls.users(cursor)
      setMore((before) => joined(before, page))
      return undefined
    })
  return (
    <Frame name="people" title={words.people.title}>
      <div class="people">
        <div class="people__list">
          {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
          {list === undefined && trouble === undefined && <p class="quiet">{words.loading}</p>}
          {list !== undefined && <PeopleTable users={list.items} chosen={nick} />}
          <Outcome trouble={loadMore.trouble} done={undefined} />
          {list?.cursor !== undefined && (
            <MoreButton cursor={list.cursor} isRunning={loadMore.isRunning} onNext={next} />
          )}
          <FindForm />
          <MakeForm onMade={renew} />
          <GroupsCard />
          {managesFiles && <EverybodysQuota />}
        </div>
        {nick !== undefined && <PersonCard key={nick} nick={nick} onChanged={renew} />}
      </div>
    </Frame>
  )
}

function joined(first: UserList | undefined, then: UserList | undefined): UserList | undefined {
  if (first === undefined || then === undefined) return first ?? then
  const items = [...first.items, ...then.items]
  return then.cursor === undefined ? { items } : { items, cursor: then.cursor }
}

interface MoreButtonProps {
  readonly cursor: string
  readonly isRunning: boolean
  readonly onNext: (cursor: string) => void
}

function MoreButton({ cursor, isRunning, onNext }: MoreButtonProps) {
  const { texts } = useWords()
  return (
    <button
      type="button"
      class="button button--small"
      aria-disabled={isRunning}
      onClick={() => onNext(cursor)}
    >
      {texts.accounts.more}
    </button>
  )
}

interface PeopleTableProps {
  readonly users: readonly User[]
  readonly chosen: string | undefined
}

function PeopleTable({ users, chosen }: PeopleTableProps) {
  const { texts } = useWords()
  const words = texts.accounts
  return (
    <div class="scroll people__scroll" role="region" aria-label={words.people.table} tabIndex={0}>
      <table class="table" id="people">
        <caption class="unseen">{words.people.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.nick}</th>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.roleWord}</th>
            <th scope="col">{words.stateWord}</th>
            <th scope="col">{words.people.since}</th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <PeopleRow key={user.nick} user={user} isChosen={user.nick === chosen} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function PeopleRow({ user, isChosen }: { readonly user: User; readonly isChosen: boolean }) {
  const session = useSession()
  const { texts, minute } = useWords()
  const words = texts.accounts
  const own = nickOf(useCell(session.account.who))
  return (
    <tr class={isChosen ? 'is-chosen' : ''}>
      <th scope="row">
        <button
          type="button"
          class="link-button"
          aria-label={words.people.open(user.nick)}
          aria-pressed={isChosen}
          onClick={() => session.go({ name: 'people', nick: user.nick })}
        >
          {user.nick}
        </button>
        {user.nick === own && <span class="badge">{words.people.isYou}</span>}
      </th>
      <td class="people__name">{user.name}</td>
      <td>
        {words.roles[user.role] ?? user.role}
        {user.grants.length > 0 && <span class="quiet"> +{user.grants.length}</span>}
      </td>
      <td>
        <span class={`account-state account-state--${user.state}`}>
          {words.people.states[user.state] ?? user.state}
        </span>
      </td>
      <td>{minute(user.createdAt)}</td>
    </tr>
  )
}

function FindForm() {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  return (
    <details class="disclosure">
      <summary>{words.people.find}</summary>
      <Form
        onSubmit={(fields) => session.go({ name: 'people', nick: fields('nick').trim() })}
        label={words.people.find}
      >
        <TextField name="nick" label={words.nick} autocomplete="off" />
        <div class="actions">
          <Submit label={words.people.findSubmit} isRunning={false} />
        </div>
      </Form>
    </details>
  )
}

function MakeForm({ onMade }: { readonly onMade: () => void }) {
  const session = useSession()
  const { texts } = useWords()
  const words = texts.accounts
  const { isRunning, trouble, done, run } = useDoing<Done>()
  const make = (fields: Fields, form: HTMLFormElement): void =>
    run(async () => {
      const { nick } = await session.account.calls.register({
        nick: fields('nick'),
        password: fields('password'),
        ...nameOf(fields),
      })
      form.reset()
      onMade()
      session.go({ name: 'people', nick })
      return 'made'
    })
  return (
    <details class="disclosure">
      <summary>{words.people.makeTitle}</summary>
      <Form onSubmit={make} label={words.people.makeTitle}>
        <NewAccountFields wrong={fieldOf(trouble?.code)} isForAnother />
        <div class="actions">
          <Submit label={words.people.make} isRunning={isRunning} />
        </div>
        <Outcome trouble={trouble} done={done} />
      </Form>
    </details>
  )
}
