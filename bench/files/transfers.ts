/** Large files by curl: one after the other, eight at once, and through a ring of five. */
import { join } from 'node:path'

import { present } from '../../src/base/assert.ts'
import { MIB } from '../../src/base/limits.ts'
import { getWith, putWith } from './clients.ts'
import type { FtpServer } from './ftp-server.ts'
import { secondsOf, type Part } from './part.ts'
import type { Question } from './report.ts'
import { writeNoise } from './sources.ts'

const MANY = 8
const FIVE = 5
const NOWHERE = '/dev/null'
const PEER = 'vsftpd'

const perSecond = (what: string, atLeast: number | undefined): Question => ({
  what,
  unit: 'MiB/s',
  goal: atLeast === undefined ? undefined : { kind: 'ratio', of: PEER, atLeast },
})

/** One member alone beside the others, plain and encrypted. */
export async function measureOne(part: Part): Promise<void> {
  const { directory, options, peers, programs } = part
  const { members } = await part.ring(1)
  const ours = present(members[0], 'a member')
  const bytes = options.sizes.largeBytes
  const mib = bytes / MIB
  const local = join(directory, 'one')
  await warmUp(part, ours)
  for (const isSecure of [false, true]) {
    const tls = isSecure ? ', TLS' : ''
    const put = perSecond(`STOR ${mib} MiB${tls}`, isSecure ? 1.2 : 0.4)
    const get = perSecond(`RETR ${mib} MiB${tls}`, isSecure ? 1 : 0.6)
    for (let run = 0; run < options.runs; run++) {
      await writeNoise(local, bytes)
      for (const server of inTurn([ours, ...peers], run)) {
        if (isSecure && !server.hasTls) continue
        const move = { local, remote: 'large', isSecure }
        await part.sample(put, server.name, async () => {
          return mib / (await secondsOf(() => putWith(programs, server, move)))
        })
        await part.sample(get, server.name, async () => {
          const away = { ...move, local: NOWHERE }
          return mib / (await secondsOf(() => getWith(programs, server, away)))
        })
      }
    }
  }
}

/** Eight clients at once. */
export async function measureEight(part: Part): Promise<void> {
  const { directory, options, peers, programs } = part
  const { members } = await part.ring(1)
  const ours = present(members[0], 'a member')
  const bytes = options.sizes.eighthBytes
  const mib = bytes / MIB
  const put = perSecond(`${MANY} parallel STOR of ${mib} MiB`, undefined)
  const get = perSecond(`${MANY} parallel RETR of ${mib} MiB`, 0.8)
  const all = Array.from({ length: MANY }, (_, number) => `eight-${number}`)
  await warmUp(part, ours)
  for (let run = 0; run < options.runs; run++) {
    for (const name of all) await writeNoise(join(directory, name), bytes)
    for (const server of inTurn([ours, ...peers], run)) {
      const each = (move: (name: string) => Promise<unknown>) => () => Promise.all(all.map(move))
      await part.sample(put, server.name, async () => {
        const move = (name: string): Promise<unknown> =>
          putWith(programs, server, { local: join(directory, name), remote: name })
        return (MANY * mib) / (await secondsOf(each(move)))
      })
      await part.sample(get, server.name, async () => {
        const move = (name: string): Promise<unknown> =>
          getWith(programs, server, { local: NOWHERE, remote: name })
        return (MANY * mib) / (await secondsOf(each(move)))
      })
    }
  }
}

/** Three copies: each of five members has about three fifths of all chunks. */
export async function measureFive(part: Part): Promise<void> {
  const { directory, options, peers, programs } = part
  const { members } = await part.ring(FIVE)
  const [near, far] = [present(members[0], 'a member'), present(members[FIVE - 1], 'a member')]
  const peer = peers.find(({ name }) => name === PEER)
  const bytes = options.sizes.largeBytes
  const mib = bytes / MIB
  const of = `${FIVE} members, 3 copies: `
  const put = perSecond(`${of}STOR ${mib} MiB`, 0.08)
  const gets = [
    { at: near, question: perSecond(`${of}RETR at the same member`, 0.35) },
    { at: far, question: perSecond(`${of}RETR at another`, 0.15) },
  ]
  const local = join(directory, 'five')
  await warmUp(part, near)
  for (let run = 0; run < options.runs; run++) {
    await writeNoise(local, bytes)
    const stored = (server: FtpServer) => async (): Promise<number> =>
      mib / (await secondsOf(() => putWith(programs, server, { local, remote: 'large' })))
    const fetched = (server: FtpServer) => async (): Promise<number> =>
      mib / (await secondsOf(() => getWith(programs, server, { local: NOWHERE, remote: 'large' })))
    await part.sample(put, near.name, stored(near))
    if (peer !== undefined) await part.sample(put, peer.name, stored(peer))
    for (const { at, question } of gets) {
      await part.sample(question, at.name, fetched(at))
      if (peer !== undefined) await part.sample(question, peer.name, fetched(peer))
    }
  }
}

const WARM_BYTES = 64 * MIB

/** What a program compiles the first time is not measured. */
async function warmUp({ directory, programs }: Part, server: FtpServer): Promise<void> {
  const local = join(directory, 'warm')
  await writeNoise(local, WARM_BYTES)
  for (const isSecure of [false, true]) {
    await putWith(programs, server, { local, remote: 'warm', isSecure })
    await getWith(programs, server, { local: NOWHERE, remote: 'warm', isSecure })
  }
}

/** In another order in each run. */
function inTurn<T>(items: readonly T[], run: number): readonly T[] {
  const first = run % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}
