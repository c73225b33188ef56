/** Log-ins a second: connect, USER, PASS, QUIT, eight at once; and what they do to a member. */
import { join } from 'node:path'

import { present } from '../../src/base/assert.ts'
import type { BenchRing } from './bench-ring.ts'
import type { FtpServer } from './ftp-server.ts'
import { FtpSession } from './ftp-session.ts'
import { secondsOf, type Part } from './part.ts'
import { OURS, type Question } from './report.ts'
import { stallsOf, stallWatchEnvironment } from './stalls.ts'

const AT_ONCE = 8
const KNOWN_GOAL = 2_500
const FULL_GOAL = 25
const STALL_GOAL_MS = 20
/** Each is stretched twice: when it is made, and when it is shown. */
const STRANGERS = 100

const known: Question = {
  what: 'log-ins, known password',
  unit: '/s',
  goal: { kind: 'atLeast', value: KNOWN_GOAL },
}
const full: Question = {
  what: 'log-ins, each password for the first time',
  unit: '/s',
  goal: { kind: 'atLeast', value: FULL_GOAL },
}
const stall = (when: string): Question => ({
  what: `event loop stall p99 during log-ins, ${when}`,
  unit: 'ms',
  goal: { kind: 'atMost', value: STALL_GOAL_MS },
  digits: 1,
})

interface Person {
  readonly user: string
  readonly password: string
}

export async function measureLogins(part: Part): Promise<void> {
  const { directory, options, peers } = part
  const { logins } = options.sizes
  const watched = join(directory, 'stalls')
  const ring = await part.ring(1, { env: await stallWatchEnvironment(watched) })
  const ours = present(ring.members[0], 'a member')
  const pid = await ours.pid()
  const strangers = await accounts(ring, Math.min(STRANGERS, logins))
  await stallsOf(watched, pid)
  await part.sample(full, OURS, () => rateOf(ours, strangers))
  await part.sample(stall('first time'), OURS, async () => (await stallsOf(watched, pid)).p99Ms)
  const all = (server: FtpServer): readonly Person[] =>
    Array.from({ length: logins }, () => ({ user: server.user, password: server.password }))
  await rateOf(ours, all(ours))
  await stallsOf(watched, pid)
  await part.sample(known, OURS, () => rateOf(ours, all(ours)))
  await part.sample(stall('known'), OURS, async () => (await stallsOf(watched, pid)).p99Ms)
  for (const peer of peers) await part.sample(known, peer.name, () => rateOf(peer, all(peer)))
}

async function rateOf(server: FtpServer, people: readonly Person[]): Promise<number> {
  let next = 0
  const seconds = await secondsOf(async () => {
    const one = async (): Promise<void> => {
      for (let at = next++; at < people.length; at = next++) {
        await logInOnce(server, present(people[at], 'a person'))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, one))
  })
  return people.length / seconds
}

async function logInOnce(server: FtpServer, person: Person): Promise<void> {
  const session = await FtpSession.open(server)
  try {
    await session.logIn(person)
    await session.must('QUIT')
  } finally {
    session.close()
  }
}

/** Of people who have never logged in. */
export async function accounts({ cluster }: BenchRing, count: number): Promise<readonly Person[]> {
  const people = Array.from({ length: count }, (_, number) => ({
    user: `bench${number}`,
    password: `correct horse ${number}`,
  }))
  for (const { password, user: nick } of people) {
    const answer = await cluster.fetch(`http://${cluster.doors[0]}/v1/users`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ nick, password }),
    })
    if (!answer.ok) throw new Error(await answer.text())
  }
  return people
}
