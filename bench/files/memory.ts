/** Memory of a member while eight files come and go, and with many sessions that do nothing. */
import { join } from 'node:path'

import { present } from '../../src/base/assert.ts'
import { KIB, MIB } from '../../src/base/limits.ts'
import { memoryOf } from '../store/usage.ts'
import { getWith, putWith } from './clients.ts'
import { memoryMib, type FtpServer } from './ftp-server.ts'
import { FtpSession } from './ftp-session.ts'
import { accounts } from './logins.ts'
import type { Part } from './part.ts'
import { OURS, type Question } from './report.ts'
import { writeNoise } from './sources.ts'

const MANY = 8
const SESSIONS_A_USER = 20
const TRANSFERS_GOAL_MIB = 250
const SESSION_GOAL_KIB = 40
const LOOK_MS = 50

export async function measureMemory(part: Part): Promise<void> {
  const { options, peers } = part
  const { eighthBytes, sessions } = options.sizes
  const ring = await part.ring(1)
  const ours = present(ring.members[0], 'a member')
  const transfers: Question = {
    what: `memory, ${MANY} transfers of ${eighthBytes / MIB} MiB`,
    unit: 'MiB',
    goal: { kind: 'atMost', value: TRANSFERS_GOAL_MIB },
  }
  const idle: Question = {
    what: `memory a session, ${sessions} idle ones`,
    unit: 'KiB',
    goal: { kind: 'atMost', value: SESSION_GOAL_KIB },
    digits: 1,
  }
  const people = await accounts(ring, Math.ceil(sessions / SESSIONS_A_USER))
  for (const peer of peers) {
    await part.sample(idle, peer.name, () => ofSessions(peer, sessions, [peer]))
  }
  await part.sample(idle, OURS, async () => {
    // What the first ones compile and set up is not theirs.
    await ofSessions(ours, sessions, people)
    return ofSessions(ours, sessions, people)
  })
  for (const server of [ours, ...peers]) {
    await part.sample(transfers, server.name, () => ofTransfers(part, server))
  }
}

/** The most that it was. */
async function ofTransfers(
  { directory, options, programs }: Part,
  server: FtpServer,
): Promise<number> {
  let mostMib = 0
  const all = Array.from({ length: MANY }, (_, number) => `memory-${number}`)
  for (const name of all) await writeNoise(join(directory, name), options.sizes.eighthBytes)
  const looking = setInterval(() => {
    void memoryNow(server).then((mib) => (mostMib = Math.max(mostMib, mib)))
  }, LOOK_MS)
  try {
    const put = (name: string): Promise<unknown> =>
      putWith(programs, server, { local: join(directory, name), remote: name })
    const get = (name: string): Promise<unknown> =>
      getWith(programs, server, { local: '/dev/null', remote: name })
    await Promise.all(all.map(put))
    await Promise.all(all.map(get))
  } finally {
    clearInterval(looking)
  }
  return mostMib
}

/** Of one process all that is resident, of many what is theirs alone and their part of the rest. */
async function memoryNow(server: FtpServer): Promise<number> {
  const [pid, ...others] = await server.pids()
  if (pid === undefined || others.length > 0) return memoryMib(server)
  return (await memoryOf(pid)).rssMib
}

/** KiB a session. */
async function ofSessions(
  server: FtpServer,
  count: number,
  people: readonly { readonly user: string; readonly password: string }[],
): Promise<number> {
  const before = await memoryNow(server)
  const clients: FtpSession[] = []
  try {
    for (let number = 0; number < count; number++) {
      const person = present(people[number % people.length], 'a person')
      clients.push(await FtpSession.begin({ ...server, ...person }))
    }
    return (((await memoryNow(server)) - before) * (MIB / KIB)) / count
  } finally {
    for (const client of clients) client.close()
    await Promise.all(clients.map((client) => client.closed()))
  }
}
