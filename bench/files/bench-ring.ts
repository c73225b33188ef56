/** A ring of ours as FTP servers, one a member. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { present } from '../../src/base/assert.ts'
import { ADMIN_NICK } from '../../src/node/admin-password.ts'
import type { Ring } from '../../src/wire/api.ts'
import { AnilloCluster, type Conditions } from '../store/anillo-cluster.ts'
import { HOST } from '../store/cluster.ts'
import type { FtpServer } from './ftp-server.ts'
import { OURS } from './report.ts'

export interface BenchRing {
  readonly cluster: AnilloCluster
  readonly members: readonly BenchMember[]
}

export interface BenchMember extends FtpServer {
  readonly member: string
  pid(): Promise<number>
}

/** As its administrator uses it. */
export async function startRing(members: number, conditions: Conditions): Promise<BenchRing> {
  const cluster = await AnilloCluster.start(members, { maxMembers: members, ...conditions })
  try {
    const password = (await readFile(join(cluster.directory, 'admin-password'), 'utf8')).trim()
    const answer = await cluster.fetch(`http://${cluster.doors[0]}/v1/ring`)
    const told = ((await answer.json()) as Ring).members.toSorted((a, b) =>
      a.name.localeCompare(b.name),
    )
    const servers = told.map(({ ftp, name }): BenchMember => {
      const pid = async (): Promise<number> => present(await cluster.pidOf(name), 'a pid')
      return {
        name: OURS,
        member: name,
        host: HOST,
        port: Number(new URL(present(ftp, 'an FTP door')).port),
        user: ADMIN_NICK,
        password,
        hasTls: true,
        pid,
        pids: () => cluster.pids(),
      }
    })
    return { cluster, members: servers }
  } catch (thrown) {
    await cluster.stop()
    throw thrown
  }
}
