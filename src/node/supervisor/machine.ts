/**
 * What a supervisor decides, as a pure function of its state and one event. Time comes in with the
 * events; what is to be done goes out as effects, which driver.ts carries out.
 *
 * The cases, simple ones first. A member's process ends: it is started again on its data, at once
 * the first time, later and later when it keeps dying. A member does not answer: it may hang
 * (SIGSTOP, an endless loop), or the supervisor itself was held up, which it knows by how late its
 * own ticks come; or its process works and is only late, for which it gets longer. Else the member
 * is killed, and its exit is awaited, because two processes must never open one directory. All
 * members are busy: one more is added, and the next only after that one is up and busy too. A
 * member that was added has nothing to do: it hands over what it holds and goes.
 *
 * How long is waited for what is in times.ts; docs/spec/supervisor.md has the table of transitions.
 */
import { assert, unreachable } from '../../base/assert.ts'
import { growAndRetire } from './growth.ts'
import {
  exitedMember,
  isAlive,
  killMember,
  memberName,
  removedMember,
  restMember,
  stopMember,
  tickMember,
} from './member-steps.ts'
import type {
  Step,
  Supervised,
  SupervisorConfig,
  SupervisorEffect,
  SupervisorEvent,
  SupervisorState,
  MemberName,
} from './state.ts'
import { LAG_DOUBT_MS } from './times.ts'

/**
 * The first step: all members are started, together with those that an earlier supervisor left
 * behind. A worker among them holds pages, and retires in good order when it has nothing to do.
 */
export function startSupervisor(start: {
  readonly config: SupervisorConfig
  readonly left: readonly MemberName[]
  readonly nowMs: number
}): Step {
  const { config, nowMs } = start
  assert(config.members >= 1, 'a ring has a member')
  assert(config.membersMax >= config.members, 'membersMax counts all members')
  const base = Array.from({ length: config.members }, (_, index): MemberName => {
    return { name: memberName(index), index, kind: 'base' }
  })
  const members = [...base, ...start.left].map((member) => restMember(member, nowMs))
  const state: SupervisorState = {
    config,
    phase: 'starting',
    members,
    busySinceMs: undefined,
    grewAtMs: undefined,
  }
  return spawnDue([state, []], nowMs)
}

export function stepSupervisor(state: SupervisorState, event: SupervisorEvent): Step {
  if (state.phase === 'finished') return [state, []]
  switch (event.kind) {
    case 'tick':
      return onTick(state, event)
    case 'terminate':
      return onTerminate(state, event.nowMs)
    case 'exited':
      // Within the same step, so that a death costs no more than the start of a process.
      return finishIfEmpty(spawnDue(changeMember(state, event), event.nowMs))
    case 'ready':
    case 'pong':
    case 'removed':
    case 'waits':
    case 'load':
      return announceIfComplete(changeMember(state, event))
    default:
      return unreachable(event)
  }
}

type Tick = Extract<SupervisorEvent, { kind: 'tick' }>
type MemberEvent = Exclude<SupervisorEvent, { kind: 'tick' | 'terminate' }>

function changeMember(state: SupervisorState, event: MemberEvent): Step {
  const member = state.members.find(({ name }) => name === event.name)
  // A member that was given up may still have had something to say.
  if (member === undefined) return [state, []]
  const [changed, effects] = stepMember(state, member, event)
  const members = state.members.flatMap((other) => {
    if (other !== member) return [other]
    return changed === undefined ? [] : [changed]
  })
  return [{ ...state, members }, effects]
}

function stepMember(state: SupervisorState, member: Supervised, event: MemberEvent) {
  const { nowMs } = event
  switch (event.kind) {
    case 'pong':
      return [{ ...member, heardAtMs: nowMs }, []] as const
    case 'removed':
      return removedMember(member, nowMs)
    case 'waits':
      return waitingMember(member, event)
    case 'load':
      return [{ ...member, heardAtMs: nowMs, load: event.load }, []] as const
    case 'ready':
      if (member.phase !== 'starting') return [member, []] as const
      return [
        { ...member, phase: 'up', sinceMs: nowMs, heardAtMs: nowMs },
        [{ kind: 'say', saying: readySaying(member, nowMs) }],
      ] as const
    case 'exited':
      return exitedMember(member, event, {
        restart: state.config.restart,
        stopping: state.phase === 'stopping',
      })
    default:
      return unreachable(event)
  }
}

function waitingMember(member: Supervised, event: Extract<MemberEvent, { kind: 'waits' }>) {
  const { groups, nowMs } = event
  const heard = { ...member, heardAtMs: nowMs }
  if (member.phase !== 'starting') return [heard, []] as const
  const sinceMs = nowMs - member.spawnedAtMs
  const saying = { kind: 'waits', name: member.name, groups, sinceMs } as const
  return [heard, [{ kind: 'say', saying }]] as const
}

function readySaying(member: Supervised, nowMs: number) {
  return { kind: 'memberReady', name: member.name, tookMs: nowMs - member.spawnedAtMs } as const
}

function onTick(state: SupervisorState, tick: Tick): Step {
  const doubtsItself = tick.lagMs >= LAG_DOUBT_MS
  const effects: SupervisorEffect[] = []
  const members = state.members.map((member) => {
    const heard = doubtsItself ? { ...member, heardAtMs: tick.nowMs } : member
    const works = tick.working.has(member.name)
    const seen = works ? { ...heard, workedAtMs: tick.nowMs } : heard
    const [changed, wanted] = tickMember(seen, state.config, tick.nowMs)
    effects.push(...wanted)
    return changed
  })
  const ticked: Step = [{ ...state, members }, effects]
  if (state.phase === 'stopping') return ticked
  return growAndRetire(spawnDue(ticked, tick.nowMs), tick.nowMs)
}

/** Starts every member that waits and whose time has come. */
function spawnDue([state, effects]: Step, nowMs: number): Step {
  const all = [...effects]
  let members = state.members
  for (const member of state.members) {
    if (member.phase !== 'waiting' || nowMs < member.dueMs) continue
    // Nobody stands on the ring, and nobody else was told to begin it: this one does.
    const begins = !members.some(
      (other) => isAlive(other) && (other.begins || other.phase === 'up'),
    )
    const { name, index, kind } = member
    all.push({ kind: 'spawn', member: { name, index, kind }, begins })
    members = members.map((other) => (other === member ? started(member, begins, nowMs) : other))
  }
  return [{ ...state, members }, all]
}

function started(member: Supervised, begins: boolean, nowMs: number): Supervised {
  return {
    ...member,
    phase: 'starting',
    sinceMs: nowMs,
    spawnedAtMs: nowMs,
    heardAtMs: nowMs,
    workedAtMs: nowMs,
    load: undefined,
    begins,
  }
}

/** Once: when each member that is wanted is up and sees all the others. */
function announceIfComplete([state, effects]: Step): Step {
  if (state.phase !== 'starting') return [state, effects]
  const wanted = state.members.filter(({ kind, phase }) => kind === 'base' && phase !== 'lost')
  const complete = wanted.every(
    ({ phase, load }) => phase === 'up' && (load?.ringMembers ?? 0) >= wanted.length,
  )
  if (!complete || wanted.length === 0) return [state, effects]
  return [{ ...state, phase: 'ready' }, [...effects, { kind: 'announce' }]]
}

/** Nobody left to look after: all were stopped, or all died and are to be left so. */
function finishIfEmpty([state, effects]: Step): Step {
  const isEmpty = state.members.every(({ phase }) => phase === 'lost')
  if (!isEmpty) return announceIfComplete([state, effects])
  const failed = state.phase !== 'stopping'
  return [{ ...state, phase: 'finished' }, [...effects, { kind: 'finish', failed }]]
}

function onTerminate(state: SupervisorState, nowMs: number): Step {
  const alive = state.members.filter(isAlive)
  const again = state.phase === 'stopping'
  const steps = alive.map((member) => (again ? killMember : stopMember)(member, nowMs))
  const effects: SupervisorEffect[] = [
    {
      kind: 'say',
      saying: again
        ? { kind: 'killing', names: alive.map(({ name }) => name) }
        : { kind: 'stopping', members: alive.length },
    },
    ...steps.flatMap(([, wanted]) => wanted),
  ]
  const members = steps.map(([member]) => member)
  return finishIfEmpty([{ ...state, phase: 'stopping', members }, effects])
}
