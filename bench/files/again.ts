/** What is stored when the same bytes come again, and when something stands before them. */
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import { present } from '../../src/base/assert.ts'
import { MIB } from '../../src/base/limits.ts'
import { putWith } from './clients.ts'
import { secondsOf, type Part } from './part.ts'
import { OURS, type Question } from './report.ts'
import { writeNoise } from './sources.ts'

const PER_CENT = 100

export async function measureAgain(part: Part): Promise<void> {
  const { directory, options, programs } = part
  const bytes = options.sizes.largeBytes
  const mib = bytes / MIB
  const { cluster, members } = await part.ring(1)
  const ours = present(members[0], 'a member')
  const share = (what: string, value: number): Question => ({
    what: `${what}: new bytes`,
    unit: '%',
    goal: { kind: 'atMost', value },
    digits: 2,
  })
  const rate: Question = { what: `the same ${mib} MiB again`, unit: 'MiB/s' }
  const [local, longer] = [join(directory, 'again'), join(directory, 'longer')]
  await writeNoise(local, bytes)
  await writeNoise(longer, MIB)
  await pipeline(createReadStream(local), createWriteStream(longer, { flags: 'a' }))
  const stored = (): Promise<number> => chunkBytes(join(cluster.directory, 'members'))
  const put = (from: string, remote: string): Promise<unknown> =>
    putWith(programs, ours, { local: from, remote })
  await put(local, 'first')
  const newBytes = async (from: string, remote: string): Promise<number> => {
    const before = await stored()
    const seconds = await secondsOf(() => put(from, remote))
    if (from === local) part.report.sample(rate, OURS, mib / seconds)
    return (((await stored()) - before) / bytes) * PER_CENT
  }
  await part.sample(share(`the same ${mib} MiB again`, 1), OURS, () => newBytes(local, 'second'))
  await part.sample(share('1 MiB put in front', 3), OURS, () => newBytes(longer, 'third'))
}

/** Of all files of chunks below. */
async function chunkBytes(members: string): Promise<number> {
  let sum = 0
  for (const name of await readdir(members)) {
    const chunks = join(members, name, 'store', 'chunks')
    for (const entry of await readdir(chunks, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size
    }
  }
  return sum
}
