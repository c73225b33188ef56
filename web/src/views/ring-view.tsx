import { useState } from 'preact/hooks'

import type { Member, MemberRef, Ring } from '../../../src/wire/api.ts'
import { shortAddress } from '../model/address.ts'
import { shortHex } from '../model/format.ts'
import { nameIn, routeOf, selfOf } from '../model/route.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import type { Visit } from '../state/visits.ts'
import { Cross } from './icons.tsx'
import { RingPicture } from './ring-picture.tsx'
import { useWords } from './words.ts'

export function RingView({ visit }: { readonly visit: Visit | undefined }) {
  const session = useSession()
  const { texts } = useWords()
  const ring = useCell(session.ring)
  const link = useCell(session.link)
  return (
    <section class="ring" aria-labelledby="ring-title">
      <h2 id="ring-title" class="section-title">
        {texts.ring.title}
      </h2>
      {link === 'lost' && (
        <p class="note note--trouble">
          {texts.door.lost} {texts.door.lostHint}
        </p>
      )}
      {ring === undefined ? (
        <p class="note">{texts.ring.waitingForRing}</p>
      ) : (
        <LiveRing ring={ring} visit={visit} />
      )}
    </section>
  )
}

function LiveRing({ ring, visit }: { readonly ring: Ring; readonly visit: Visit | undefined }) {
  const session = useSession()
  const { texts } = useWords()
  const door = useCell(session.door)
  const selectedId = useCell(session.selected)
  const [pointedId, setPointedId] = useState<string | undefined>(undefined)
  const byId = (id: string | undefined): Member | undefined =>
    ring.members.find((member) => member.id === id)
  const selected = byId(selectedId)
  const scrape = visit?.scrape
  const choose = (member: Member): void =>
    session.selected.update((known) => (known === member.id ? undefined : member.id))
  return (
    <>
      <RingPicture
        ring={ring}
        highlighted={byId(pointedId) ?? selected}
        route={scrape === undefined ? [] : routeOf({ asked: selfOf(ring), scrape })}
        place={scrape?.id}
        onPoint={(member) => setPointedId(member?.id)}
        onChoose={choose}
        doorOf={door}
      />
      {selected === undefined ? (
        <p class="ring__hint">{texts.ring.hint}</p>
      ) : (
        <Details ring={ring} member={selected} onClose={() => session.selected.set(undefined)} />
      )}
      <details class="roster" open={visit === undefined}>
        <summary class="roster__summary">{texts.ring.showTable(ring.members.length)}</summary>
        <MembersTable ring={ring} chosen={selected} onChoose={choose} door={door} />
      </details>
    </>
  )
}

interface TableProps {
  readonly ring: Ring
  readonly chosen: Member | undefined
  readonly onChoose: (member: Member) => void
  readonly door: string
}

function MembersTable({ ring, chosen, onChoose, door }: TableProps) {
  const { texts } = useWords()
  const sorted = ring.members.toSorted((a, b) => (a.position < b.position ? -1 : 1))
  return (
    <div class="scroll roster__scroll" role="region" aria-label={texts.ring.table} tabIndex={0}>
      <table class="table" id="members">
        <caption class="unseen">{texts.ring.table}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.ring.name}</th>
            <th scope="col">{texts.ring.state}</th>
            <th scope="col">{texts.ring.position}</th>
            <th scope="col" class="number" title={texts.ring.heldLong}>
              {texts.ring.held}
            </th>
            <th scope="col" class="number">
              {texts.ring.load}
            </th>
            <th scope="col">{texts.ring.door}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((member) => (
            <MemberRow
              key={member.id}
              member={member}
              isChosen={member === chosen}
              isDoor={member.url === door}
              onChoose={() => onChoose(member)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly member: Member
  readonly isChosen: boolean
  readonly isDoor: boolean
  readonly onChoose: () => void
}

function MemberRow({ member, isChosen, isDoor, onChoose }: RowProps) {
  const { texts } = useWords()
  const { name, state, position, pages, load, url } = member
  return (
    <tr class={isChosen ? 'is-chosen' : ''}>
      <th scope="row">
        <button
          type="button"
          class="link-button"
          aria-pressed={isChosen}
          title={texts.ring.select(name)}
          onClick={onChoose}
        >
          {name}
        </button>
      </th>
      <td>
        <span class={`state state--${state}`}>{texts.ring.states[state]}</span>
        {load.busy && <span class="quiet"> · {texts.ring.busy}</span>}
      </td>
      <td>
        <code>{shortHex(position)}</code>
      </td>
      <td class="number">{pages}</td>
      <td class="number">{texts.ring.downloads(load.downloads, load.downloadsMax)}</td>
      <td>
        {shortAddress(url)}
        {isDoor && (
          <span class="here" title={texts.ring.you}>
            <span class="unseen">{texts.ring.you}</span>
          </span>
        )}
      </td>
    </tr>
  )
}

interface DetailsProps {
  readonly ring: Ring
  readonly member: Member
  readonly onClose: () => void
}

function Details({ ring, member, onClose }: DetailsProps) {
  const { texts, bytes, instant } = useWords()
  const words = texts.ring
  const named = (members: readonly MemberRef[]): string =>
    members.length === 0 ? words.none : members.map((one) => nameIn(ring, one)).join(', ')
  const fingers = member.fingers
    .map((finger) => `${nameIn(ring, finger.member)} (2^${finger.bit})`)
    .join(', ')
  const facts: readonly (readonly [string, string])[] = [
    [words.state, words.states[member.state]],
    [words.held, `${words.ownOf(member.ownPages, member.pages)}, ${bytes(member.pageBytes)}`],
    [
      words.predecessor,
      member.predecessor === null ? words.none : nameIn(ring, member.predecessor),
    ],
    [words.successors, named(member.successors)],
    [words.fingers, fingers === '' ? words.none : fingers],
    [words.load, words.downloads(member.load.downloads, member.load.downloadsMax)],
    [words.position, `${member.position.slice(0, 16)}…`],
    [words.ringAddress, member.address],
    [words.door, member.url],
    [words.since, instant(member.startedAt)],
    [words.version, member.version],
  ]
  return (
    <section class="details card" aria-label={words.select(member.name)}>
      <div class="details__head">
        <h3 class="details__name">{member.name}</h3>
        <p class="legend quiet">{words.legend}</p>
        <button
          type="button"
          class="icon-button"
          aria-label={words.unselect}
          title={words.unselect}
          onClick={onClose}
        >
          <Cross />
        </button>
      </div>
      <dl class="facts facts--wide">
        {facts.map(([name, value]) => (
          <div key={name} class="facts__row">
            <dt>{name}</dt>
            <dd class="breakable">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
