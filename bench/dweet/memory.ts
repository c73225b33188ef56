/** What many dweets take of the memory of members: a ring of three before and after them. */
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloCluster } from '../store/anillo-cluster.ts'
import { memoryOf } from '../store/usage.ts'
import { people } from './people.ts'

const MEMBERS = 3
const PEOPLE = 100
const AT_ONCE = 64
/** What is written moves from the log into the database; what was used is collected. */
const SETTLING_MS = 10_000
const TEXT =
  'a dweet of the ordinary length, which is about ninety characters for most people, give or take.'

export interface DweetMemory {
  readonly dweets: number
  /** Of the largest member, with accounts and no dweets. */
  readonly emptyMib: number
  readonly fullMib: number
  readonly seconds: number
}

export async function memory(dweets: number, told: (done: number) => void): Promise<DweetMemory> {
  const env = { ANILLO_DWEET_RATE: '1000000' }
  const cluster = await AnilloCluster.start(MEMBERS, { env, maxMembers: MEMBERS })
  try {
    const nicks = Array.from({ length: PEOPLE }, (_, i) => `user${i}`)
    const writers = await people(cluster, nicks)
    await pause(SETTLING_MS)
    const emptyMib = await largest(cluster)
    const fromMs = performance.now()
    let next = 0
    const worker = async (): Promise<void> => {
      while (next < dweets) {
        const number = next++
        const writer = writers[number % writers.length]
        await writer?.at(number).publish({ text: `${number} ${TEXT}` })
        if (number > 0 && number % 10_000 === 0) told(number)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    const seconds = (performance.now() - fromMs) / 1_000
    await pause(SETTLING_MS)
    return { dweets, emptyMib, fullMib: await largest(cluster), seconds }
  } finally {
    await cluster.stop()
  }
}

async function largest(cluster: AnilloCluster): Promise<number> {
  const all = await Promise.all((await cluster.pids()).map(memoryOf))
  return Math.max(...all.map(({ rssMib }) => rssMib))
}
