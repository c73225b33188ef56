/**
 * Real FTP clients with a real ring of five members: each client's steps, at two of them; trees
 * mirrored up and down. Needs aria2c, curl, inetutils-ftp, lftp, ncftpput, python3, rclone, tnftp
 * and wget. `ANILLO_FTP_FULL=1` has sizes that take minutes.
 */
import { after, before, describe, test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { MIB } from '../../src/base/limits.ts'
import { RealRing } from '../process/ring.ts'
import { FTP_CLIENTS, NICK, type Server } from './ftp-clients.ts'
import { TrialTable } from './ftp-trial.ts'
import { RingBehind } from './ring-behind.ts'

const IS_FULL = process.env['ANILLO_FTP_FULL'] === '1'
const BYTES = (IS_FULL ? 100 : 4) * MIB
const MEMBERS = 5
const PASSWORD = 'anillo-anillo'

let ring: RealRing
let ports: readonly number[]
before(async () => {
  ring = await RealRing.start({ members: MEMBERS })
  const { members } = await ring.ring()
  ports = members.map(({ ftp, name }) => Number(new URL(present(ftp, name)).port))
  await RingBehind.register(ring, NICK, PASSWORD)
})

const table = new TrialTable()
after(async () => {
  table.print()
  await ring[Symbol.asyncDispose]()
})

const server = (index: number, isSecure: boolean): Server => ({
  port: present(ports[index], 'a member'),
  isSecure,
  password: PASSWORD,
})

const trials = FTP_CLIENTS.flatMap((client) => {
  // Both ways each client is tried in `ftp-clients.interop.ts`.
  const ways = client.isSecure ? [true, false] : [false]
  return (IS_FULL ? ways : ways.slice(0, 1)).map((isSecure) => ({ client, isSecure }))
})

describe('each client at two members', { concurrency: 3, timeout: 1_200_000 }, () => {
  for (const [at, { client, isSecure }] of trials.entries()) {
    test(`${client.name}, ${isSecure ? 'TLS' : 'plain'}`, async (t) => {
      await table.run(t, {
        client,
        behind: new RingBehind(ring),
        here: server(at % MEMBERS, isSecure),
        there: server((at + 2) % MEMBERS, isSecure),
        bytes: BYTES,
        folder: `ñandú 😀 ${at}`,
      })
    })
  }
})
