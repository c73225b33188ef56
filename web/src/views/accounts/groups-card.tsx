/** Groups of people: all of them for who manages accounts, else those that one is in. */
import { useState } from 'preact/hooks'

import { foldNick } from '../../../../src/wire/account-texts.ts'
import type { Group, GroupPerson } from '../../../../src/wire/api-groups.ts'
import { GroupsClient } from '../../api/groups.ts'
import { may, nickOf } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { useDoing, useLoaded } from '../hooks.ts'
import { NamedField } from '../named-field.tsx'
import { useWords } from '../words.ts'
import { Card, Confirm, Form, LoadTrouble, Outcome, Submit, TextField } from './parts.tsx'

function useGroups(): GroupsClient {
  const { client } = useSession()
  const [groups] = useState(() => new GroupsClient(client))
  return groups
}

/** @param isMine only groups that one is in; nothing where there are none */
export function GroupsCard({ isMine = false }: { readonly isMine?: boolean }) {
  const groups = useGroups()
  const { texts } = useWords()
  const words = texts.accounts.groups
  const { again, trouble, value } = useLoaded(() => allOf(groups), '')
  const shown = value?.filter(({ mine }) => !isMine || mine !== undefined)
  if (isMine && (shown === undefined || shown.length === 0)) return null
  return (
    <Card title={isMine ? words.mine : words.title}>
      <p class="quiet panel__hint">{words.hint}</p>
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {shown?.length === 0 && <p class="quiet">{words.none}</p>}
      {shown?.map((group) => (
        <GroupPart key={group.name} group={group} onChanged={again} />
      ))}
      {!isMine && <MakeGroup onMade={again} />}
    </Card>
  )
}

async function allOf(groups: GroupsClient): Promise<readonly Group[]> {
  const all: Group[] = []
  let cursor: string | undefined
  do {
    const page = await groups.list(cursor)
    all.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  return all
}

interface GroupPartProps {
  readonly group: Group
  readonly onChanged: () => void
}

function GroupPart({ group, onChanged }: GroupPartProps) {
  const { texts } = useWords()
  const words = texts.accounts.groups
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details class="disclosure" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        {group.title} <span class="quiet">{words.about(group.name, group.people)}</span>
      </summary>
      {isOpen && <GroupPeople group={group} onChanged={onChanged} />}
    </details>
  )
}

function GroupPeople({ group, onChanged }: GroupPartProps) {
  const groups = useGroups()
  const { texts } = useWords()
  const words = texts.accounts.groups
  const who = useCell(useSession().account.who)
  const isManager = may(who, 'accounts.manage')
  const mayChange = isManager || group.mine === 'owner'
  const { again, trouble, value } = useLoaded(() => groups.people(group.name), group.name)
  const { done, isRunning, run, trouble: refused } = useDoing<Done>()
  const change = (work: () => Promise<unknown>): void =>
    run(async () => {
      await work()
      again()
      onChanged()
      return undefined
    })
  return (
    <div class="stack">
      {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
      {value?.length === 0 && <p class="quiet">{words.nobody}</p>}
      <div class="grants">
        {value?.map((person) => (
          <PersonRow
            key={person.nick}
            person={person}
            mayChange={mayChange}
            isSelf={person.nick === nickOf(who)}
            onPlace={(place) => change(() => groups.put(group.name, person.nick, place))}
            onDrop={() => change(() => groups.drop(group.name, person.nick))}
          />
        ))}
      </div>
      {mayChange && (
        <NamedField
          words={{ label: words.nick, add: words.put, group: '', found: words.found }}
          isForPeopleAlone
          isKnown={({ name }) => value?.some(({ nick }) => nick === name) === true}
          onTyped={(text) => {
            const nick = foldNick(text)
            if (nick !== undefined) change(() => groups.put(group.name, nick))
            return nick !== undefined
          }}
          onNamed={({ name }) => change(() => groups.put(group.name, name))}
        />
      )}
      <Outcome trouble={refused} done={done} />
      {isManager && (
        <Confirm
          label={words.remove}
          name={words.removeOf(group.name)}
          question={words.removeSure(group.name)}
          isSmall
          isRunning={isRunning}
          onConfirm={() => change(() => groups.remove(group.name))}
        />
      )}
    </div>
  )
}

interface PersonRowProps {
  readonly person: GroupPerson
  readonly mayChange: boolean
  readonly isSelf: boolean
  readonly onPlace: (place: 'member' | 'owner') => void
  readonly onDrop: () => void
}

function PersonRow({ isSelf, mayChange, onDrop, onPlace, person }: PersonRowProps) {
  const { texts } = useWords()
  const words = texts.accounts.groups
  const { nick, place } = person
  return (
    <div class="grant">
      <span class="breakable">{nick}</span>
      {mayChange ? (
        <select
          class="field"
          aria-label={words.placeOf(nick)}
          value={place}
          onChange={({ currentTarget: { value } }) => onPlace(value === 'owner' ? value : 'member')}
        >
          <option value="member">{words.places.member}</option>
          <option value="owner">{words.places.owner}</option>
        </select>
      ) : (
        <span class="quiet">{words.places[place]}</span>
      )}
      {mayChange || isSelf ? (
        <button
          type="button"
          class="button button--small"
          aria-label={isSelf ? words.leave : words.drop(nick)}
          onClick={onDrop}
        >
          ✕
        </button>
      ) : (
        <span />
      )}
    </div>
  )
}

function MakeGroup({ onMade }: { readonly onMade: () => void }) {
  const groups = useGroups()
  const { texts } = useWords()
  const words = texts.accounts.groups
  const { done, isRunning, run, trouble } = useDoing<Done>()
  return (
    <details class="disclosure">
      <summary>{words.makeTitle}</summary>
      <Form
        label={words.makeTitle}
        onSubmit={(fields, form) =>
          run(async () => {
            const title = fields('title').trim()
            await groups.make({ name: fields('group').trim(), ...(title === '' ? {} : { title }) })
            form.reset()
            onMade()
            return 'groupMade'
          })
        }
      >
        <TextField
          name="group"
          label={words.name}
          hint={words.nameHint}
          autocomplete="off"
          isWrong={trouble?.code === 'GROUP_UNFIT' || trouble?.code === 'GROUP_TAKEN'}
        />
        <TextField name="title" label={words.titleField} autocomplete="off" isOptional />
        <div class="actions">
          <Submit label={words.make} isRunning={isRunning} />
        </div>
        <Outcome trouble={trouble} done={done} />
      </Form>
    </details>
  )
}
