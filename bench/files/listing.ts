/** A folder of many entries, as MLSD tells it to curl. */
import { present } from '../../src/base/assert.ts'
import { machineList } from './clients.ts'
import type { FtpServer } from './ftp-server.ts'
import { FtpSession } from './ftp-session.ts'
import { secondsOf, type Part } from './part.ts'
import { OURS } from './report.ts'

const MAKERS = 8
/** Sent ahead by each: fewer than any server bounds. */
const AHEAD = 16
const PEER = 'pyftpdlib'
const GOAL = 0.9
/** vsftpd knows no MLSD. */
const WITHOUT = new Set(['vsftpd', 'ftp-srv'])

export async function measureList(part: Part): Promise<void> {
  const { options, peers, programs } = part
  const { members } = await part.ring(1)
  const able = peers.filter(({ name }) => !WITHOUT.has(name))
  const servers = [present(members[0], 'a member'), ...able]
  for (const count of options.sizes.entries) {
    const folder = `of${count}`
    const goal = { kind: 'ratio', of: PEER, atLeast: GOAL } as const
    const what = `MLSD of ${count.toLocaleString('en')} entries`
    const question = { what, unit: 'entries/s', goal }
    for (const server of servers) {
      try {
        await fill(server, folder, count)
      } catch (thrown) {
        part.report.failed(question, server.name, thrown)
      }
    }
    for (let run = 0; run < options.runs; run++) {
      for (const server of servers) {
        await part.sample(question, server.name, async () => {
          let text = ''
          const seconds = await secondsOf(async () => {
            text = (await machineList(programs, server, folder)).toString()
          })
          const listed = text.match(/; e\d+\r?\n/g)?.length ?? 0
          if (listed !== count) throw new Error(`${listed} entries, not ${count}`)
          return count / seconds
        })
      }
    }
  }
}

/** Empty files: of ours copies of one, which takes no data connection; of others uploads. */
async function fill(server: FtpServer, folder: string, count: number): Promise<void> {
  const first = await FtpSession.begin(server)
  await first.must(`MKD ${folder}`)
  await stored(first, [`${folder}/e0`])
  first.close()
  let next = 1
  const make = async (): Promise<void> => {
    const client = await FtpSession.begin(server)
    try {
      while (next < count) {
        const names: string[] = []
        for (; next < count && names.length < AHEAD; next++) names.push(`${folder}/e${next}`)
        await (server.name === OURS ? copied(client, `${folder}/e0`, names) : stored(client, names))
      }
    } finally {
      client.close()
    }
  }
  await Promise.all(Array.from({ length: MAKERS }, make))
}

async function copied(client: FtpSession, from: string, names: readonly string[]): Promise<void> {
  const copies = names.flatMap((to) => [`SITE CPFR ${from}`, `SITE CPTO ${to}`])
  await Promise.all(copies.map((line) => client.must(line)))
}

async function stored(client: FtpSession, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const data = await client.begin(`STOR ${name}`)
    data.end()
    await client.end()
  }
}
