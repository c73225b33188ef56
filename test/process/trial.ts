/** A supervisor over small members, real processes each, and what a test waits for. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

import { Supervisor } from '../../src/node/supervisor/driver.ts'
import { spawnMember } from '../../src/node/supervisor/spawn.ts'
import type { Saying, SupervisorConfig } from '../../src/node/supervisor/state.ts'
import { platformClock } from '../../src/platform/clock.ts'

const SMALL_MEMBER = fileURLToPath(new URL('small-member.ts', import.meta.url))

export interface Trial {
  readonly supervisor: Supervisor
  readonly data: string
  readonly sayings: Saying[]
  /** Resolves with the next such saying, or one that was said since `from`. */
  said(kind: Saying['kind'], name?: string): Promise<Saying>
  announced: Promise<void>
  pid(name: string): number
  directory(name: string): string
}

export async function startTrial(
  t: TestContext,
  wanted: Partial<SupervisorConfig> = {},
): Promise<Trial> {
  const data = await mkdtemp(join(tmpdir(), 'anillo-supervisor-'))
  const trial = superviseIn(data, wanted)
  t.after(async () => {
    trial.supervisor.terminate()
    await trial.supervisor.finished
    await rm(data, { recursive: true, force: true })
  })
  return trial
}

/** As `startTrial`, in a directory of the caller's, who ends it. */
export function superviseIn(data: string, wanted: Partial<SupervisorConfig> = {}): Trial {
  const sayings: Saying[] = []
  const listeners = new Set<(saying: Saying) => void>()
  const announced = Promise.withResolvers<void>()
  const directory = (name: string): string => join(data, name)
  const config = { ...CONFIG, ...wanted }
  const door = {
    clock: platformClock(),
    spawn: (request: { name: string }, handlers: Parameters<typeof spawnMember>[1]) => {
      const path = directory(request.name)
      mkdirSync(path, { recursive: true })
      const args = [SMALL_MEMBER, path]
      const file = process.execPath
      const logPath = join(path, 'log')
      return spawnMember({ file, args, env: process.env, logPath }, handlers)
    },
    removeData: async (name: string) => rmSync(directory(name), { recursive: true }),
    say: (saying: Saying) => {
      sayings.push(saying)
      for (const listener of listeners) listener(saying)
    },
    announce: () => announced.resolve(),
  }
  const supervisor = new Supervisor(door, { config, left: [] })
  return {
    supervisor,
    data,
    sayings,
    directory,
    announced: announced.promise,
    pid: (name) => Number(readFileSync(join(directory(name), 'pid'), 'utf8')),
    said: (kind, name) =>
      new Promise((resolve) => {
        const listener = (saying: Saying): void => {
          if (saying.kind !== kind || (name !== undefined && nameOf(saying) !== name)) return
          listeners.delete(listener)
          resolve(saying)
        }
        listeners.add(listener)
      }),
  }
}

const CONFIG: SupervisorConfig = {
  members: 2,
  membersMax: 3,
  restart: true,
  hangAfterMs: 1_500,
  workerIdleMs: 1_000,
  busyDownloads: 16,
}

function nameOf(saying: Saying): string | undefined {
  return 'name' in saying ? saying.name : undefined
}

/** A process of this id lives, zombies included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
