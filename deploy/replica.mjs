/**
 * Starts one of the alike containers of a service, `node deploy/replica.mjs [FLAGS]`: the first
 * founds the ring and lets the others in, which look for it. All have one command and one volume.
 * Which one this is, the name of its container says, such as `anillo-member-2`; the name server of
 * its network knows it, and it stays when the container is made anew, unlike the host's name.
 */
import { reverse } from 'node:dns/promises'
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'

import { endAtSignals, launch } from '../tools/setup/launch.mjs'

/** The volume of all. */
const MEMBERS = '/members'

/** From each start of the first on. */
const ADMIT_MINUTES = 10

const REPLICA = /^(.+[-_](\d+))$/

/** @returns {Promise<{ name: string, number: number } | undefined>} */
async function whichReplica() {
  const cards = Object.values(networkInterfaces()).flatMap((card) => card ?? [])
  for (const { address, internal } of cards) {
    if (internal) continue
    // Docker puts the network behind a dot.
    const names = (await reverse(address).catch(() => [])).map((name) => name.split('.')[0] ?? '')
    for (const name of names) {
      const number = Number(REPLICA.exec(name)?.[2])
      if (number > 0) return { name, number }
    }
  }
  return undefined
}

if (process.pid === 1) endAtSignals()
const replica = await whichReplica()
if (replica === undefined) {
  console.error(
    'anillo: the name server of this network knows no number for this container, such as ' +
      'anillo-member-2. Run “npx anillo init” or “npx anillo join --discover” in it instead.',
  )
  process.exit(1)
}
const { name, number } = replica
const own = `m${number}`
// Where commands in this container look for it, too.
const { ANILLO_DATA: data = '/data' } = process.env
mkdirSync(join(MEMBERS, own), { recursive: true, mode: 0o700 })
rmSync(data, { force: true })
symlinkSync(join(MEMBERS, own), data)

const role =
  number === 1 ? ['init', '--admit-local', String(ADMIT_MINUTES)] : ['join', '--discover']
const self = ['--name', own, '--host-label', own, '--address', name, '--http-name', name]
const args = [...role, ...self, ...process.argv.slice(2)]
await launch({ script: 'dist/anillo/main.js', args, builds: true })
