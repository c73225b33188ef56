/** How commands reach a running ring. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloClient } from '../client/client.ts'
import { dataPathOf } from '../node/data-directory.ts'
import { doorsIn } from '../node/doors.ts'
import { HTTP_PORT } from '../node/ports.ts'
import type { Io } from './io.ts'
import type { DoorFlags } from './options.ts'

/** As many as `up` starts. */
const DEFAULT_DOORS = 5

/**
 * A client that knows the doors named by `--at`, else those of the members in DATA, else the usual
 * ones.
 */
export async function reachRing(io: Io, flags: DoorFlags): Promise<AnilloClient> {
  const world = {
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    pause: (delayMs: number) => pause(delayMs),
    newKey: () => randomUUID(),
  }
  return new AnilloClient(world, flags.at.length > 0 ? flags.at : await knownDoors(io, flags))
}

async function knownDoors(io: Io, flags: DoorFlags): Promise<readonly string[]> {
  const here = await doorsIn(dataPathOf(flags.data, io.env))
  if (here.length > 0) return here
  return Array.from(
    { length: DEFAULT_DOORS },
    (_, index) => `http://localhost:${HTTP_PORT + index}`,
  )
}
