/** The store in one look: what may fail, who leads and holds each partition, what moves. */
import { useState } from 'preact/hooks'

import type { Partition, Ring } from '../../../src/wire/api.ts'
import { may } from '../model/accounts.ts'
import {
  borneBy,
  holdersOf,
  nameOf,
  namesOf,
  partOf,
  safetyOf,
  standingOf,
  type Reason,
  type Safety,
} from '../model/store.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { RecordsView } from './records-view.tsx'
import { RepairsView } from './repairs-view.tsx'
import { StorePicture } from './store-picture.tsx'
import { useWords, type Words } from './words.ts'

export function StoreView() {
  const session = useSession()
  const { texts } = useWords()
  const ring = useCell(session.ring)
  if (ring === undefined) return null
  return (
    <section class="store" aria-labelledby="store-title">
      <h2 id="store-title" class="section-title">
        {texts.store.title}
      </h2>
      {ring.partitions.length === 0 ? (
        <p class="note">{texts.store.none}</p>
      ) : (
        <LiveStore ring={ring} />
      )}
    </section>
  )
}

function LiveStore({ ring }: { readonly ring: Ring }) {
  const { texts } = useWords()
  const who = useCell(useSession().account.who)
  const [pointed, setPointed] = useState<number | undefined>(undefined)
  const [chosen, setChosen] = useState(0)
  const shown = Math.min(pointed ?? chosen, ring.partitions.length - 1)
  const partition = ring.partitions[shown]
  return (
    <>
      <SafetyLine safety={safetyOf(ring)} />
      <StorePicture
        ring={ring}
        holders={holdersOf(ring)}
        shown={shown}
        onPoint={setPointed}
        onChoose={setChosen}
      />
      {partition !== undefined && (
        <PartitionLine ring={ring} partition={partition} chosen={chosen} onChoose={setChosen} />
      )}
      <RepairsView ring={ring} />
      <details class="roster">
        <summary class="roster__summary">{texts.store.showTable(ring.partitions.length)}</summary>
        <PartitionsTable ring={ring} />
      </details>
      {may(who, 'store.read') && (
        <details class="roster">
          <summary class="roster__summary">{texts.store.records.title}</summary>
          <RecordsView mayWrite={may(who, 'store.write')} />
        </details>
      )}
    </>
  )
}

/** Said by itself when it changes: nothing on the page matters more. */
function SafetyLine({ safety }: { readonly safety: Safety }) {
  const { texts } = useWords()
  const { verdict, reasons } = safety
  const words = texts.store
  return (
    <div class="safety" role="status">
      <p class={`safety__line safety__line--${toneOf(safety)}`}>
        {verdict.kind === 'mayFail'
          ? words.mayFail(verdict.count)
          : words[verdict.kind](verdict.count)}
      </p>
      {reasons.length > 0 && (
        <p class="safety__why quiet">
          {reasons.map((reason) => tellReason(reason, texts)).join(' ')}
        </p>
      )}
    </div>
  )
}

/** Good news only where nothing that should be there is missing. */
function toneOf({ verdict, reasons }: Safety): 'good' | 'warn' | 'bad' {
  if (verdict.kind === 'stopped') return 'bad'
  const isMissing = reasons.some(({ kind }) => kind === 'down' || kind === 'short')
  return verdict.kind === 'mayFail' && verdict.count > 0 && !isMissing ? 'good' : 'warn'
}

function tellReason(reason: Reason, { store }: Words['texts']): string {
  switch (reason.kind) {
    case 'down':
      return store.down(reason.names.join(', '))
    case 'short':
      return store.short(reason.count)
    case 'few':
      return store.few(reason.hosts)
    case 'growing':
      return store.growing(reason.count)
    case 'copies':
      return store.copies
    case 'oneMachine':
      return store.oneMachine
  }
}

interface PartitionLineProps {
  readonly ring: Ring
  readonly partition: Partition
  readonly chosen: number
  readonly onChoose: (index: number) => void
}

/** One partition in words; arrow keys go from one to the next. */
function PartitionLine({ ring, partition, chosen, onChoose }: PartitionLineProps) {
  const { texts } = useWords()
  const told = tellPartition(ring, partition, texts)
  const own = ring.partitions[chosen]
  return (
    <div class="chooser">
      <input
        class="chooser__range"
        type="range"
        min={0}
        max={ring.partitions.length - 1}
        value={chosen}
        aria-label={texts.store.partition}
        aria-valuetext={own === undefined ? told : tellPartition(ring, own, texts)}
        onInput={(event) => onChoose(Number(event.currentTarget.value))}
      />
      <p class="chooser__told">{told}</p>
    </div>
  )
}

function tellPartition(ring: Ring, partition: Partition, { store }: Words['texts']): string {
  const { id, leader, voters, learners } = partition
  const names = (ids: readonly string[]): string => namesOf(ring, ids).join(', ')
  return store.one({
    id,
    standing: store.standings[standingOf(partition)],
    leader: leader === '' ? store.nobodyLeads : `${nameOf(ring, leader)} ${store.parts.leader}`,
    voters: names(voters.filter((one) => one !== leader)),
    learners: names(learners),
  })
}

function PartitionsTable({ ring }: { readonly ring: Ring }) {
  const { texts } = useWords()
  const words = texts.store
  return (
    <div class="scroll roster__scroll" role="region" aria-label={words.partitions} tabIndex={0}>
      <table class="table" id="partitions">
        <caption class="unseen">{words.partitions}</caption>
        <thead>
          <tr>
            <th scope="col">{words.partition}</th>
            <th scope="col">{words.standing}</th>
            <th scope="col">{words.leader}</th>
            <th scope="col">{words.voters}</th>
            <th scope="col">{words.learners}</th>
            <th scope="col" class="number">
              {words.bears}
            </th>
          </tr>
        </thead>
        <tbody>
          {ring.partitions.map((partition) => (
            <PartitionRow key={partition.id} ring={ring} partition={partition} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function PartitionRow({ ring, partition }: { readonly ring: Ring; readonly partition: Partition }) {
  const { texts } = useWords()
  const standing = standingOf(partition)
  const names = (ids: readonly string[]): string =>
    ids.length === 0 ? texts.ring.none : namesOf(ring, ids).join(', ')
  const voters = partition.voters.filter((id) => partOf(partition, id) === 'voter')
  const { margin = borneBy(partition.voters.length) } = partition
  return (
    <tr>
      <th scope="row">{partition.id}</th>
      <td>
        <span class={`standing standing--${standing}`}>{texts.store.standings[standing]}</span>
      </td>
      <td>{partition.leader === '' ? texts.ring.none : nameOf(ring, partition.leader)}</td>
      <td>{names(voters)}</td>
      <td>{names(partition.learners)}</td>
      <td class="number">{Math.max(0, margin)}</td>
    </tr>
  )
}
