/** `anillo up` for the length of a test, as a person starts it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

import { portsAt, probePorts } from '../../src/node/ports.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface RealRing {
  /** The first member's door. */
  readonly home: string
  /** Kills it as a crash would. @param name `n1` is the first */
  kill(name: string): Promise<void>
  /** Kills it, and lets nobody start it again before `bringBack`. */
  keepDown(name: string): Promise<void>
  /** Lets the supervisor go on. */
  bringBack(): void
}

/** Doors for the members and one more, in a row. */
async function freeHttpPort(from: number, members: number): Promise<number> {
  for (let http = from; ; http += members + 1) {
    const doors = Array.from({ length: members + 1 }, (_, index) => portsAt(http + index))
    const isFree = await probePorts(doors).then(
      () => true,
      () => false,
    )
    if (isFree) return http
  }
}

/** Ready when it resolves, stopped and cleared away at the end of the test. */
export async function startRealRing(
  t: TestContext,
  { members, portFrom }: { readonly members: number; readonly portFrom: number },
): Promise<RealRing> {
  const data = await mkdtemp(join(tmpdir(), 'anillo-page-'))
  const http = await freeHttpPort(portFrom, members)
  const args = [MAIN, 'up', '--members', String(members), '--data', data, '--http', String(http)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(async () => {
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    await rm(data, { recursive: true, force: true })
  })
  const [ready] = (await once(createInterface(child.stdout), 'line')) as [string]
  const home = `http://localhost:${http}`
  assert.equal(ready, `anillo ready ${home}`)
  const kill = async (name: string): Promise<void> => {
    const pid = Number(await readFile(join(data, 'members', name, 'pid'), 'utf8'))
    process.kill(pid, 'SIGKILL')
  }
  return {
    home,
    kill,
    async keepDown(name) {
      child.kill('SIGSTOP')
      await kill(name)
    },
    bringBack: () => void child.kill('SIGCONT'),
  }
}
