/** What a person must know of the store in one look: what is down, what may fail, what moves. */
import { SECOND_MS } from '../base/limits.ts'
import { sizeText } from '../base/size-text.ts'
import { CLOCK_OFF_MS_MAX } from '../node/doctor/ring.ts'
import type { AuthorityRotation, Partition, Ring } from '../wire/api.ts'
import { namesOf, waitsText } from './member-lines.ts'
import type { Paint } from './paint.ts'
import { countText, estimateText } from './table.ts'

/** Empty where the member that answered says nothing of a store. */
export function storeLines(ring: Ring, paint: Paint): readonly string[] {
  if (ring.partitions.length === 0) return []
  return [
    '',
    mayFailLine(ring, paint),
    ...downLines(ring, paint),
    ...fullLines(ring, paint),
    ...riskLines(ring, paint),
    ...clockLines(ring, paint),
    ...moveLines(ring),
    ...chunkLines(ring, paint),
    ...coordinatorLines(ring),
    ...rotationLines(ring, paint),
    ...authorityLines(ring),
  ]
}

function mayFailLine({ mayFail, partitions, isOnOneMachine }: Ring, paint: Paint): string {
  const all = partitions.length
  const stopped = partitions.filter(({ margin = 0 }) => margin < 0).length
  if (stopped > 0) {
    const these = countText(stopped, 'partition')
    return paint('red', `${these} of ${all} cannot be read or changed: too few voters answer`)
  }
  const leaderless = partitions.filter(({ leader }) => leader === '').length
  if (leaderless > 0) {
    return paint(
      'yellow',
      `${countText(leaderless, 'partition')} of ${all} without a leader just now`,
    )
  }
  const text =
    mayFail === 0
      ? paint('yellow', 'no member may fail now')
      : paint('green', `${countText(mayFail, 'more member')} may fail now`)
  return isOnOneMachine === true ? `${text}; one machine carries all` : text
}

/** The time of a schedule, of a lease, of what expires, is that of the members' clocks. */
function clockLines({ enrolled = [] }: Ring, paint: Paint): readonly string[] {
  return enrolled
    .filter(({ clockOffMs = 0 }) => Math.abs(clockOffMs) > CLOCK_OFF_MS_MAX)
    .map(({ clockOffMs = 0, name }) => {
      const seconds = Math.round(Math.abs(clockOffMs) / SECOND_MS)
      const way = clockOffMs > 0 ? 'ahead of' : 'behind'
      return paint('yellow', `the clock of ${name} is ${seconds} s ${way} the one here`)
    })
}

/** Nothing where the ring has the authority that it was founded with, or the change is over. */
function rotationLines(ring: Ring, paint: Paint): readonly string[] {
  const { authority } = ring
  if (authority === undefined || authority.phase === 'done') return []
  return [paint('yellow', rotationText(ring, authority))]
}

/** For who comes from elsewhere: what ANILLO_CA has to be there. */
function authorityLines({ authorityFingerprint }: Ring): readonly string[] {
  if (authorityFingerprint === undefined) return []
  return [`clients of other machines trust the authority ${authorityFingerprint}`]
}

/** How far the ring's change to another authority is. */
export function rotationText(ring: Ring, { phase, waitsFor }: AuthorityRotation): string {
  const names = namesOf(ring)
  const waits = waitsFor.map((id) => names.get(id) ?? id.slice(0, 8)).join(', ')
  const until = waits === '' ? '' : `; waits for ${waits}`
  switch (phase) {
    case 'trusting':
      return `another authority, step 1 of 2: members learn to trust it${until}`
    case 'renewing':
      return `another authority, step 2 of 2: members get certificates of it${until}`
    case 'done':
      return 'another authority: all members have certificates of it'
  }
}

/** Its leader is missing, or voters. */
function isStopped({ leader, margin = 0 }: Partition): boolean {
  return leader === '' || margin < 0
}

function downLines({ enrolled = [], partitions }: Ring, paint: Paint): readonly string[] {
  return enrolled
    .filter(({ state, isUp, roles }) => {
      return (state === 'active' || state === 'draining') && !isUp && roles.includes('tweeter')
    })
    .map(({ name, address, holds }) => {
      return paint('red', `${name} (${address}) is down; it holds ${holds} of ${partitions.length}`)
    })
}

/** Writes of each partition that one of them holds are refused. */
function fullLines({ enrolled = [] }: Ring, paint: Paint): readonly string[] {
  return enrolled
    .filter(({ isDiskFull, isUp }) => isDiskFull === true && isUp)
    .map(({ name, address, holds }) => {
      const what = `writes to the ${countText(holds, 'partition')} that it holds are refused`
      return paint('red', `${name} (${address}): its disk is nearly full; ${what}, deletes work`)
    })
}

function chunkLines({ chunks }: Ring, paint: Paint): readonly string[] {
  if (chunks === undefined) return []
  const { bytesLeft, doneInMs, damaged, healed, lost = 0 } = chunks
  const whenText = doneInMs === null ? '' : `; done in ${estimateText(doneInMs)}`
  const left = damaged - healed
  return [
    ...(bytesLeft > 0 ? [`chunks: ${sizeText(bytesLeft)} of copies to be made${whenText}`] : []),
    ...(left > 0 ? [paint('yellow', `${countText(left, 'damaged chunk')} not healed as yet`)] : []),
    ...(lost > 0 ? [paint('red', `${countText(lost, 'chunk')} lost: ${LOST_WORDS}`)] : []),
  ]
}

const LOST_WORDS = 'no member has a copy, and files or pages need them'

/** Upkeep alone waits for one: no word of alarm. */
function coordinatorLines(ring: Ring): readonly string[] {
  const { coordinator } = ring
  if (coordinator === undefined) return []
  if (coordinator === null) return ['a coordinator is being elected']
  const name = namesOf(ring).get(coordinator.id) ?? coordinator.id
  return [`${name} coordinates upkeep${coordinator.isLeased ? '' : ', without a lease as yet'}`]
}

/** Groups that bear fewer failures than their number of voters promises. */
function riskLines({ partitions }: Ring, paint: Paint): readonly string[] {
  const weak = partitions.filter(
    (partition) => !isStopped(partition) && (partition.margin ?? 0) < promised(partition),
  )
  if (weak.length === 0) return []
  const least = Math.min(...weak.map(({ margin = 0 }) => margin))
  const bear = least === 0 ? 'no further failure' : countText(least, 'further failure')
  const these = countText(weak.length, 'partition')
  return [paint('yellow', `${these} at risk: a partition bears ${bear}`)]
}

function promised({ voters }: Partition): number {
  return Math.floor((voters.length - 1) / 2)
}

function moveLines(ring: Ring): readonly string[] {
  const moves = ring.partitions.flatMap((partition) => partition.moves ?? [])
  if (moves.length === 0) return []
  const names = namesOf(ring)
  const kinds = [...new Set(moves.map(({ kind }) => kind))]
  return kinds.map((kind) => {
    const these = moves.filter((move) => move.kind === kind)
    const copied = these.reduce((sum, { bytesCopied }) => sum + (bytesCopied ?? 0), 0)
    const lastMs = Math.max(...these.map(({ doneInMs }) => doneInMs ?? -1))
    return [
      `${kind}: ${countText(these.length, 'move')}`,
      waitsText(these, names),
      ...(copied > 0 ? [`${sizeText(copied)} copied`] : []),
      ...(lastMs >= 0 ? [`copies done in ${estimateText(lastMs)}`] : []),
    ].join('; ')
  })
}
