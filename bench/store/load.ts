/** Runs a job in the generator, and looks at what the members use meanwhile. */
import { fork } from 'node:child_process'
import { once } from 'node:events'

import type { Cluster } from './cluster.ts'
import type { Job, JobDone } from './job.ts'
import { usageOf } from './usage.ts'

export interface Measured extends JobDone {
  /** CPU of all members together. */
  readonly serverCpuSeconds: number
  readonly rssMib: number
}

export type JobOptions = Omit<
  Job,
  'protocol' | 'doors' | 'authorizations' | 'count' | 'failsOver'
> &
  Partial<Pick<Job, 'authorizations' | 'count' | 'doors' | 'failsOver'>>

export async function load(cluster: Cluster, options: JobOptions): Promise<Measured> {
  const { doors, protocol } = cluster
  const generator = fork(new URL('generator-main.ts', import.meta.url), { stdio: 'inherit' })
  const authorizations = options.authorizations ?? (await cluster.sessions(1))
  const before = await usageOf(await cluster.pids())
  const common = { protocol, doors, authorizations, count: 0, failsOver: false }
  generator.send({ ...common, ...options } satisfies Job)
  const [done] = (await once(generator, 'message')) as [JobDone]
  const after = await usageOf(await cluster.pids())
  const serverCpuSeconds = after.cpuSeconds - before.cpuSeconds
  return { ...done, serverCpuSeconds, rssMib: after.rssMib }
}
