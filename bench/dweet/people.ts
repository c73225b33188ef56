/** People of a ring that is measured: each with a client at whichever member. */
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloClient } from '../../src/client/client.ts'
import { KeyCredentials } from '../../src/client/credentials.ts'
import type { AnilloCluster } from '../store/anillo-cluster.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
/** Passwords are stretched: more at once would wait for one another. */
const ENTERED_AT_ONCE = 8

export interface Person {
  readonly nick: string
  /** At that member alone. */
  at(door: number): AnilloClient['dweets']
}

export async function people(
  cluster: AnilloCluster,
  nicks: readonly string[],
): Promise<readonly Person[]> {
  const entered: Person[] = []
  const left = nicks.entries()
  const worker = async (): Promise<void> => {
    for (const [index, nick] of left) entered[index] = await enter(cluster, nick)
  }
  await Promise.all(Array.from({ length: ENTERED_AT_ONCE }, worker))
  return entered
}

async function enter(cluster: AnilloCluster, nick: string): Promise<Person> {
  const urls = cluster.doors.map((door) => `http://${door}`)
  const user = { nick, password: `correct horse ${nick}` }
  const post = async (path: string, body: object): Promise<object> => {
    const init = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) }
    const answer = await cluster.fetch(`${urls[0]}${path}`, init)
    if (!answer.ok) throw new Error(`POST ${path} ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as object
  }
  await post('/v1/users', { ...user, name: nick })
  const session = await post('/v1/auth/login', user)
  const credentials = new KeyCredentials(String(Reflect.get(session, 'accessToken')))
  const world = {
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    pause: (delayMs: number) => pause<void>(delayMs),
    newKey: () => crypto.randomUUID(),
    start: 'npx anillo up',
  }
  const clients = urls.map((url) => new AnilloClient(world, [url], credentials).dweets)
  return {
    nick,
    at: (door) => {
      const client = clients[door % clients.length]
      if (client === undefined) throw new Error('a ring has members')
      return client
    },
  }
}
