/** A server that is measured, ours or another. */
import { readdir, readFile } from 'node:fs/promises'

import { memoryOf } from '../store/usage.ts'

export interface FtpServer {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly hasTls: boolean
  /** Of all its processes. */
  pids(): Promise<readonly number[]>
}

/** MiB of all processes, what they share divided among them. */
export async function memoryMib(server: FtpServer): Promise<number> {
  const all = await Promise.all(
    (await server.pids()).map((pid) => memoryOf(pid).catch(() => undefined)),
  )
  return all.reduce((sum, memory) => sum + (memory?.pssMib ?? 0), 0)
}

/** A process and all that come of it. */
export async function familyOf(root: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = new Map(
    await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)),
  )
  const family = [root]
  for (let at = 0; at < family.length; at++) {
    family.push(...pids.filter((pid) => parents.get(pid) === family[at]))
  }
  return family
}

async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}
