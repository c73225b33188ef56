/**
 * The picture of the store: a column for each partition, a row for each member, above them how
 * each partition stands. Where the width is small, columns stand in bands below each other.
 */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

import type { Partition, Ring } from '../../../src/wire/api.ts'
import { bandOf, partMarks, standingMarks } from '../model/marks.ts'
import { STANDINGS, standingOf, type Holder, type Part } from '../model/store.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { useWords, type Words } from './words.ts'

interface PictureProps {
  readonly ring: Ring
  readonly holders: readonly Holder[]
  /** Index of the partition that is told in words. */
  readonly shown: number
  readonly onPoint: (index: number | undefined) => void
  readonly onChoose: (index: number) => void
}

/** Names and counts beside the marks. */
const BESIDE_PX = 190

export function StorePicture(props: PictureProps) {
  const { ring, holders } = props
  const { texts } = useWords()
  const place = useRef<HTMLDivElement>(null)
  const [widthPx, setWidthPx] = useState(900)
  useLayoutEffect(() => {
    const { current } = place
    if (current === null) return undefined
    const observer = new ResizeObserver(() => setWidthPx(current.clientWidth))
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  const count = ring.partitions.length
  const band = bandOf(count, widthPx - BESIDE_PX)
  const firsts = Array.from({ length: Math.ceil(count / band) }, (_, index) => index * band)
  return (
    <>
      <div
        ref={place}
        class="bands"
        role="group"
        aria-label={texts.store.picture({ count, members: holders.length })}
        onPointerLeave={() => props.onPoint(undefined)}
      >
        {firsts.map((first) => (
          <Band key={first} first={first} size={band} picture={props} />
        ))}
      </div>
      <Legend ring={ring} />
    </>
  )
}

interface BandProps {
  readonly first: number
  readonly size: number
  readonly picture: PictureProps
}

function Band({ first, size, picture }: BandProps) {
  const { ring, holders } = picture
  const { texts } = useWords()
  const partitions = ring.partitions.slice(first, first + size)
  return (
    <div class="band">
      <div class="band__row band__row--head">
        <span class="band__numbers">
          {first}–{first + partitions.length - 1}
        </span>
        <Strip first={first} size={size} picture={picture}>
          {STANDINGS.map((standing) => (
            <path
              key={standing}
              class={`mark mark--${standing}`}
              d={standingMarks(partitions, standing)}
            />
          ))}
        </Strip>
        <span class="band__count band__word">{texts.store.leads}</span>
        <span class="band__count band__word">{texts.store.replicas}</span>
      </div>
      {holders.map((holder) => (
        <HolderRow
          key={holder.id}
          holder={holder}
          partitions={partitions}
          band={{ first, size, picture }}
        />
      ))}
    </div>
  )
}

interface HolderRowProps {
  readonly holder: Holder
  readonly partitions: readonly Partition[]
  readonly band: BandProps
}

const PARTS: readonly Part[] = ['leader', 'voter', 'learner']

/** What is worth a word beside its name, the gravest alone. */
function noteOf(holder: Holder, { store }: Words['texts']): string {
  const { isUp, state, hasDiskFull, votes, learns } = holder
  if (!isUp) return store.isDown
  if (state === 'draining') return votes + learns === 0 ? store.isDrained : store.isDraining
  return hasDiskFull ? store.diskFull : ''
}

function HolderRow({ holder, partitions, band }: HolderRowProps) {
  const session = useSession()
  const { texts } = useWords()
  const selected = useCell(session.selected)
  const { id, name, isUp, hasDiskFull, leads, votes, learns } = holder
  const note = noteOf(holder, texts)
  const classes = [
    'band__row',
    isUp ? '' : 'band__row--down',
    hasDiskFull ? 'band__row--full' : '',
    id === selected ? 'band__row--chosen' : '',
  ]
  return (
    <div class={classes.join(' ')} data-member={name}>
      <span class="band__name" title={hasDiskFull ? texts.store.diskFullLong : name}>
        {name}
        {note !== '' && <span class="band__note"> {note}</span>}
      </span>
      <Strip {...band}>
        {PARTS.map((part) => (
          <path
            key={part}
            class={`mark mark--${part}`}
            d={partMarks(partitions, { member: id, part })}
          />
        ))}
      </Strip>
      <span class="band__count">
        <span class="unseen">{texts.store.leads} </span>
        {leads}
      </span>
      <span class="band__count">
        <span class="unseen">{texts.store.replicas} </span>
        {votes}
        {learns > 0 && <span class="quiet">+{learns}</span>}
      </span>
    </div>
  )
}

interface StripProps extends BandProps {
  readonly children: preact.ComponentChildren
}

function Strip({ first, size, picture, children }: StripProps) {
  const indexAt = (event: PointerEvent): number => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect()
    const column = Math.floor(((event.clientX - left) / width) * size)
    return Math.min(first + Math.max(0, column), picture.ring.partitions.length - 1)
  }
  const column = picture.shown - first
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${size} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
      onPointerMove={(event) => picture.onPoint(indexAt(event))}
      onPointerDown={(event) => picture.onChoose(indexAt(event))}
    >
      {column >= 0 && column < size && (
        <rect class="strip__pointed" x={column} y={0} width={1} height={1} />
      )}
      {children}
    </svg>
  )
}

/** Only what is on show is explained. */
function Legend({ ring }: { readonly ring: Ring }) {
  const { texts } = useWords()
  const standings = new Set(ring.partitions.map(standingOf))
  const hasLearners = ring.partitions.some(({ learners }) => learners.length > 0)
  const parts = PARTS.filter((part) => part !== 'learner' || hasLearners)
  return (
    <ul class="marks" aria-label={texts.store.legend}>
      {parts.map((part) => (
        <li key={part} class="marks__one">
          <span class={`swatch swatch--${part}`} aria-hidden="true" />
          {texts.store.parts[part]}
        </li>
      ))}
      {STANDINGS.filter((standing) => standings.has(standing)).map((standing) => (
        <li key={standing} class="marks__one">
          <span class={`swatch swatch--${standing}`} aria-hidden="true" />
          {texts.store.standings[standing]}
        </li>
      ))}
    </ul>
  )
}
