/** What is one’s own among dweets: what one says of oneself, whom one muted and blocked. */
import { useState } from 'preact/hooks'

import type { DweetPerson } from '../../../../src/wire/api-dweets.ts'
import { LoadTrouble, Outcome, ViewLink } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { useDesk } from './desk.ts'
import { useDweetWords } from './dweet-words.ts'
import { PersonLink } from './place-link.tsx'
import { BioForm } from './profile-place.tsx'
import { StandingNote } from './standing-note.tsx'

export function OwnSettings() {
  const { client, nick } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.settings
  const [bio, setBio] = useState<string | undefined>(undefined)
  const { again, trouble, value } = useLoaded(() => client.profile(nick), nick)
  return (
    <div class="feed-part">
      <section class="card panel profile" aria-label={words.about}>
        {trouble !== undefined && <LoadTrouble trouble={trouble} onAgain={again} />}
        {value?.standing !== undefined && <StandingNote standing={value.standing} />}
        {value !== undefined && <BioForm nick={nick} bio={bio ?? value.bio} onChange={setBio} />}
        <p>
          {words.name} <ViewLink view={{ name: 'account' }}>{words.account}</ViewLink>
        </p>
      </section>
      <HiddenPeople kind="mute" label={words.muted} none={words.noneMuted} />
      <HiddenPeople kind="block" label={words.blocked} none={words.noneBlocked} />
    </div>
  )
}

interface HiddenPeopleProps {
  readonly kind: 'mute' | 'block'
  readonly label: string
  readonly none: string
}

/** What is taken back stays on the page, to be done again. */
function HiddenPeople({ kind, label, none }: HiddenPeopleProps) {
  const { lists } = useDesk()
  const first = useLoaded(() => lists.hidden(kind), kind)
  const rest = useRest((cursor) => lists.hidden(kind, cursor))
  return (
    <section class="card panel" aria-label={label}>
      <h2 class="panel__title">{label}</h2>
      <PagedList first={first} rest={rest}>
        {(people) =>
          people.length === 0 ? (
            <p class="note">{none}</p>
          ) : (
            <ul class="persons">
              {people.map((person) => (
                <HiddenPerson key={person.nick} kind={kind} person={person} />
              ))}
            </ul>
          )
        }
      </PagedList>
    </section>
  )
}

interface HiddenPersonProps {
  readonly kind: 'mute' | 'block'
  readonly person: DweetPerson
}

function HiddenPerson({ kind, person }: HiddenPersonProps) {
  const { client, mayWrite, told } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.settings
  const { nick } = person
  const [isHidden, setIsHidden] = useState(true)
  const { isRunning, run, trouble } = useDoing<undefined>()
  const change = (): void =>
    run(async () => {
      const now = await client.relate(nick, kind, !isHidden)
      const isSo = kind === 'mute' ? now.muted : now.blocked
      setIsHidden(isSo)
      told.set(isSo ? words.redo(nick) : words.undone(nick))
      return undefined
    })
  const undo = kind === 'mute' ? texts.profile.unmute : texts.profile.unblock
  return (
    <li class="row">
      <PersonLink {...person} />{' '}
      {mayWrite && (
        <button
          type="button"
          class="button button--small"
          aria-label={`${isHidden ? undo : words.undo}: @${nick}`}
          aria-disabled={isRunning}
          onClick={change}
        >
          {isHidden ? undo : words.undo}
        </button>
      )}
      <Outcome trouble={trouble} done={undefined} />
    </li>
  )
}
