/** What becomes of one member: by time, by its end, by being stopped. */
import { unreachable } from '../../base/assert.ts'
import type {
  MemberName,
  MemberPhase,
  MemberStep,
  Supervised,
  SupervisorConfig,
  SupervisorEffect,
} from './state.ts'
import {
  DRAIN_MS_MAX,
  PING_AFTER_MS,
  RESTART_PAUSE_MS,
  RESTART_PAUSE_MS_MAX,
  START_SILENCE_MS_MAX,
  STEADY_AFTER_MS,
  STOP_MS_MAX,
  WORKER_DEATHS_MAX,
  WORKING_PATIENCE,
} from './times.ts'

/** `n1`, `n2`, ...: what a person sees, and the name of its directory. */
export function memberName(index: number): string {
  return `n${index + 1}`
}

/** `undefined` where a supervisor gives nobody that name. */
export function memberIndex(name: string): number | undefined {
  const [, number] = /^n([1-9]\d{0,4})$/.exec(name) ?? []
  return number === undefined ? undefined : Number(number) - 1
}

/** A member as it is before its first start. */
export function restMember(member: MemberName, nowMs: number): Supervised {
  return {
    ...member,
    phase: 'waiting',
    sinceMs: nowMs,
    spawnedAtMs: nowMs,
    heardAtMs: nowMs,
    workedAtMs: nowMs,
    deaths: 0,
    dueMs: nowMs,
    load: undefined,
    begins: false,
  }
}

type Kept = readonly [Supervised, readonly SupervisorEffect[]]

/** It has a process, dying ones included. */
export function isAlive(member: Supervised): boolean {
  return member.phase !== 'waiting' && member.phase !== 'lost'
}

function enter(member: Supervised, phase: MemberPhase, nowMs: number): Supervised {
  return { ...member, phase, sinceMs: nowMs }
}

export function killMember(member: Supervised, nowMs: number): Kept {
  return [enter(member, 'killed', nowMs), [{ kind: 'kill', name: member.name }]]
}

export function stopMember(member: Supervised, nowMs: number): Kept {
  if (member.phase === 'killed') return [member, []]
  return [enter(member, 'stopping', nowMs), [send(member, 'stop')]]
}

/** It is looked after until its end, and not started again. */
export function removedMember(member: Supervised, nowMs: number): Kept {
  if (member.phase === 'stopping' || !isAlive(member)) return [member, []]
  const [stopping, effects] = stopMember(member, nowMs)
  const saying = { kind: 'removed', name: member.name } as const
  return [stopping, [{ kind: 'say', saying }, ...effects]]
}

export function drainMember(member: Supervised, nowMs: number): Kept {
  return [enter(member, 'draining', nowMs), [send(member, 'drain')]]
}

function send(member: Supervised, message: 'ping' | 'drain' | 'stop'): SupervisorEffect {
  return { kind: 'send', name: member.name, message }
}

/**
 * Time has passed: ask whether it lives, and act where it has said nothing, or not done, for too
 * long.
 */
export function tickMember(member: Supervised, config: SupervisorConfig, nowMs: number): Kept {
  const inPhaseMs = nowMs - member.sinceMs
  switch (member.phase) {
    case 'waiting':
    case 'lost':
    case 'killed':
      return [member, []]
    case 'stopping':
      return inPhaseMs >= STOP_MS_MAX ? killMember(member, nowMs) : [member, []]
    case 'starting':
      return mayHang(member, START_SILENCE_MS_MAX, nowMs)
    case 'draining':
      if (inPhaseMs >= DRAIN_MS_MAX) return stopMember(member, nowMs)
      return mayHang(member, config.hangAfterMs, nowMs)
    case 'up':
      return mayHang(member, config.hangAfterMs, nowMs)
    default:
      return unreachable(member.phase)
  }
}

/** Whoever says nothing and does nothing hangs; who works is given longer to say something. */
function mayHang(member: Supervised, afterMs: number, nowMs: number): Kept {
  const silentMs = nowMs - member.heardAtMs
  const isIdle = nowMs - member.workedAtMs >= afterMs
  const silentMsMax = isIdle ? afterMs : WORKING_PATIENCE * afterMs
  return silentMs >= silentMsMax ? hangs(member, nowMs) : askIfSilent(member, silentMs)
}

/** A member's reports of its load are signs of life enough; only who missed one is asked. */
function askIfSilent(member: Supervised, silentMs: number): Kept {
  return [member, silentMs >= PING_AFTER_MS ? [send(member, 'ping')] : []]
}

function hangs(member: Supervised, nowMs: number): Kept {
  const [killed, effects] = killMember(member, nowMs)
  const silentMs = nowMs - member.heardAtMs
  return [
    killed,
    [{ kind: 'say', saying: { kind: 'hangs', name: member.name, silentMs } }, ...effects],
  ]
}

export interface Exit {
  readonly nowMs: number
  readonly clean: boolean
  readonly how: string
}

/** Its process is gone. `undefined`: it is no longer looked after. */
export function exitedMember(
  member: Supervised,
  exit: Exit,
  rules: { readonly restart: boolean; readonly stopping: boolean },
): MemberStep {
  const { name } = member
  if (!isAlive(member)) return [member, []]
  if (rules.stopping) return [undefined, []]
  if (member.phase === 'draining' && exit.clean) {
    const retired = { kind: 'say', saying: { kind: 'retired', name } } as const
    return [undefined, [{ kind: 'removeData', name }, retired]]
  }
  // A worker that could not hand over all in time: what it holds stays on disk for the next start.
  if (member.phase === 'stopping') return [undefined, [gaveUp(name, exit.how)]]
  if (!rules.restart) {
    const saying = { kind: 'lost', name, how: exit.how } as const
    return [enter(member, 'lost', exit.nowMs), [{ kind: 'say', saying }]]
  }
  return startAgain(member, exit)
}

function startAgain(member: Supervised, exit: Exit): MemberStep {
  const wasSteady = exit.nowMs - member.spawnedAtMs >= STEADY_AFTER_MS
  const deaths = wasSteady ? 1 : member.deaths + 1
  if (member.kind === 'worker' && deaths >= WORKER_DEATHS_MAX) {
    return [undefined, [gaveUp(member.name, exit.how)]]
  }
  const againMs = restartPauseMs(deaths)
  const saying = { kind: 'died', name: member.name, how: exit.how, againMs } as const
  const dueMs = exit.nowMs + againMs
  return [
    { ...enter(member, 'waiting', exit.nowMs), deaths, dueMs, load: undefined },
    [{ kind: 'say', saying }],
  ]
}

function gaveUp(name: string, how: string): SupervisorEffect {
  return { kind: 'say', saying: { kind: 'gaveUp', name, how } }
}

/** 0, then 1, 2, 4, ... up to 30 seconds. */
export function restartPauseMs(deaths: number): number {
  if (deaths <= 1) return 0
  return Math.min(RESTART_PAUSE_MS * 2 ** (deaths - 2), RESTART_PAUSE_MS_MAX)
}
