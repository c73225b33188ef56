/** How commands reach a running ring. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloError, isAnilloError } from '../base/errors.ts'
import { AnilloClient } from '../client/client.ts'
import { KeyCredentials } from '../client/credentials.ts'
import type { ClientWorld } from '../client/request.ts'
import { dataPathOf } from '../node/data-directory.ts'
import { operatorDoorsIn } from '../node/operator-key.ts'
import { credentialsFor } from './credentials.ts'
import { doorFetch } from './door-fetch.ts'
import type { Io } from './io.ts'
import type { DoorFlags } from './options.ts'
import { ringAt } from './ring-at.ts'
import { startTextOf } from './start-words.ts'

/**
 * A client of the ring that the flags mean, as whoever the place where it runs says it is.
 * @throws AnilloError DATA_WITHOUT_MEMBERS
 */
export async function reachRing(io: Io, flags: DoorFlags): Promise<AnilloClient> {
  const ring = await ringAt(io, flags)
  const world = await clientWorld(io, ring.dataPath)
  return new AnilloClient(
    world,
    ring.doors,
    await credentialsFor(io, ring, { isQuiet: flags.json === true }),
  )
}

/**
 * For what is to outlive the member that answers: one door tells of the others, whoever may see
 * them.
 * @throws AnilloError DATA_WITHOUT_MEMBERS, RING_NOT_REACHABLE
 */
export async function reachAllDoors(io: Io, flags: DoorFlags): Promise<AnilloClient> {
  const client = await reachRing(io, flags)
  if (client.doors.length > 1) return client
  await client.ring().catch((thrown: unknown) => {
    // What else is wrong, the work itself meets and tells, or does not meet.
    if (!isAnilloError(thrown) || thrown.code === 'RING_NOT_REACHABLE') throw thrown
  })
  return client
}

/**
 * As whoever owns the directory of a member here, at that member's door: may manage accounts.
 * @throws AnilloError DATA_ABSENT, RING_NOT_REACHABLE
 */
export async function reachAsOwner(io: Io, flags: DoorFlags): Promise<AnilloClient> {
  const dataPath = dataPathOf(flags.data, io.env)
  const world = await clientWorld(io, dataPath)
  let problem = new AnilloError('DATA_ABSENT', { path: dataPath })
  for (const { key, url } of await operatorDoorsIn(dataPath)) {
    const client = new AnilloClient(world, [url], new KeyCredentials(key))
    try {
      await client.accounts.me()
      return client
    } catch (thrown) {
      // Keys are made anew at each start: a member that died left one that holds nowhere.
      if (!isAnilloError(thrown, 'RING_NOT_REACHABLE') && !isAnilloError(thrown, 'LOGIN_FIRST')) {
        throw thrown
      }
      problem = thrown
    }
  }
  throw problem
}

/** @param dataPath of the ring that is to be started where no member answers */
export async function clientWorld(io: Io, dataPath: string): Promise<ClientWorld> {
  return {
    fetch: doorFetch(io, dataPath),
    pause: (delayMs) => pause(delayMs),
    newKey: () => randomUUID(),
    start: await startTextOf(io, dataPath),
  }
}
