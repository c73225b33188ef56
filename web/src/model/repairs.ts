/**
 * How far the repairs of the store are, from one answer of the ring to the next: how many replicas
 * are in place since they began, how fast bytes and replicas come, when all is done. Pure.
 */
import type { Ring } from '../../../src/wire/api.ts'

export interface RepairWatch {
  /** When the first of these moves was seen, and when the ring last told. */
  readonly begunAtMs: number
  readonly toldAtMs: number
  /** The most moves that were wanted at once since; those that are left. */
  readonly wanted: number
  readonly left: number
  /** Bytes of each copy under way, by partition and newcomer. */
  readonly copied: ReadonlyMap<string, number>
  readonly bytesPerSecond: number
}

/** Of the latest rate; the rest is what was measured before. Answers come about every second. */
const RATE_SHARE = 0.4

/** @returns `undefined` while nothing moves */
export function watchRepairs(
  before: RepairWatch | undefined,
  { partitions }: Pick<Ring, 'partitions'>,
  nowMs: number,
): RepairWatch | undefined {
  const moves = partitions.flatMap(({ id, moves: own = [] }) => own.map((move) => ({ id, move })))
  if (moves.length === 0) return undefined
  const copied = new Map(
    moves.flatMap(({ id, move: { to, bytesCopied } }) =>
      bytesCopied === null || to === null ? [] : [[`${id} ${to}`, bytesCopied] as const],
    ),
  )
  if (before === undefined) {
    const wanted = moves.length
    return { begunAtMs: nowMs, toldAtMs: nowMs, wanted, left: wanted, copied, bytesPerSecond: 0 }
  }
  return {
    begunAtMs: before.begunAtMs,
    toldAtMs: nowMs,
    wanted: Math.max(before.wanted, moves.length),
    left: moves.length,
    copied,
    bytesPerSecond: rateOf(before, copied, nowMs),
  }
}

function rateOf(before: RepairWatch, copied: ReadonlyMap<string, number>, nowMs: number): number {
  const seconds = (nowMs - before.toldAtMs) / 1_000
  if (seconds <= 0) return before.bytesPerSecond
  let came = 0
  for (const [key, bytes] of copied) came += Math.max(0, bytes - (before.copied.get(key) ?? 0))
  const latest = came / seconds
  return before.bytesPerSecond === 0
    ? latest
    : RATE_SHARE * latest + (1 - RATE_SHARE) * before.bytesPerSecond
}

/** Below this, what is left is told to nobody: too little is done to go by. */
const DONE_TO_GO_BY_MIN = 2

/**
 * When all moves are done, as they go: by the pace of those that are done since they began.
 * `undefined`: that cannot be told.
 */
export function leftMsOf({ begunAtMs, toldAtMs, wanted, left }: RepairWatch): number | undefined {
  const done = wanted - left
  if (done < DONE_TO_GO_BY_MIN) return undefined
  return ((toldAtMs - begunAtMs) / done) * left
}
