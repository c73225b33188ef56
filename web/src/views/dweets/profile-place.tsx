/** Somebody: who they are, what is between them and who looks, and all that they published. */
import { useState } from 'preact/hooks'

import type { Profile, Relationship } from '../../../../src/wire/api-dweets.ts'
import type { RelationshipKind } from '../../api/dweets.ts'
import { useCell } from '../../state/use-cell.ts'
import { Confirm, Form, LoadTrouble, Outcome, Submit, TextField } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { useWords } from '../words.ts'
import { useDeskDoing } from './desk-doing.ts'
import { useDesk } from './desk.ts'
import { DweetText } from './dweet-text.tsx'
import { useDweetWords } from './dweet-words.ts'
import { PagedFeed } from './feed.tsx'
import { ListsWith } from './people-lists-place.tsx'
import { PersonLink, PlaceLink } from './place-link.tsx'
import { ReportForm } from './report-form.tsx'
import { StandingNote } from './standing-note.tsx'

export function ProfilePlace({ nick }: { readonly nick: string }) {
  const { client, nick: ownNick, published } = useDesk()
  const { texts } = useDweetWords()
  const { loading } = useWords().texts.accounts
  const own = useCell(published)
  const { again, trouble, value } = useLoaded(() => client.profile(nick), nick)
  if (trouble !== undefined) return <LoadTrouble trouble={trouble} onAgain={again} />
  if (value === undefined) return <p class="quiet">{loading}</p>
  return (
    <>
      <ProfileCard key={nick} profile={value} />
      <PagedFeed
        label={texts.profile.list(nick)}
        of={nick}
        load={(cursor) => client.of(nick, cursor)}
        none={texts.list.none}
        before={nick === ownNick ? own : []}
      />
    </>
  )
}

function ProfileCard({ profile }: { readonly profile: Profile }) {
  const { texts, minute, number } = useDweetWords()
  const words = texts.profile
  const { joinedAt, name, nick } = profile
  const { mayWrite } = useDesk()
  const [bio, setBio] = useState(profile.bio)
  return (
    <section class="card panel profile" aria-label={words.label(nick)}>
      <p class="profile__name">
        <bdi>{name}</bdi> <span class="quiet">@{nick}</span>
      </p>
      {bio !== '' && <DweetText text={bio} mentions={[]} />}
      <p class="profile__facts quiet">
        <span>{words.joined(minute(joinedAt))}</span>
        <span>{words.dweets(number(profile.dweets))}</span>
        <PlaceLink place={{ kind: 'person', nick, part: 'following' }}>
          {words.following(number(profile.following))}
        </PlaceLink>
        <PlaceLink place={{ kind: 'person', nick, part: 'followers' }}>
          {words.followers(number(profile.followers))}
        </PlaceLink>
      </p>
      {profile.standing !== undefined && <StandingNote standing={profile.standing} />}
      {profile.relationship === undefined ? (
        <BioForm nick={nick} bio={bio} onChange={setBio} />
      ) : (
        <>
          <Between relationship={profile.relationship} />
          {mayWrite && <ListsWith nick={nick} />}
          {mayWrite && <ReportPerson nick={nick} />}
        </>
      )}
    </section>
  )
}

function ReportPerson({ nick }: { readonly nick: string }) {
  const { texts } = useDweetWords()
  const [isOpen, setIsOpen] = useState(false)
  if (isOpen) return <ReportForm what={{ nick }} nick={nick} onDone={() => setIsOpen(false)} />
  return (
    <button type="button" class="link-button" onClick={() => setIsOpen(true)}>
      {texts.report.open}
    </button>
  )
}

interface BioFormProps {
  readonly nick: string
  readonly bio: string
  readonly onChange: (bio: string) => void
}

export function BioForm({ bio, nick, onChange }: BioFormProps) {
  const { client, mayWrite, told } = useDesk()
  const { texts } = useDweetWords()
  const { isRunning, run, trouble } = useDeskDoing()
  if (!mayWrite) return null
  const save = (text: string): void =>
    run(async () => {
      onChange((await client.changeBio(nick, text)).bio)
      told.set(texts.compose.changed)
      return undefined
    })
  return (
    <Form label={texts.profile.bio} onSubmit={(fields) => save(fields('bio'))}>
      <TextField name="bio" label={texts.profile.bio} value={bio} autocomplete="off" isOptional />
      <Submit label={texts.profile.changeBio} isRunning={isRunning} />
      <Outcome trouble={trouble} done={undefined} />
    </Form>
  )
}

function Between({ relationship: given }: { readonly relationship: Relationship }) {
  const { client, mayWrite } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.profile
  const [relationship, setRelationship] = useState(given)
  const { isRunning, run, trouble } = useDeskDoing()
  const { blocked, followedBy, following, muted, nick } = relationship
  const set = (what: RelationshipKind, isSo: boolean): void =>
    run(async () => {
      setRelationship(await client.relate(nick, what, isSo))
      return undefined
    })
  return (
    <>
      <p class="profile__facts">
        {followedBy && <span class="badge">{words.followsYou}</span>}
        {muted && <span class="badge">{words.muted}</span>}
        {blocked && <span class="badge">{words.blocked}</span>}
      </p>
      {mayWrite && (
        <div class="actions">
          {!blocked && (
            <button
              type="button"
              class={following ? 'button' : 'button button--main'}
              aria-disabled={isRunning}
              onClick={() => set('follow', !following)}
            >
              {following ? words.unfollow : words.follow}
            </button>
          )}
          <button
            type="button"
            class="button"
            aria-disabled={isRunning}
            onClick={() => set('mute', !muted)}
          >
            {muted ? words.unmute : words.mute}
          </button>
          {blocked ? (
            <button
              type="button"
              class="button"
              aria-disabled={isRunning}
              onClick={() => set('block', false)}
            >
              {words.unblock}
            </button>
          ) : (
            <Confirm
              label={words.block}
              question={words.blockAsked(nick)}
              isRunning={isRunning}
              onConfirm={() => set('block', true)}
            />
          )}
        </div>
      )}
      <Outcome trouble={trouble} done={undefined} />
    </>
  )
}

interface PeoplePlaceProps {
  readonly nick: string
  readonly part: 'followers' | 'following'
}

export function PeoplePlace({ nick, part }: PeoplePlaceProps) {
  const { client } = useDesk()
  const { texts } = useDweetWords()
  const first = useLoaded(() => client.people(nick, part), `${nick} ${part}`)
  const rest = useRest((cursor) => client.people(nick, part, cursor))
  return (
    <div class="feed-part">
      <PlaceLink place={{ kind: 'person', nick, part: 'dweets' }}>
        {texts.profile.label(nick)}
      </PlaceLink>
      <PagedList first={first} rest={rest}>
        {(people) =>
          people.length === 0 ? (
            <p class="note">{texts.list.nobody}</p>
          ) : (
            <ul class="persons">
              {people.map((person) => (
                <li key={person.nick} class="row">
                  <PersonLink {...person} />
                </li>
              ))}
            </ul>
          )
        }
      </PagedList>
    </div>
  )
}
