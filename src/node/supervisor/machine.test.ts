import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { present, unreachable } from '../../base/assert.ts'
import { startSupervisor, stepSupervisor } from './machine.ts'
import { isAlive } from './member-steps.ts'
import type { LoadReport } from './messages.ts'
import type {
  MemberPhase,
  Step,
  Supervised,
  SupervisorConfig,
  SupervisorEffect,
  SupervisorEvent,
  SupervisorState,
} from './state.ts'
import {
  BUSY_FOR_MS,
  DRAIN_MS_MAX,
  GROW_PAUSE_MS,
  START_SILENCE_MS_MAX,
  STOP_MS_MAX,
  TICK_MS,
  WORKING_PATIENCE,
} from './times.ts'

const CONFIG: SupervisorConfig = {
  members: 3,
  membersMax: 5,
  restart: true,
  hangAfterMs: 3_000,
  workerIdleMs: 20_000,
  busyDownloads: 16,
}
const QUIET: LoadReport = { downloads: 0, busy: false, lagMs: 0, idleMs: 0, ringMembers: 3 }
const BUSY: LoadReport = { ...QUIET, downloads: 20, busy: true }

const NOBODY: ReadonlySet<string> = new Set()

/** A supervisor under test that remembers what it was told and wanted. */
class Trial {
  state: SupervisorState
  effects: SupervisorEffect[] = []
  nowMs = 0
  /** Whose processes use the processor. */
  working: ReadonlySet<string> = NOBODY

  constructor(config: Partial<SupervisorConfig> = {}) {
    const start = { config: { ...CONFIG, ...config }, left: [], nowMs: 0 }
    this.state = this.#keep(startSupervisor(start))
  }

  #keep([state, effects]: Step): SupervisorState {
    this.effects.push(...effects)
    return state
  }

  /** What this one event brought about. */
  step(event: SupervisorEvent): readonly SupervisorEffect[] {
    const before = this.effects.length
    this.state = this.#keep(stepSupervisor(this.state, event))
    return this.effects.slice(before)
  }

  ready(...names: readonly string[]): this {
    for (const name of names) {
      this.step({ kind: 'ready', nowMs: this.nowMs, name })
      this.load(QUIET, name)
    }
    return this
  }

  load(load: LoadReport, ...names: readonly string[]): void {
    for (const name of names) this.step({ kind: 'load', nowMs: this.nowMs, name, load })
  }

  exit(name: string, clean = false): readonly SupervisorEffect[] {
    return this.step({ kind: 'exited', nowMs: this.nowMs, name, clean, how: 'SIGKILL' })
  }

  /** Time passes in ticks; the members named answer each ping. */
  pass(durationMs: number, answering: readonly string[]): readonly SupervisorEffect[] {
    const before = this.effects.length
    for (const end = this.nowMs + durationMs; this.nowMs < end;) {
      this.nowMs += TICK_MS
      this.step({ kind: 'tick', nowMs: this.nowMs, lagMs: 0, working: this.working })
      for (const name of answering) this.step({ kind: 'pong', nowMs: this.nowMs, name })
    }
    return this.effects.slice(before)
  }

  member(name: string): Supervised {
    return present(
      this.state.members.find((member) => member.name === name),
      name,
    )
  }
}

const ALL = ['n1', 'n2', 'n3']
const kinds = (effects: readonly SupervisorEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'say' ? [] : [effect.kind]))
const sayings = (effects: readonly SupervisorEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'say' ? [effect.saying.kind] : []))

test('startSupervisor() starts all at once, and exactly one begins the ring', () => {
  const trial = new Trial()
  const begins = trial.effects.map((effect) => effect.kind === 'spawn' && effect.begins)
  assert.deepEqual(begins, [true, false, false])
})

test('the ring is announced once, when all members are up and see each other', () => {
  const trial = new Trial().ready('n1', 'n2')
  assert.ok(!kinds(trial.effects).includes('announce'))
  trial.step({ kind: 'ready', nowMs: 1, name: 'n3' })
  trial.load({ ...QUIET, ringMembers: 2 }, 'n3')
  assert.ok(!kinds(trial.effects).includes('announce'))
  trial.load(QUIET, 'n3')
  trial.load(QUIET, 'n3')
  assert.equal(kinds(trial.effects).filter((kind) => kind === 'announce').length, 1)
})

test('a dead member is started again at once on its data, without beginning a ring', () => {
  const trial = new Trial().ready(...ALL)
  const [said, spawn] = trial.exit('n1')
  assert.equal(said?.kind === 'say' && said.saying.kind, 'died')
  assert.deepEqual(spawn, {
    kind: 'spawn',
    member: { name: 'n1', index: 0, kind: 'base' },
    begins: false,
  })
})

test('when the last one that stood on the ring dies, exactly one begins it again', () => {
  const trial = new Trial().ready(...ALL)
  const spawned = ALL.flatMap((name) => trial.exit(name)).filter(({ kind }) => kind === 'spawn')
  assert.deepEqual(
    spawned.map((effect) => effect.kind === 'spawn' && effect.begins),
    [false, false, true],
  )
})

test('a member that keeps dying is started later and later; one that lived long starts anew', () => {
  const trial = new Trial().ready(...ALL)
  const others = ['n2', 'n3']
  trial.exit('n1')
  trial.exit('n1')
  assert.equal(trial.member('n1').dueMs - trial.nowMs, 1_000)
  trial.pass(1_000, others)
  assert.equal(trial.member('n1').phase, 'starting')
  trial.ready('n1')
  trial.pass(60_000, ALL)
  trial.exit('n1')
  assert.equal(trial.member('n1').phase, 'starting')
})

test('--no-restart leaves the dead dead, and the last death ends the supervisor as failed', () => {
  const trial = new Trial({ restart: false }).ready(...ALL)
  assert.deepEqual(sayings(trial.exit('n2')), ['lost'])
  assert.deepEqual(kinds(trial.pass(60_000, ['n1', 'n3'])).includes('spawn'), false)
  trial.exit('n1')
  assert.deepEqual(trial.exit('n3').at(-1), { kind: 'finish', failed: true })
})

test('a member that hangs is killed once and started again only after its exit', () => {
  const trial = new Trial().ready(...ALL)
  const effects = trial.pass(30_000, ['n1', 'n3'])
  assert.equal(effects.filter(({ kind }) => kind === 'kill').length, 1)
  assert.equal(effects.filter(({ kind }) => kind === 'spawn').length, 0)
  assert.ok(kinds(trial.exit('n2')).includes('spawn'))
})

test('a member that hangs is killed within hangAfterMs and one tick', () => {
  const trial = new Trial().ready(...ALL)
  trial.pass(CONFIG.hangAfterMs - TICK_MS, ['n1', 'n3'])
  assert.equal(trial.member('n2').phase, 'up')
  trial.pass(TICK_MS, ['n1', 'n3'])
  assert.equal(trial.member('n2').phase, 'killed')
})

test('a member that is silent but works gets longer, up or starting, but not for ever', () => {
  for (const phase of ['up', 'starting'] as const) {
    const afterMs = phase === 'up' ? CONFIG.hangAfterMs : START_SILENCE_MS_MAX
    const trial = phase === 'up' ? new Trial().ready(...ALL) : new Trial()
    trial.working = new Set(['n2', 'n3'])
    trial.pass(2 * afterMs, ['n1'])
    trial.working = new Set(['n2'])
    trial.pass(afterMs, ['n1'])
    assert.deepEqual([trial.member('n2').phase, trial.member('n3').phase], [phase, 'killed'])
    trial.pass((WORKING_PATIENCE - 3) * afterMs, ['n1'])
    assert.equal(trial.member('n2').phase, 'killed')
  }
})

test('only a member that missed its reports is pinged', () => {
  const trial = new Trial().ready(...ALL)
  const pinged = trial.pass(CONFIG.hangAfterMs - TICK_MS, ['n1', 'n3']).flatMap((effect) => {
    return effect.kind === 'send' && effect.message === 'ping' ? [effect.name] : []
  })
  assert.deepEqual([...new Set(pinged)], ['n2'])
})

test('nobody is killed for a silence in which the supervisor was held up itself', () => {
  const trial = new Trial().ready(...ALL)
  trial.nowMs = 60_000
  const effects = trial.step({ kind: 'tick', nowMs: trial.nowMs, lagMs: 59_500, working: NOBODY })
  assert.ok(!kinds(effects).includes('kill'))
  assert.deepEqual(
    trial.state.members.map(({ heardAtMs }) => heardAtMs),
    [60_000, 60_000, 60_000],
  )
})

test('all busy for a moment brings one more member, and the next only when that one is busy too', () => {
  const trial = new Trial().ready(...ALL)
  trial.load(BUSY, ...ALL)
  trial.pass(BUSY_FOR_MS + 3 * TICK_MS, ALL)
  assert.deepEqual(trial.member('n4').kind, 'worker')
  trial.pass(60_000, [...ALL, 'n4'])
  assert.equal(trial.state.members.length, 4)
  trial.ready('n4')
  trial.load(BUSY, 'n4')
  trial.pass(BUSY_FOR_MS + 3 * TICK_MS, [...ALL, 'n4'])
  assert.equal(trial.member('n5').phase, 'starting')
})

test('growth pauses between two newcomers and never passes membersMax', () => {
  const trial = new Trial().ready(...ALL)
  const names = [...ALL]
  const addedAtMs: number[] = []
  for (let round = 0; round < 60; round++) {
    trial.load(BUSY, ...names)
    for (const effect of trial.pass(TICK_MS, names)) {
      if (effect.kind !== 'spawn') continue
      addedAtMs.push(trial.nowMs)
      names.push(effect.member.name)
      trial.ready(effect.member.name)
    }
  }
  assert.equal(trial.state.members.length, CONFIG.membersMax)
  assert.ok(present(addedAtMs[1], 'second') - present(addedAtMs[0], 'first') >= GROW_PAUSE_MS)
})

test('uneven work that would make each busy counts, unless one has none', () => {
  const trial = new Trial().ready(...ALL)
  trial.load({ ...BUSY, downloads: 47 }, 'n1')
  trial.pass(60_000, ALL)
  assert.equal(trial.state.members.length, 3)
  trial.load({ ...QUIET, downloads: 1 }, 'n2', 'n3')
  trial.pass(BUSY_FOR_MS + 3 * TICK_MS, ALL)
  assert.equal(trial.state.members.length, 4)
})

test('one idle member is enough to add nobody', () => {
  const trial = new Trial().ready(...ALL)
  trial.load(BUSY, 'n1', 'n2')
  trial.pass(60_000, ALL)
  assert.equal(trial.state.members.length, 3)
})

/** A ring with one worker that is up. */
function withWorker(): Trial {
  const trial = new Trial().ready(...ALL)
  trial.load(BUSY, ...ALL)
  trial.pass(BUSY_FOR_MS + 3 * TICK_MS, ALL)
  trial.ready('n4')
  trial.load(QUIET, ...ALL)
  return trial
}

test('an idle worker drains, ends, and its data is removed; members asked for stay', () => {
  const trial = withWorker()
  const idle = { ...QUIET, idleMs: CONFIG.workerIdleMs }
  trial.load(idle, ...ALL, 'n4')
  trial.pass(TICK_MS, [...ALL, 'n4'])
  assert.equal(trial.member('n4').phase, 'draining')
  assert.ok(trial.state.members.every(({ kind, phase }) => kind === 'worker' || phase === 'up'))
  assert.deepEqual(kinds(trial.exit('n4', true)), ['removeData'])
  assert.equal(trial.state.members.length, 3)
})

test('a worker that dies while draining is started again: it still holds pages', () => {
  const trial = withWorker()
  trial.load({ ...QUIET, idleMs: CONFIG.workerIdleMs }, 'n4')
  trial.pass(TICK_MS, [...ALL, 'n4'])
  assert.deepEqual(kinds(trial.exit('n4')), ['spawn'])
  assert.equal(trial.member('n4').phase, 'starting')
})

test('a worker that cannot drain in time is stopped and keeps its data', () => {
  const trial = withWorker()
  trial.load({ ...QUIET, idleMs: CONFIG.workerIdleMs }, 'n4')
  const effects = trial.pass(DRAIN_MS_MAX + 2 * TICK_MS, [...ALL, 'n4'])
  const sent = effects.flatMap((e) => (e.kind === 'send' && e.name === 'n4' ? [e.message] : []))
  assert.equal(sent.at(-1), 'stop')
  assert.deepEqual(sayings(trial.exit('n4', true)), ['gaveUp'])
  assert.ok(!kinds(trial.effects).includes('removeData'))
})

test('workers left by an earlier supervisor are started again as workers', () => {
  const left = [{ name: 'n7', index: 6, kind: 'worker' }] as const
  const [state] = startSupervisor({ config: CONFIG, left, nowMs: 0 })
  assert.equal(state.members.at(-1)?.phase, 'starting')
})

test('terminate stops all, and the last exit finishes without failure', () => {
  const trial = new Trial().ready('n1', 'n2')
  trial.exit('n2')
  trial.exit('n2')
  assert.equal(trial.member('n2').phase, 'waiting')
  assert.deepEqual(kinds(trial.step({ kind: 'terminate', nowMs: 1 })), ['send', 'send'])
  trial.exit('n1', true)
  assert.deepEqual(trial.exit('n3', true).at(-1), { kind: 'finish', failed: false })
  assert.equal(trial.state.phase, 'finished')
})

test('a member that was removed from the ring is told, ends, and is not started again', () => {
  const trial = new Trial().ready(...ALL)
  const effects = trial.step({ kind: 'removed', nowMs: 1, name: 'n2' })
  assert.deepEqual([sayings(effects), kinds(effects)], [['removed'], ['send']])
  assert.deepEqual(kinds(trial.exit('n2')), [])
  assert.deepEqual(
    trial.state.members.map(({ name }) => name),
    ['n1', 'n3'],
  )
})

test('a second terminate kills at once; one that does not stop is killed in time', () => {
  const impatient = new Trial().ready(...ALL)
  impatient.step({ kind: 'terminate', nowMs: 1 })
  assert.deepEqual(kinds(impatient.step({ kind: 'terminate', nowMs: 2 })), ['kill', 'kill', 'kill'])
  const patient = new Trial().ready(...ALL)
  patient.step({ kind: 'terminate', nowMs: 0 })
  assert.ok(!kinds(patient.pass(STOP_MS_MAX - TICK_MS, [])).includes('kill'))
  assert.deepEqual(kinds(patient.pass(TICK_MS, [])), ['kill', 'kill', 'kill'])
})

type Cell = MemberPhase | 'gone'
type EventName =
  | Exclude<SupervisorEvent['kind'], 'exited'>
  | 'exitedClean'
  | 'exitedDead'
  | 'silence'

/**
 * `n1` in each phase, as a worker, and what each event makes of it. `silence`: a tick after very
 * long.
 */
const TABLE: Record<MemberPhase, Record<EventName, Cell>> = {
  // oxfmt-ignore
  starting: { ready: 'up', removed: 'stopping', pong: 'starting', waits: 'starting',
    load: 'starting',
    tick: 'starting', silence: 'killed', exitedClean: 'starting', exitedDead: 'starting',
    terminate: 'stopping' },
  // oxfmt-ignore
  up: { ready: 'up', removed: 'stopping', pong: 'up', waits: 'up',
    load: 'up', tick: 'up',
    silence: 'killed', exitedClean: 'starting', exitedDead: 'starting', terminate: 'stopping' },
  // oxfmt-ignore
  draining: { ready: 'draining', removed: 'stopping', pong: 'draining', waits: 'draining',
    load: 'draining', tick: 'draining',
    silence: 'stopping', exitedClean: 'gone', exitedDead: 'starting', terminate: 'stopping' },
  // oxfmt-ignore
  stopping: { ready: 'stopping', removed: 'stopping', pong: 'stopping', waits: 'stopping',
    load: 'stopping', tick: 'stopping',
    silence: 'killed', exitedClean: 'gone', exitedDead: 'gone', terminate: 'stopping' },
  // oxfmt-ignore
  killed: { ready: 'killed', removed: 'killed', pong: 'killed', waits: 'killed',
    load: 'killed', tick: 'killed',
    silence: 'killed', exitedClean: 'starting', exitedDead: 'starting', terminate: 'killed' },
  // oxfmt-ignore
  waiting: { ready: 'waiting', removed: 'waiting', pong: 'waiting', waits: 'waiting',
    load: 'waiting', tick: 'waiting',
    silence: 'starting', exitedClean: 'waiting', exitedDead: 'waiting', terminate: 'gone' },
  // oxfmt-ignore
  lost: { ready: 'lost', removed: 'lost', pong: 'lost', waits: 'lost',
    load: 'lost', tick: 'lost',
    silence: 'lost', exitedClean: 'lost', exitedDead: 'lost', terminate: 'gone' },
}

function eventNamed(name: EventName, nowMs: number): SupervisorEvent {
  const member = { nowMs, name: 'n4' }
  switch (name) {
    case 'tick':
      return { kind: 'tick', nowMs, lagMs: 0, working: NOBODY }
    case 'silence':
      return { kind: 'tick', nowMs: nowMs + START_SILENCE_MS_MAX, lagMs: 0, working: NOBODY }
    case 'terminate':
      return { kind: 'terminate', nowMs }
    case 'load':
      return { kind: 'load', ...member, load: QUIET }
    case 'exitedClean':
      return { kind: 'exited', ...member, clean: true, how: 'code 0' }
    case 'exitedDead':
      return { kind: 'exited', ...member, clean: false, how: 'SIGKILL' }
    case 'waits':
      return { kind: 'waits', ...member, groups: 3 }
    case 'ready':
    case 'pong':
    case 'removed':
      return { kind: name, ...member }
    default:
      return unreachable(name)
  }
}

test('stepSupervisor() keeps to the table of transitions', () => {
  for (const [phase, row] of Object.entries(TABLE) as [MemberPhase, (typeof TABLE)['up']][]) {
    for (const [name, expected] of Object.entries(row) as [EventName, Cell][]) {
      const { state, nowMs } = withWorker()
      const members = state.members.map((member) => {
        if (member.name !== 'n4') return member
        return { ...member, phase, sinceMs: nowMs, heardAtMs: nowMs, dueMs: nowMs + 1_000 }
      })
      const restart = phase !== 'lost'
      const given = { ...state, members, config: { ...state.config, restart } }
      const [after] = stepSupervisor(given, eventNamed(name, nowMs))
      const found = after.members.find((member) => member.name === 'n4')?.phase ?? 'gone'
      assert.equal(found, expected, `${phase} x ${name}`)
    }
  }
})

test('whatever happens: one process a name, one that begins, never above the bound', () => {
  const anyEvent = fc.record({
    kind: fc.constantFrom(
      'tick',
      'tick',
      'ready',
      'pong',
      'load',
      'exited',
      'removed',
      'terminate',
    ),
    index: fc.nat(4),
    passMs: fc.nat(4_000),
    flag: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 80 }), (events) => {
      const trial = new Trial()
      const running = new Set(ALL)
      for (const { kind, index, passMs, flag } of events) {
        trial.nowMs += passMs
        const { nowMs } = trial
        const name = `n${index + 1}`
        // Rare, so that most runs get far before they stop.
        if ((kind === 'terminate' || kind === 'removed') && passMs > 200) continue
        // Only what has a process says or ends.
        if (kind !== 'tick' && kind !== 'terminate' && !running.has(name)) continue
        if (kind === 'exited') running.delete(name)
        const effects = trial.step(randomEvent({ kind, nowMs, name, flag }))
        for (const effect of effects) follow(effect, running)
        const { members } = trial.state
        assert.ok(members.length <= CONFIG.membersMax)
        assert.ok(
          members.filter((m) => isAlive(m) && m.begins && m.phase === 'starting').length <= 1,
        )
        const alive = members.filter(isAlive).map((member) => member.name)
        assert.deepEqual(new Set(alive), running)
      }
    }),
    { numRuns: 300 },
  )
})

function randomEvent(random: { kind: string; nowMs: number; name: string; flag: boolean }) {
  const { nowMs, name, flag } = random
  const idleMs = flag ? 0 : 30_000
  switch (random.kind) {
    case 'tick':
      return { kind: 'tick', nowMs, lagMs: 0, working: NOBODY } as const
    case 'exited':
      return { kind: 'exited', nowMs, name, clean: flag, how: 'x' } as const
    case 'load':
      return { kind: 'load', nowMs, name, load: { ...QUIET, busy: flag, idleMs } } as const
    case 'terminate':
      return { kind: 'terminate', nowMs } as const
    case 'removed':
      return { kind: 'removed', nowMs, name } as const
    default:
      return { kind: random.kind === 'ready' ? 'ready' : 'pong', nowMs, name } as const
  }
}

/**
 * The world's side: a name is spawned only when nothing runs under it, and spoken to only while it
 * does.
 */
function follow(effect: SupervisorEffect, running: Set<string>): void {
  if (effect.kind === 'spawn') {
    assert.ok(!running.has(effect.member.name), `${effect.member.name} runs already`)
    running.add(effect.member.name)
  }
  if (effect.kind === 'kill' || effect.kind === 'send') assert.ok(running.has(effect.name))
  if (effect.kind === 'removeData') assert.ok(!running.has(effect.name))
}
