/**
 * Five members, each behind an uplink of 50 Mbit/s, and clients without a limit, in network
 * namespaces: what one member gives, what several give a client that asks several, what an upload
 * with three copies is left, and what five clients get of five members.
 *
 * `--mib 64` of a file, `--mbit 50` of an uplink, `--members 5`
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { present } from '../src/base/assert.ts'
import { MIB } from '../src/base/limits.ts'
import type { Bench } from './bench.ts'
import { secondsOf } from './files/part.ts'
import { Programs } from './files/programs.ts'
import { OURS, Report, type Question } from './files/report.ts'
import { writeNoise } from './files/sources.ts'
import { inside, openNetwork, type Host } from './uplinks/network.ts'
import { readOptions, type Options } from './uplinks/options.ts'
import { FTP_PORT, HTTP_PORT, startUplinkRing, type UplinkRing } from './uplinks/ring.ts'

export const benchUplinks: Bench = async (args, print) => {
  const options = readOptions(args)
  if (process.getuid?.() !== 0) throw new Error('network namespaces take root here')
  const ran = await inside()
  if ('exitCode' in ran) {
    process.exitCode = ran.exitCode
    return
  }
  const programs = new Programs()
  const directory = await mkdtemp(join(tmpdir(), 'anillo-bench-uplinks-'))
  const report = new Report()
  try {
    const hosts = openNetwork(options.members, options.mbit)
    const ring = await startUplinkRing(programs, hosts, directory)
    const local = join(directory, 'file')
    for (let run = 0; run < options.runs; run++) {
      await writeNoise(local, options.mib * MIB)
      await measureRun({ programs, hosts, ring, directory, local, report, options })
    }
  } finally {
    await programs.stop()
    await rm(directory, { recursive: true, force: true })
    print(`${options.members} members, uplinks of ${options.mbit} Mbit/s, ${options.mib} MiB`)
    print('')
    for (const line of report.lines([])) print(line)
  }
}

interface Run {
  readonly programs: Programs
  readonly hosts: readonly Host[]
  readonly ring: UplinkRing
  readonly directory: string
  readonly local: string
  readonly report: Report
  readonly options: Options
}

const uplinks = (what: string, value: number | undefined): Question => ({
  what,
  unit: 'uplinks',
  goal: value === undefined ? undefined : { kind: 'atLeast', value },
  digits: 2,
})

const UPLOAD = uplinks('upload with 3 copies, at one member', 0.85)
const ONE = uplinks('curl from one member', undefined)
const SEVERAL = uplinks('aria2c through .meta4', 4)
const FIVE = uplinks('a client at each member', 4)
const BITS = 8

async function measureRun(run: Run): Promise<void> {
  const { directory, hosts, local, options, programs, report, ring } = run
  const first = present(hosts[0], 'a host')
  const base = ({ address }: Host): string => `https://${address}:${HTTP_PORT}/v1/files/shared/file`
  const key = ['-H', `Authorization: Bearer ${ring.bearer}`]
  const rate = (bytes: number, seconds: number): number =>
    (bytes * BITS) / seconds / (options.mbit * 1e6)
  const measured = async (
    question: Question,
    bytes: number,
    work: () => Promise<unknown>,
  ): Promise<void> => {
    try {
      report.sample(question, OURS, rate(bytes, await secondsOf(work)))
    } catch (thrown) {
      report.failed(question, OURS, thrown)
    }
  }
  const bytes = options.mib * MIB
  const url = `ftp://${first.address}:${FTP_PORT}//shared/file`
  const login = ['--ssl-reqd', '--insecure', '-u', ring.login]
  await measured(UPLOAD, bytes, () => programs.run(['curl', '-sS', ...login, '-T', local, url]))
  const get = (host: Host): Promise<unknown> =>
    programs.run(['curl', '-sS', '--fail', '--insecure', ...key, '-o', '/dev/null', base(host)])
  await measured(ONE, bytes, () => get(first))
  await measured(FIVE, bytes * hosts.length, () => Promise.all(hosts.map(get)))
  const back = join(directory, 'back')
  await measured(SEVERAL, bytes, async () => {
    await programs.run([
      'aria2c',
      '--quiet',
      '--check-certificate=false',
      `--header=Authorization: Bearer ${ring.bearer}`,
      '--metalink-preferred-protocol=https',
      '--follow-metalink=mem',
      '--min-split-size=1M',
      `--split=${hosts.length}`,
      '--max-connection-per-server=1',
      '--allow-overwrite=true',
      '--file-allocation=none',
      `--dir=${back}`,
      `${base(first)}.meta4`,
    ])
    const { size } = await stat(join(back, 'file'))
    if (size !== bytes) throw new Error(`${size} bytes came`)
  })
  await rm(back, { recursive: true, force: true })
}
