/** The ring as a picture. The table beside it tells the same to those who cannot see or point. */
import { useMemo } from 'preact/hooks'

import type { Member, MemberRef, Ring } from '../../../src/wire/api.ts'
import { pageCount } from '../../../src/wire/page-count.ts'
import { arcPath, chordPath, pointAt, round, turnOf, turnsBetween } from '../model/geometry.ts'
import {
  CROWDED_PICTURE_HEIGHT,
  layOut,
  type Label,
  PICTURE_HEIGHT,
  PICTURE_WIDTH,
  RING_RADIUS,
  type PlacedMember,
} from '../model/picture.ts'
import { isStopped } from '../model/store.ts'
import { Flights } from './flights.tsx'
import { useGhosts } from './ghosts.ts'
import { useWords } from './words.ts'

interface RingPictureProps {
  readonly ring: Ring
  /** The member whose range, fingers and neighbours are drawn. */
  readonly highlighted: Member | undefined
  /** The way of the page on show, the asked member first. */
  readonly route: readonly MemberRef[]
  /** The position of the page on show. */
  readonly place: string | undefined
  /** Without the life of the ring: for the story of one page. */
  readonly isSmall?: boolean
  readonly onPoint?: (member: Member | undefined) => void
  readonly onChoose?: (member: Member) => void
  /** The member whose door is in use. */
  readonly doorOf?: string | undefined
}

function viewBox(isCrowded: boolean): string {
  const height = isCrowded ? CROWDED_PICTURE_HEIGHT : PICTURE_HEIGHT
  return `${-PICTURE_WIDTH / 2} ${-height / 2} ${PICTURE_WIDTH} ${height}`
}

export function RingPicture(props: RingPictureProps) {
  const { ring, highlighted, route, place, isSmall = false } = props
  const { texts } = useWords()
  const picture = useMemo(() => layOut(ring.members), [ring])
  const ghosts = useGhosts(picture.members)
  const pages = pageCount(ring.members)
  const label = texts.ring.picture({ members: ring.members.length, pages })
  const classes = [
    'picture',
    picture.isCrowded ? 'picture--crowded' : '',
    isSmall ? 'picture--small' : '',
  ]
  return (
    <svg
      class={[...classes, highlighted === undefined ? '' : 'picture--pointed'].join(' ')}
      viewBox={viewBox(picture.isCrowded)}
      role="img"
      aria-label={label}
    >
      <circle class="picture__track" r={RING_RADIUS} />
      {picture.members.map((placed) => (
        <Range
          key={placed.member.id}
          placed={placed}
          isChosen={placed.member.id === highlighted?.id}
        />
      ))}
      {highlighted !== undefined && <Neighbours placed={picture.members} member={highlighted} />}
      <Route route={route} place={place} />
      {!isSmall && <Flights members={picture.members} />}
      {ghosts.map((placed) => (
        <circle
          key={placed.member.id}
          class="ghost"
          cx={round(placed.at.x)}
          cy={round(placed.at.y)}
          r={8}
        />
      ))}
      {picture.members.map((placed) => (
        <MemberMark
          key={placed.member.id}
          placed={placed}
          picture={props}
          isCrowded={picture.isCrowded}
        />
      ))}
      {!isSmall && <Centre ring={ring} highlighted={highlighted} />}
    </svg>
  )
}

const ARC_WIDTH_MIN = 7
const ARC_WIDTH_MORE = 11
/** A hair of light between two ranges, in turns; less where a range is itself no wider. */
const ARC_GAP_MAX = 0.0022

function Range({
  placed,
  isChosen,
}: {
  readonly placed: PlacedMember
  readonly isChosen: boolean
}) {
  if (placed.member.state === 'down') return null
  const turns = turnsBetween({ from: placed.rangeFrom, to: placed.turn })
  const gap = turns === 1 ? 0 : Math.min(ARC_GAP_MAX, turns / 4)
  const path = arcPath({ from: placed.rangeFrom + gap, to: placed.turn - gap, radius: RING_RADIUS })
  return (
    <path
      class={`range tone-${placed.tone}${isChosen ? ' range--chosen' : ''}`}
      d={path}
      stroke-width={round(ARC_WIDTH_MIN + ARC_WIDTH_MORE * placed.weight)}
    />
  )
}

/** Chords to the fingers, and to the neighbours in front and behind. */
function Neighbours({
  placed,
  member,
}: {
  readonly placed: readonly PlacedMember[]
  readonly member: Member
}) {
  const at = (id: string | undefined) => placed.find((one) => one.member.id === id)?.at
  const from = at(member.id)
  if (from === undefined) return null
  const successor = at(member.successors[0]?.id)
  const predecessor = at(member.predecessor?.id)
  return (
    <g class="neighbours">
      {member.fingers.map(({ bit, member: finger }) => {
        const to = at(finger.id)
        if (to === undefined || to === from) return null
        return <path key={bit} class="chord chord--finger" d={chordPath({ from, to })} />
      })}
      {predecessor !== undefined && predecessor !== from && (
        <path class="chord chord--predecessor" d={chordPath({ from, to: predecessor })} />
      )}
      {successor !== undefined && successor !== from && (
        <path class="chord chord--successor" d={chordPath({ from, to: successor })} />
      )}
    </g>
  )
}

/** From member to member to the owner, and the page's own place on the circle. */
function Route({
  route,
  place,
}: {
  readonly route: readonly MemberRef[]
  readonly place: string | undefined
}) {
  if (place === undefined) return null
  const key = pointAt(turnOf(place), RING_RADIUS)
  const { x, y } = key
  return (
    <g class="route-drawn">
      {route.slice(1).map((member, index) => {
        const from = pointAt(turnOf(route[index]?.position ?? member.position), RING_RADIUS)
        const to = pointAt(turnOf(member.position), RING_RADIUS)
        return (
          <path
            key={member.id}
            class={`route-drawn__hop route-drawn__hop--${index % 4}`}
            d={chordPath({ from, to })}
          />
        )
      })}
      <path class="route-drawn__place" d={`M${round(x)} ${round(y - 8)} l8 8 l-8 8 l-8 -8 z`} />
    </g>
  )
}

interface MemberMarkProps {
  readonly placed: PlacedMember
  readonly picture: RingPictureProps
  readonly isCrowded: boolean
}

function MemberMark({ placed, picture, isCrowded }: MemberMarkProps) {
  const { texts } = useWords()
  const { member, at, label } = placed
  const marks = [
    'member',
    `member--${member.state}`,
    member.id === picture.highlighted?.id ? 'member--chosen' : '',
    member.url === picture.doorOf ? 'member--door' : '',
    member.load.downloads > 0 ? 'member--downloading' : '',
    picture.onChoose === undefined ? '' : 'member--open',
  ]
  const radius = isCrowded ? 4 : 8
  const x = round(at.x)
  const y = round(at.y)
  const turned = label.rotation === 0 ? '' : ` rotate(${round(label.rotation)})`
  return (
    <g
      class={marks.join(' ')}
      data-member={member.name}
      onPointerEnter={() => picture.onPoint?.(member)}
      onPointerLeave={() => picture.onPoint?.(undefined)}
      onClick={() => picture.onChoose?.(member)}
    >
      <Leader label={label} />
      <circle class="member__reach" cx={x} cy={y} r={radius + 12} />
      <circle class="member__pulse" cx={x} cy={y} r={radius} />
      <circle class="member__dot" cx={x} cy={y} r={radius} />
      <g transform={`translate(${round(label.at.x)} ${round(label.at.y)})${turned}`}>
        <text class="member__name" text-anchor={label.anchor} dy={isCrowded ? '0.35em' : '0'}>
          {clip(member.name)}
        </text>
        {!isCrowded && !picture.isSmall && (
          <text class="member__note" text-anchor={label.anchor} dy="1.25em">
            {member.state === 'up'
              ? texts.ring.copies(member.pages)
              : texts.ring.states[member.state]}
          </text>
        )}
      </g>
    </g>
  )
}

/** From the member to its label, which may have had to make way. */
function Leader({ label }: { readonly label: Label }) {
  const { from, to } = label.leader
  const line = { x1: round(from.x), y1: round(from.y), x2: round(to.x), y2: round(to.y) }
  return <line class="member__leader" {...line} />
}

/** Longer names would leave the picture; the table has them whole. */
const NAME_CHARACTERS_MAX = 12

function clip(name: string): string {
  return name.length <= NAME_CHARACTERS_MAX ? name : `${name.slice(0, NAME_CHARACTERS_MAX - 1)}…`
}

/** Chords fade behind the words; these fill two thirds of it. */
const CENTRE_RADIUS = 130
/** The words stand as high above the middle as below it. */
const CENTRE_RISE = -20
const CENTRE_FIRST_EM = 1.8
const CENTRE_LINE_EM = 1.35

function Centre({
  ring,
  highlighted,
}: {
  readonly ring: Ring
  readonly highlighted: Member | undefined
}) {
  const { texts } = useWords()
  const live = ring.members.filter((member) => member.state !== 'down').length
  const lines =
    highlighted === undefined
      ? [
          String(live),
          texts.ring.membersWord(live),
          ...(isStopped(ring) ? texts.ring.stopped : texts.ring.mayFail(ring.mayFail)),
        ]
      : [
          clip(highlighted.name),
          texts.ring.states[highlighted.state],
          texts.ring.copies(highlighted.pages),
        ]
  return (
    <g class="centre">
      <defs>
        <radialGradient id="centre-back">
          <stop class="centre__back" offset="65%" />
          <stop class="centre__back centre__back--edge" offset="100%" />
        </radialGradient>
      </defs>
      <circle r={CENTRE_RADIUS} fill="url(#centre-back)" />
      <g transform={`translate(0 ${CENTRE_RISE})`}>
        <text class="centre__main" text-anchor="middle">
          {lines[0]}
        </text>
        {lines.slice(1).map((line, index) => (
          <text
            key={index}
            class="centre__below"
            text-anchor="middle"
            dy={`${CENTRE_FIRST_EM + CENTRE_LINE_EM * index}em`}
          >
            {line}
          </text>
        ))}
      </g>
    </g>
  )
}
