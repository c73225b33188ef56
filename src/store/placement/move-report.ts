/** Moves as status and page tell them: for how long, and when they are done as it goes now. */
import type { ReplicaMove } from '../../wire/api.ts'
import type { Move, Plan, Wait } from './plan-types.ts'

/** When a move was first seen, and how much was left when it first copied. */
export interface Begun {
  readonly atMs: number
  readonly copying: { readonly atMs: number; readonly entriesLeft: number } | undefined
}

export function keyOf({ kind, to, from }: Move): string {
  return `${kind} ${to} ${from}`
}

export function begunOf(
  { plan, begun }: { readonly plan: Plan; readonly begun: ReadonlyMap<string, Begun> },
  nowMs: number,
): Map<string, Begun> {
  return new Map(
    plan.moves.map((move) => {
      const before = begun.get(keyOf(move))
      const { waitsFor } = move
      const copying =
        waitsFor?.kind === 'copying'
          ? (before?.copying ?? { atMs: nowMs, entriesLeft: waitsFor.entriesLeft })
          : undefined
      return [keyOf(move), { atMs: before?.atMs ?? nowMs, copying }]
    }),
  )
}

export function replicaMoveOf(move: Move, begun: Begun | undefined, nowMs: number): ReplicaMove {
  const { kind, to, from, waitsFor } = move
  return {
    kind,
    to: to ?? null,
    from: from ?? null,
    waitsFor: waitsFor === undefined ? null : told(waitsFor),
    sinceMs: Math.round(nowMs - (begun?.atMs ?? nowMs)),
    doneInMs: doneInMs(waitsFor, begun, nowMs),
    bytesCopied: null,
  }
}

function told(wait: Wait): NonNullable<ReplicaMove['waitsFor']> {
  return {
    kind: wait.kind,
    ...('member' in wait ? { member: wait.member } : {}),
    ...('leftMs' in wait ? { leftMs: Math.round(wait.leftMs) } : {}),
    ...('entriesLeft' in wait ? { entriesLeft: wait.entriesLeft } : {}),
  }
}

/** At the rate since the copy began; the log goes on growing, so this is never exact. */
function doneInMs(wait: Wait | undefined, begun: Begun | undefined, nowMs: number): number | null {
  if (wait?.kind !== 'copying' || begun?.copying === undefined) return null
  const copied = begun.copying.entriesLeft - wait.entriesLeft
  const tookMs = nowMs - begun.copying.atMs
  if (copied <= 0 || tookMs <= 0) return null
  return Math.round((wait.entriesLeft * tookMs) / copied)
}
