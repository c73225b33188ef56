/** A ring of ours in that network, a member at each host, whose doors are open to the client. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { MINUTE_MS } from '../../src/base/limits.ts'
import type { Programs } from '../files/programs.ts'
import { eventually } from '../store/cluster.ts'
import type { Host } from './network.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/anillo', import.meta.url))
export const HTTP_PORT = 9_100
export const FTP_PORT = 2_121
const PASSWORD = 'a password of the bench'
const USER = 'admin'
const ADMIT_MINUTES = 10
const READY = /anillo ready http/

export interface UplinkRing {
  /** `user:password`. */
  readonly login: string
  /** Of a key that may read and write files. */
  readonly bearer: string
}

/** All are complete, and have their share of all partitions. */
export async function startUplinkRing(
  programs: Programs,
  hosts: readonly Host[],
  directory: string,
): Promise<UplinkRing> {
  const [first, ...others] = hosts
  if (first === undefined) throw new Error('a ring has a member')
  await startMember(programs, first, {
    directory,
    words: ['init', '--admit-local', String(ADMIT_MINUTES)],
  })
  for (const host of others) {
    await startMember(programs, host, { directory, words: ['join', '--discover'] })
  }
  const data = dataOf(directory, first)
  const command = async (...words: readonly string[]): Promise<string> => {
    const all = [...first.words, process.execPath, PROGRAM, ...words, '--data', data]
    return (await programs.run(all, { env: { ANILLO_ADMIN_PASSWORD: PASSWORD } })).toString()
  }
  await eventually('a ring of all', MINUTE_MS, async () => {
    const told = JSON.parse(await command('status', '--json')) as Told
    const { members, partitions } = told
    return (
      members.filter(({ state }) => state === 'up').length === hosts.length &&
      partitions.every(({ moves, voters }) => voters.length === hosts.length && moves.length === 0)
    )
  })
  return { login: `${USER}:${PASSWORD}`, bearer: await keyOf(programs, first) }
}

interface Told {
  readonly members: readonly { readonly state: string }[]
  readonly partitions: readonly {
    readonly voters: readonly string[]
    readonly moves: readonly unknown[]
  }[]
}

async function startMember(
  programs: Programs,
  host: Host,
  { directory, words }: { readonly directory: string; readonly words: readonly string[] },
): Promise<void> {
  const name = `m${host.address.split('.').at(-1)}`
  const own = ['--data', dataOf(directory, host), '--name', name, '--host-label', name]
  const doors = ['--http', String(HTTP_PORT), '--http-host', host.address]
  const all = [...host.words, process.execPath, PROGRAM, ...words, ...own, ...doors]
  const member = programs.start(all, { ANILLO_ADMIN_PASSWORD: PASSWORD, NO_COLOR: '1' })
  await eventually(`the member at ${host.address}`, 2 * MINUTE_MS, async () => {
    if (member.isOver()) throw new Error(member.said())
    return READY.test(member.said())
  })
}

function dataOf(directory: string, { address }: Host): string {
  return join(directory, address)
}

/** Made with the password, by the API. */
async function keyOf(programs: Programs, { address }: Host): Promise<string> {
  const url = `https://${address}:${HTTP_PORT}/v1`
  const post = async (path: string, body: object, ...words: readonly string[]): Promise<string> => {
    const json = ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)]
    const all = ['curl', '-sS', '--fail-with-body', '--insecure', ...json, ...words, url + path]
    return (await programs.run(all)).toString()
  }
  const login = { nick: USER, password: PASSWORD, client: 'bench' }
  const { accessToken } = JSON.parse(await post('/auth/login', login)) as {
    readonly accessToken: string
  }
  const wanted = { name: 'bench', permissions: ['files.read', 'files.write', 'files.manage'] }
  const as = ['-H', `Authorization: Bearer ${accessToken}`]
  const made = JSON.parse(await post(`/users/${USER}/keys`, wanted, ...as)) as {
    readonly secret: string
  }
  return made.secret
}
