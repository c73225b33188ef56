/** Lists of people: all, and one with what those in it publish. */
import { useState } from 'preact/hooks'

import type { DweetList } from '../../../../src/wire/api-dweet-lists.ts'
import { useSession } from '../../state/session.ts'
import { Confirm, Form, LoadTrouble, Outcome, Submit, TextField } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { useWords } from '../words.ts'
import { useDesk } from './desk.ts'
import { useDweetWords } from './dweet-words.ts'
import { PagedFeed } from './feed.tsx'
import { PersonLink, PlaceLink, viewOf } from './place-link.tsx'

export function PeopleListsPlace() {
  const { lists, mayWrite } = useDesk()
  const { texts } = useDweetWords()
  const { loading } = useWords().texts.accounts
  const words = texts.lists
  const [count, setCount] = useState(0)
  const { again, trouble, value } = useLoaded(() => lists.all(), `lists ${count}`)
  return (
    <div class="feed-part">
      <p class="quiet">{words.own}</p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value === undefined && trouble === undefined && <p class="quiet">{loading}</p>}
      {value?.items.length === 0 && <p class="note">{words.none}</p>}
      {value !== undefined && value.items.length > 0 && (
        <ul class="persons">
          {value.items.map(({ id, name, people }) => (
            <li key={id} class="row">
              <PlaceLink place={{ kind: 'list', id }}>
                <bdi>{name}</bdi>
              </PlaceLink>{' '}
              <span class="quiet">{words.people(people)}</span>
            </li>
          ))}
        </ul>
      )}
      {mayWrite && <MakeList onMade={() => setCount(count + 1)} />}
    </div>
  )
}

function MakeList({ onMade }: { readonly onMade: () => void }) {
  const { lists, told } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.lists
  const { isRunning, run, trouble } = useDoing<undefined>()
  const make = (name: string, form: HTMLFormElement): void =>
    run(async () => {
      const made = await lists.make(name)
      told.set(words.made(made.name))
      form.reset()
      onMade()
      return undefined
    })
  return (
    <Form label={words.make} onSubmit={(fields, form) => make(fields('name'), form)}>
      <TextField name="name" label={words.name} autocomplete="off" />
      <Submit label={words.make} isRunning={isRunning} />
      <Outcome trouble={trouble} done={undefined} />
    </Form>
  )
}

export function PeopleListPlace({ id }: { readonly id: string }) {
  const { lists } = useDesk()
  const { loading } = useWords().texts.accounts
  const { again, trouble, value } = useLoaded(() => lists.find(id), id)
  if (trouble !== undefined) return <LoadTrouble trouble={trouble} onAgain={again} />
  if (value === undefined) return <p class="quiet">{loading}</p>
  return <OneList key={id} list={value} />
}

function OneList({ list: given }: { readonly list: DweetList }) {
  const { lists, mayWrite } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.lists
  const [list, setList] = useState(given)
  const { id, name, people } = list
  return (
    <>
      <p>
        <strong>
          <bdi>{name}</bdi>
        </strong>{' '}
        <span class="quiet">{words.people(people)}</span>
      </p>
      <details class="disclosure">
        <summary>{words.edit}</summary>
        <div class="compose__more">
          <Members list={list} onChange={setList} />
          {mayWrite && <ListChanges list={list} onChange={setList} />}
        </div>
      </details>
      <PagedFeed
        label={words.list(name)}
        of={`${id} ${people}`}
        load={(cursor) => lists.publications(id, cursor)}
        none={words.noDweets}
      />
    </>
  )
}

interface ChangeProps {
  readonly list: DweetList
  readonly onChange: (list: DweetList) => void
}

function Members({ list, onChange }: ChangeProps) {
  const { lists, mayWrite, told } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.lists
  const { id, people } = list
  const first = useLoaded(() => lists.people(id), `${id} ${people}`)
  const rest = useRest((cursor) => lists.people(id, cursor))
  const { isRunning, run, trouble } = useDoing<undefined>()
  const put = (nick: string, isIn: boolean, form?: HTMLFormElement): void =>
    run(async () => {
      onChange(await lists.put(id, nick, isIn))
      told.set(isIn ? words.added(nick) : words.dropped(nick))
      form?.reset()
      return undefined
    })
  return (
    <>
      <PagedList first={first} rest={rest}>
        {(all) =>
          all.length === 0 ? (
            <p class="note">{words.nobody}</p>
          ) : (
            <ul class="persons">
              {all.map((person) => (
                <li key={person.nick} class="row">
                  <PersonLink {...person} />{' '}
                  {mayWrite && (
                    <button
                      type="button"
                      class="button button--small"
                      aria-disabled={isRunning}
                      onClick={() => put(person.nick, false)}
                    >
                      {words.drop(person.nick)}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </PagedList>
      {mayWrite && (
        <Form
          label={words.add}
          onSubmit={(fields, form) => put(nickIn(fields('nick')), true, form)}
        >
          <TextField name="nick" label={words.nick} autocomplete="off" />
          <Submit label={words.add} isRunning={isRunning} />
        </Form>
      )}
      <Outcome trouble={trouble} done={undefined} />
    </>
  )
}

function nickIn(typed: string): string {
  return typed.trim().replace(/^@/, '').toLowerCase()
}

function ListChanges({ list, onChange }: ChangeProps) {
  const { lists, told } = useDesk()
  const session = useSession()
  const { texts } = useDweetWords()
  const words = texts.lists
  const { id, name } = list
  const { isRunning, run, trouble } = useDoing<undefined>()
  const rename = (to: string): void =>
    run(async () => {
      onChange(await lists.rename(id, to))
      return undefined
    })
  const remove = (): void =>
    run(async () => {
      await lists.remove(id)
      session.go(viewOf({ kind: 'lists' }))
      told.set(words.removed(name))
      return undefined
    })
  return (
    <>
      <Form label={words.rename} onSubmit={(fields) => rename(fields('name'))}>
        <TextField name="name" label={words.name} value={name} autocomplete="off" />
        <Submit label={words.rename} isRunning={isRunning} />
      </Form>
      <div class="actions">
        <Confirm
          label={words.remove}
          question={words.removeAsked(name)}
          isRunning={isRunning}
          onConfirm={remove}
        />
      </div>
      <Outcome trouble={trouble} done={undefined} />
    </>
  )
}

/** In which lists somebody is: each a switch. */
export function ListsWith({ nick }: { readonly nick: string }) {
  const { lists, told } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.lists
  const [isOpen, setIsOpen] = useState(false)
  const load = async () => {
    if (!isOpen) return undefined
    const [all, those] = await Promise.all([lists.all(), lists.with(nick)])
    return { all: all.items, those: those.items.map(({ id }) => id) }
  }
  const { again, trouble, value } = useLoaded(load, `${nick} ${isOpen}`)
  const doing = useDoing<undefined>()
  /** As they were switched since. */
  const [switched, setSwitched] = useState<ReadonlyMap<string, boolean>>(new Map())
  const put = ({ id }: DweetList, isIn: boolean): void => {
    setSwitched((before) => new Map([...before, [id, isIn]]))
    doing.run(async () => {
      try {
        await lists.put(id, nick, isIn)
        told.set(isIn ? words.added(nick) : words.dropped(nick))
      } catch (thrown) {
        setSwitched((before) => new Map([...before, [id, !isIn]]))
        throw thrown
      }
      return undefined
    })
  }
  return (
    <details class="disclosure" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{words.of(nick)}</summary>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value?.all.length === 0 && (
        <p class="note">
          {words.none} <PlaceLink place={{ kind: 'lists' }}>{words.make}</PlaceLink>
        </p>
      )}
      {value?.all.map((list) => (
        <label key={list.id} class="settings__check">
          <input
            type="checkbox"
            checked={switched.get(list.id) ?? value.those.includes(list.id)}
            disabled={doing.isRunning}
            onChange={(event) => put(list, event.currentTarget.checked)}
          />{' '}
          <bdi>{list.name}</bdi>
        </label>
      ))}
      <Outcome trouble={doing.trouble} done={undefined} />
    </details>
  )
}
