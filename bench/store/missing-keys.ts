/** Looks for what was acknowledged. */
import type { Cluster } from './cluster.ts'
import type { KvConnection } from './connection.ts'
import { CONNECT } from './protocols.ts'

const CONNECTIONS = 16
/** A member may be busy with an election: only a key that stays away is lost. */
const TRIES = 10
const RETRY_MS = 200

/** @returns how many of the keys none of the tries found */
export async function missingKeys(
  { cluster, doors }: { readonly cluster: Cluster; readonly doors: readonly string[] },
  keys: readonly string[],
): Promise<number> {
  const left = keys.values()
  let missing = 0
  const [authorization] = await cluster.sessions(1)
  const connect = CONNECT[cluster.protocol]
  const look = async (at: number): Promise<void> => {
    const door = doors[at % doors.length] ?? ''
    const connection = await connect({ door, authorization }, () => undefined)
    for (const key of left) if (!(await isThere(connection, key))) missing++
    connection.close()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => look(at)))
  return missing
}

async function isThere(connection: KvConnection, key: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const isFound = await new Promise<boolean>((resolve) => {
      connection.request('get', key, resolve)
    })
    if (isFound) return true
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
  return false
}
