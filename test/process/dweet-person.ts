/** People of the microblog in tests with real processes. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloClient } from '../../src/client/client.ts'
import { KeyCredentials } from '../../src/client/credentials.ts'
import type { RealRing } from './ring.ts'

const PASSWORD = 'a long password'

/** Somebody with an account at a ring of processes. */
export class DweetPerson {
  readonly nick: string
  readonly #ring: RealRing
  readonly #members: number
  token = ''

  constructor(ring: RealRing, nick: string, members = 3) {
    this.#ring = ring
    this.#members = members
    this.nick = nick
  }

  /** By that member first, and by the others where it is gone. */
  at(first: number): AnilloClient {
    const doors = Array.from(
      { length: this.#members },
      (_, index) => (first + index) % this.#members,
    )
    const world = {
      fetch: (url: string, init: RequestInit) => fetch(url, init),
      pause: (delayMs: number) => pause<void>(delayMs),
      newKey: () => crypto.randomUUID(),
      start: 'npx anillo up',
    }
    const urls = doors.map((door) => this.#ring.door(door))
    return new AnilloClient(world, urls, new KeyCredentials(this.token))
  }

  async logIn(door: number): Promise<void> {
    const { accessToken } = await this.#post(door, 'auth/login', {
      nick: this.nick,
      password: PASSWORD,
    })
    this.token = String(accessToken)
  }

  register(door: number): Promise<Readonly<Record<string, unknown>>> {
    const name = this.nick.toUpperCase()
    return this.#post(door, 'users', { nick: this.nick, name, password: PASSWORD })
  }

  async #post(door: number, path: string, body: object) {
    const response = await fetch(`${this.#ring.door(door)}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    assert.ok(response.ok, `${path}: ${response.status}`)
    return (await response.json()) as Readonly<Record<string, unknown>>
  }
}
