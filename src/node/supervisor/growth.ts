/** More members when all are busy, fewer when those that were added have nothing to do. */
import { drainMember, memberName, restMember } from './member-steps.ts'
import type { Step, Supervised, SupervisorState } from './state.ts'
import { BUSY_FOR_MS, GROW_PAUSE_MS } from './times.ts'

export function growAndRetire([state, effects]: Step, nowMs: number): Step {
  const busySinceMs = allBusy(state) ? (state.busySinceMs ?? nowMs) : undefined
  const looked = { ...state, busySinceMs }
  if (mayGrow(looked, nowMs)) return grow([looked, effects], nowMs)
  return retire([looked, effects], nowMs)
}

/** While one is coming or going the others' load says nothing about what will be. */
function isMoving(members: readonly Supervised[]): boolean {
  return members.some(({ phase }) => phase === 'starting' || phase === 'draining')
}

/**
 * Each member is busy; or each has work, and all together have as much as would make each busy: few
 * members share the addresses unevenly, and one with a short range would hide that the others have
 * too much.
 */
function allBusy({ members, config }: SupervisorState): boolean {
  const up = members.filter(({ phase }) => phase === 'up')
  if (up.length === 0 || isMoving(members)) return false
  if (up.every(({ load }) => load?.busy === true)) return true
  const downloads = up.map(({ load }) => load?.downloads ?? 0)
  const total = downloads.reduce((sum, count) => sum + count, 0)
  return !downloads.includes(0) && total >= up.length * config.busyDownloads
}

function mayGrow(state: SupervisorState, nowMs: number): boolean {
  const { busySinceMs, grewAtMs } = state
  if (busySinceMs === undefined || nowMs - busySinceMs < BUSY_FOR_MS) return false
  if (grewAtMs !== undefined && nowMs - grewAtMs < GROW_PAUSE_MS) return false
  return state.members.length < state.config.membersMax
}

/** The newcomer is started by the next tick, as every member that waits. */
function grow([state, effects]: Step, nowMs: number): Step {
  const index = freeIndex(state)
  const name = memberName(index)
  const members = [...state.members, restMember({ name, index, kind: 'worker' }, nowMs)]
  const saying = { kind: 'adding', name } as const
  return [
    { ...state, members, busySinceMs: undefined, grewAtMs: nowMs },
    [...effects, { kind: 'say', saying }],
  ]
}

/** The lowest place after the members that are always there, so that ports are used again. */
function freeIndex(state: SupervisorState): number {
  const used = new Set(state.members.map(({ index }) => index))
  let index = state.config.members
  while (used.has(index)) index++
  return index
}

/** One at a time, the last one first: each hands over to the others. */
function retire([state, effects]: Step, nowMs: number): Step {
  if (isMoving(state.members)) return [state, effects]
  const idle = state.members.findLast((member) => isIdle(member, state.config.workerIdleMs))
  if (idle === undefined) return [state, effects]
  const [draining, wanted] = drainMember(idle, nowMs)
  const members = state.members.map((member) => (member === idle ? draining : member))
  const saying = { kind: 'draining', name: idle.name, idleMs: idle.load?.idleMs ?? 0 } as const
  return [{ ...state, members }, [...effects, { kind: 'say', saying }, ...wanted]]
}

function isIdle(member: Supervised, idleMs: number): boolean {
  return member.kind === 'worker' && member.phase === 'up' && (member.load?.idleMs ?? 0) >= idleMs
}
