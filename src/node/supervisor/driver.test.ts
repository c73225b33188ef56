import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { Supervisor, type ProcessHandlers, type SpawnRequest } from './driver.ts'
import type { FromSupervisor } from './messages.ts'
import { TICK_MS } from './times.ts'

interface FakeProcess {
  readonly request: SpawnRequest
  readonly handlers: ProcessHandlers
  readonly heard: FromSupervisor['kind'][]
  kills: number
  works: boolean
}

const CONFIG = {
  members: 2,
  membersMax: 3,
  restart: true,
  hangAfterMs: 3_000,
  workerIdleMs: 20_000,
  busyDownloads: 16,
}

/** A supervisor whose members are records in a list. */
function trial() {
  const clock = new ManualClock()
  const spawned: FakeProcess[] = []
  const said: string[] = []
  const removed: string[] = []
  let announcements = 0
  const supervisor = new Supervisor(
    {
      clock,
      spawn: (request, handlers) => {
        const fake: FakeProcess = { request, handlers, heard: [], kills: 0, works: false }
        spawned.push(fake)
        return {
          send: ({ kind }) => void fake.heard.push(kind),
          kill: () => void fake.kills++,
          works: () => fake.works,
        }
      },
      removeData: async (name) => void removed.push(name),
      say: ({ kind }) => void said.push(kind),
      announce: () => void announcements++,
    },
    { config: CONFIG, left: [] },
  )
  const at = (index: number): FakeProcess => present(spawned[index], `process ${index}`)
  return { clock, spawned, said, removed, supervisor, at, announcements: () => announcements }
}

const LOAD = { downloads: 0, busy: false, lagMs: 0, idleMs: 0, ringMembers: 2 }

function becomeReady({ handlers }: FakeProcess): void {
  handlers.message({ kind: 'ready' })
  handlers.message({ kind: 'load', load: LOAD })
}

test('Supervisor starts its members and announces the ring when all have reported', () => {
  const { at, announcements } = trial()
  assert.deepEqual(at(0).request, { name: 'n1', index: 0, kind: 'base', begins: true })
  becomeReady(at(0))
  assert.equal(announcements(), 0)
  becomeReady(at(1))
  assert.equal(announcements(), 1)
})

test('Supervisor drops what no member says, and words of a process that is gone', () => {
  const { at, announcements, spawned } = trial()
  for (const value of [undefined, 7, { kind: 'load' }, { kind: 'load', load: { busy: 1 } }]) {
    at(0).handlers.message(value)
  }
  becomeReady(at(1))
  at(0).handlers.exited({ clean: false, how: 'SIGKILL' })
  assert.equal(spawned.length, 3)
  becomeReady(at(0))
  assert.equal(announcements(), 0)
  becomeReady(at(2))
  assert.equal(announcements(), 1)
})

test('Supervisor pings by its ticks, and kills who stays silent', () => {
  const { at, clock, said } = trial()
  becomeReady(at(0))
  becomeReady(at(1))
  for (let passed = 0; passed < CONFIG.hangAfterMs; passed += TICK_MS) {
    clock.advance(TICK_MS)
    at(1).handlers.message({ kind: 'pong' })
  }
  assert.ok(at(0).heard.includes('ping'))
  assert.deepEqual([at(0).kills, at(1).kills], [1, 0])
  assert.ok(said.includes('hangs'))
})

test('Supervisor doubts itself after a tick that came late', () => {
  const { at, clock } = trial()
  becomeReady(at(0))
  clock.stall(60_000)
  clock.advance(TICK_MS)
  assert.equal(at(0).kills, 0)
})

test('Supervisor stops all when told, and has finished when the last one is gone', async () => {
  const { at, clock, supervisor } = trial()
  becomeReady(at(0))
  supervisor.terminate()
  for (const index of [0, 1]) {
    assert.equal(at(index).heard.at(-1), 'stop')
    at(index).handlers.exited({ clean: true, how: 'code 0' })
  }
  assert.deepEqual(await supervisor.finished, { failed: false })
  // No tick is left that would speak to nobody.
  clock.advance(60_000)
})
