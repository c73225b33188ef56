/**
 * Requests in the name of whoever owns DATA: as the administrator whose password lies there, as
 * soon as a door asks who is there. For programs on the ring's own machine that make their
 * requests themselves, such as trials and measurements.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import { isAnilloError } from '../base/errors.ts'
import { AnilloClient } from '../client/client.ts'
import { fetchAs, SessionCredentials, sessionInMemory } from '../client/credentials.ts'
import { Doors } from '../client/doors.ts'
import type { ClientWorld, Way } from '../client/request.ts'
import type { Permission } from '../wire/permissions.ts'
import { ADMIN_NICK, readAdminPassword } from './admin-password.ts'

const WORLD: ClientWorld = {
  fetch: (url, init) => fetch(url, init),
  pause: (delayMs) => pause(delayMs),
  newKey: () => randomUUID(),
  start: 'npx anillo up',
}

export class RingOwner {
  readonly #credentials: SessionCredentials
  readonly #doors: readonly string[]

  /**
   * @param doors of members, e.g. `http://localhost:9100`
   * @param given the administrator's password, where the ring was not to make one
   */
  static async of(
    dataPath: string,
    doors: readonly string[],
    given: { readonly password?: string | undefined } = {},
  ): Promise<RingOwner> {
    const credentials = await SessionCredentials.open({
      place: sessionInMemory(),
      client: 'the owner of DATA',
      password: async () => {
        const password = given.password ?? (await readAdminPassword(dataPath))
        return password === undefined ? undefined : { nick: ADMIN_NICK, password }
      },
    })
    return new RingOwner(credentials, doors)
  }

  private constructor(credentials: SessionCredentials, doors: readonly string[]) {
    this.#credentials = credentials
    this.#doors = doors
  }

  /** As the global one. */
  fetch(url: string, init: RequestInit = {}): Promise<Response> {
    return fetchAs(this.#credentials, this.#way())(url, init)
  }

  /**
   * Value of the header `authorization`, of an access token that has its whole time before it;
   * `undefined` where nobody is asked.
   */
  async authorization(): Promise<string | undefined> {
    const { authorization } = this.#credentials
    const isRenewed = await orAsksNobody(this.#credentials.renew(authorization, this.#way()))
    return isRenewed === true ? this.#credentials.authorization : undefined
  }

  /** The same of a new key, which holds for as long as nobody removes it. */
  async keyFor(permissions: readonly Permission[]): Promise<string | undefined> {
    const client = new AnilloClient(WORLD, this.#doors, this.#credentials)
    const key = { name: 'of the owner of DATA', permissions: [...permissions] }
    const made = await orAsksNobody(client.accounts.makeKey(ADMIN_NICK, key))
    return made === undefined ? undefined : `Bearer ${made.secret}`
  }

  #way(): Way {
    return { world: WORLD, doors: new Doors(this.#doors) }
  }
}

/** A door that asks nobody has no accounts either. */
async function orAsksNobody<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (isAnilloError(thrown, 'NOT_FOUND')) return undefined
    throw thrown
  }
}
