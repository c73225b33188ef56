/**
 * Files through FTP, beside the servers that people would take instead, in one run: each part
 * prints its rows of one table, with the goal of each. Neither we nor the others run faster for
 * files in memory than the client takes them; none of the others asks the disk to keep what it was
 * given.
 */
import { chmod, mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { MIB, MINUTE_MS } from '../src/base/limits.ts'
import type { Bench, PrintLine } from './bench.ts'
import { measureAgain } from './files/again.ts'
import { missingClients } from './files/clients.ts'
import type { FtpServer } from './files/ftp-server.ts'
import { measureKills } from './files/kills.ts'
import { measureList } from './files/listing.ts'
import { measureLogins } from './files/logins.ts'
import { measureMemory } from './files/memory.ts'
import { readOptions, type FilesBenchOptions, type Part as PartName } from './files/options.ts'
import { Part } from './files/part.ts'
import { startPeers } from './files/peers.ts'
import { Programs } from './files/programs.ts'
import { Report } from './files/report.ts'
import { measureSmall } from './files/small.ts'
import { measureEight, measureFive, measureOne } from './files/transfers.ts'

const MEASURES: Readonly<Record<PartName, (part: Part) => Promise<void>>> = {
  one: measureOne,
  eight: measureEight,
  five: measureFive,
  small: measureSmall,
  list: measureList,
  logins: measureLogins,
  again: measureAgain,
  memory: measureMemory,
  kill: measureKills,
}

/** One that takes longer is given up; its rows say so. */
const PART_MS = 20 * MINUTE_MS
const IN_MEMORY = '/dev/shm'
/** Three copies of all that one part writes. */
const ROOM_BYTES = 10 * 1_024 * MIB

export const benchFiles: Bench = async (args, print) => {
  const options = readOptions(args)
  const programs = new Programs()
  const missing = await missingClients(programs)
  if (missing.length > 0) throw new Error(`not installed: apt-get install ${missing.join(' ')}`)
  const below = options.directory ?? (await placeFor(options))
  const directory = await mkdtemp(join(below, 'anillo-bench-files-'))
  // Servers of others change to users that have to come to their files.
  await chmod(directory, 0o711)
  const report = new Report()
  const parts = new Set<Part>()
  const stop = async (): Promise<void> => {
    await Promise.allSettled(Array.from(parts, (part) => part[Symbol.asyncDispose]()))
    await programs.stop()
    await rm(directory, { recursive: true, force: true })
  }
  const interrupted = (): void => {
    void stop().finally(() => process.exit(INTERRUPTED))
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupted)
  let peers: readonly FtpServer[] = []
  try {
    peers = await startPeers(programs, { directory, peers: options.peers, print })
    for (const name of options.parts) {
      print(`measuring: ${name}`)
      const part = new Part({ directory, options, peers, report })
      parts.add(part)
      await measured(name, part)
      parts.delete(part)
      await emptied(directory, peers)
    }
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, interrupted)
    await stop()
    printAll(print, { below, peers, report })
  }
}

const INTERRUPTED = 130

function printAll(
  print: PrintLine,
  {
    below,
    peers,
    report,
  }: {
    readonly below: string
    readonly peers: readonly FtpServer[]
    readonly report: Report
  },
): void {
  print('')
  print(`Files in ${below}; medians; the ratio is ours to that of the goal, else to the first peer`)
  print('')
  for (const line of report.lines(peers.map(({ name }) => name))) print(line)
}

async function measured(name: PartName, part: Part): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('it took too long')), PART_MS)
  try {
    await Promise.race([MEASURES[name](part), late.promise])
  } catch (thrown) {
    part.report.note(
      `${name} broke off: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    )
  } finally {
    clearTimeout(timer)
    await part[Symbol.asyncDispose]()
  }
}

/** What was sent and kept in one part is in the way of none. */
async function emptied(directory: string, peers: readonly FtpServer[]): Promise<void> {
  const homes = new Set(peers.map(({ name }) => name))
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    if (!homes.has(name)) await rm(path, { recursive: true, force: true })
    else {
      for (const kept of await readdir(join(path, 'home'))) {
        await rm(join(path, 'home', kept), { recursive: true, force: true })
      }
    }
  }
}

/** In memory, so that servers and not the disk are measured; else where files are for a while. */
async function placeFor({ sizes }: FilesBenchOptions): Promise<string> {
  const needed = ROOM_BYTES * Math.max(MIN_SCALE, sizes.smallFiles / FULL_SMALL_FILES)
  try {
    const { bavail, bsize } = await statfs(IN_MEMORY)
    if (bavail * bsize >= needed) return IN_MEMORY
  } catch {
    // There is none.
  }
  return tmpdir()
}

const MIN_SCALE = 0.1
const FULL_SMALL_FILES = 1_000
