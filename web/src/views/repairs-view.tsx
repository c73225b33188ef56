/** Replicas on the move: how far all are, and what each that waits is waiting for. */
import type { ReplicaMove, Ring } from '../../../src/wire/api.ts'
import { formatSeconds } from '../model/format.ts'
import { leftMsOf, type RepairWatch } from '../model/repairs.ts'
import { isStopped, movesOf, nameOf, type Moves } from '../model/store.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { useWords, type Words } from './words.ts'

export function RepairsView({ ring }: { readonly ring: Ring }) {
  const session = useSession()
  const { texts } = useWords()
  const watch = useCell(session.repairs)
  const moves = movesOf(ring)
  return (
    <div class="repairs">
      <h3 class="repairs__title">{texts.store.repairs}</h3>
      <ChunkCare ring={ring} />
      {watch === undefined || moves.length === 0 ? (
        <p class="quiet repairs__quiet">
          {isStopped(ring) ? texts.store.unmoved : texts.store.quiet}
        </p>
      ) : (
        <>
          <Progress watch={watch} moves={moves} />
          <ul class="repairs__list">
            {moves.map((one) => (
              <MovesRow key={one.key} moves={one} ring={ring} />
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** Copies of chunks that are missing. */
function ChunkCare({ ring }: { readonly ring: Ring }) {
  const { texts, bytes } = useWords()
  const { bytesLeft, doneInMs } = ring.chunks ?? { bytesLeft: 0, doneInMs: null }
  if (bytesLeft === 0) return null
  const facts = [
    texts.store.chunksLeft(bytes(bytesLeft)),
    ...(doneInMs === null ? [] : [texts.store.left(formatSeconds(Math.max(1, doneInMs / 1_000)))]),
  ]
  return <p class="repairs__facts">{facts.join(' · ')}</p>
}

interface ProgressProps {
  readonly watch: RepairWatch
  readonly moves: readonly Moves[]
}

function Progress({ watch, moves }: ProgressProps) {
  const { texts, bytes } = useWords()
  const words = texts.store
  const { wanted, left, bytesPerSecond } = watch
  const done = wanted - left
  const copied = moves.reduce((sum, one) => sum + one.bytesCopied, 0)
  const leftMs = Math.max(leftMsOf(watch) ?? -1, ...moves.map(({ doneInMs = -1 }) => doneInMs))
  const facts = [
    words.progress({ done, wanted }),
    ...(copied > 0 ? [words.copied(bytes(copied))] : []),
    ...(bytesPerSecond >= 1 ? [words.rate(bytes(bytesPerSecond))] : []),
    ...(leftMs >= 0 ? [words.left(formatSeconds(Math.max(1, leftMs / 1_000)))] : []),
  ]
  return (
    <div class="repairs__progress">
      <progress class="bar" max={wanted} value={done} aria-label={words.repairs} />
      <p class="repairs__facts">{facts.join(' · ')}</p>
    </div>
  )
}

function MovesRow({ moves, ring }: { readonly moves: Moves; readonly ring: Ring }) {
  const { texts } = useWords()
  const named = (id: string | null): string => (id === null ? '' : nameOf(ring, id))
  const { kind, from, to, partitions, waits } = moves
  return (
    <li class={`moves moves--${kind}`}>
      <span class="moves__kind">{texts.store.kinds[kind]}</span>
      <span class="moves__what" title={partitions.join(', ')}>
        {texts.store.move({ count: partitions.length, from: named(from), to: named(to) })}
      </span>
      <ul class="moves__waits">
        {waits.map(({ count, waitsFor }) => (
          <li key={`${waitsFor?.kind} ${waitsFor?.member}`}>
            {texts.store.waits({ count, what: tellWait(waitsFor, ring, texts) })}
          </li>
        ))}
      </ul>
    </li>
  )
}

function tellWait(
  waitsFor: ReplicaMove['waitsFor'],
  ring: Ring,
  { store }: Words['texts'],
): string {
  if (waitsFor === null) return store.taken
  const { kind, member, leftMs = 0 } = waitsFor
  const name = member === undefined ? '' : nameOf(ring, member)
  const tell = store.waitKinds[kind] ?? (() => store.waitUnknown(kind))
  return tell({ name, left: formatSeconds(Math.ceil(leftMs / 1_000)) })
}
