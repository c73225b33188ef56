/** Many small files by lftp, four at a time: at one member, and durable in a ring of five. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { present } from '../../src/base/assert.ts'
import { lftp, mirrorDown, mirrorUp } from './clients.ts'
import type { FtpServer } from './ftp-server.ts'
import { secondsOf, type Part } from './part.ts'
import type { Question } from './report.ts'
import { writeMany } from './sources.ts'

const FIVE = 5
const ONE_GOAL = 1_200
const RING_GOAL = 250

export async function measureSmall(part: Part): Promise<void> {
  const { directory, options, peers } = part
  const { smallBytes, smallFiles: count } = options.sizes
  const local = join(directory, 'small')
  await writeMany(local, { bytes: smallBytes, count })
  const files = `${count} files of 4 KiB`
  const rate = (what: string, goal?: number): Question => ({
    what: `${files}: ${what}`,
    unit: 'files/s',
    goal: goal === undefined ? undefined : { kind: 'atLeast', value: goal },
  })
  const [up, down] = [rate('up, one member', ONE_GOAL), rate('down, one member')]
  const durable = rate(`up, ${FIVE} members on disk`, RING_GOAL)
  const one = await part.ring(1)
  const servers = [present(one.members[0], 'a member'), ...peers]
  await throughTree(part, present(one.members[0], 'a member'), local)
  for (let run = 0; run < options.runs; run++) {
    for (const server of servers) {
      const rates = (): Promise<Rates> => throughTree(part, server, local)
      let came: Rates | undefined
      await part.sample(up, server.name, async () => (came = await rates()).up)
      if (came !== undefined) part.report.sample(down, server.name, came.down)
    }
  }
  await part.sample(durable, present(servers[0], 'ours').name, async () => {
    // Where files are kept in memory, nothing of it is durable.
    const onDisk = await mkdtemp(join(tmpdir(), 'anillo-bench-files-'))
    try {
      const ring = await part.ring(FIVE, { below: onDisk })
      const entry = present(ring.members[0], 'a member')
      await throughTree(part, entry, local)
      const { up: upRate } = await throughTree(part, entry, local)
      await ring.cluster.stop()
      return upRate
    } finally {
      await rm(onDisk, { recursive: true, force: true })
    }
  })
}

interface Rates {
  readonly up: number
  readonly down: number
}

/** Files a second on their way up and down. */
async function throughTree(
  { directory, options, programs }: Part,
  server: FtpServer,
  local: string,
): Promise<Rates> {
  const { smallFiles: count } = options.sizes
  const back = await mkdtemp(join(directory, 'back-'))
  try {
    const up = await secondsOf(() => mirrorUp(programs, server, { local, remote: 'small' }))
    const down = await secondsOf(() =>
      mirrorDown(programs, server, { local: back, remote: 'small' }),
    )
    await lftp(programs, server, 'rm -r small')
    return { up: count / up, down: count / down }
  } finally {
    await rm(back, { recursive: true })
  }
}
