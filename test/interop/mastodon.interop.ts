/**
 * The eight actions of document 3 with ordinary programs of Mastodon: with one member, with five,
 * each action at another one, and with two of five killed for good in between. Needs toot,
 * mastodon and websocket.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { WebSocket } from 'ws'

import { RealRing } from '../process/ring.ts'
import { MastodonPy, Toot, type MastodonProgram, type Person } from './mastodon-clients.ts'

const TIMEOUT_MS = 300_000
/** Writes come back three seconds after members died; programs that take one to start ask again. */
const BACK_WITHIN_MS = 30_000
const BETWEEN_MS = 250

const PROGRAMS = [Toot, MastodonPy] as const
const DEAD = ['n4', 'n5']

interface Setting {
  readonly members: number
  readonly dies: boolean
}

for (const setting of [
  { members: 1, dies: false },
  { members: 5, dies: false },
  { members: 5, dies: true },
] as const satisfies readonly Setting[]) {
  const { dies, members } = setting
  const how = `${members} ${members === 1 ? 'member' : 'members'}${dies ? ', two killed' : ''}`
  test(`the eight actions with ${how}`, { timeout: TIMEOUT_MS }, async (t) => {
    const flags = ['--no-restart', '--max-members', `${members}`]
    await using ring = await RealRing.start({ members, flags })
    const trials = await Promise.all(PROGRAMS.map((program) => program.create()))
    const doors = new Doors(ring, members)
    const followed = await Other.register(doors.next(), 'olga')
    const first = await followed.post(doors.next(), 'olga was here first')
    for (const [at, program] of trials.entries()) {
      const person = { nick: `person_${at}`, password: `password of ${at}` }
      await begin({ doors, first, program, person })
    }
    let slowestMs = 0
    if (dies) {
      await Promise.all(DEAD.map((name) => ring.signal(name, 'SIGKILL')))
      doors.leave(DEAD.length)
      const diedMs = performance.now()
      await again(() => followed.post(doors.next(), 'after two died'))
      slowestMs = performance.now() - diedMs
    }
    for (const program of trials) await end({ doors, first, program, followed })
    for (const program of trials) await program[Symbol.asyncDispose]()
    if (dies) t.diagnostic(`published again ${Math.round(slowestMs)} ms after two had died`)
  })
}

/** Members in turn. */
class Doors {
  readonly #ring: RealRing
  #members: number
  #at = 0

  constructor(ring: RealRing, members: number) {
    this.#ring = ring
    this.#members = members
  }

  next(): string {
    this.#at = (this.#at + 1) % this.#members
    return this.#ring.door(this.#at)
  }

  get all(): readonly string[] {
    return Array.from({ length: this.#members }, (_, at) => this.#ring.door(at))
  }

  /** The last ones are no more. */
  leave(count: number): void {
    this.#members -= count
  }
}

/** Somebody who asks by the ring's own API. */
class Other {
  readonly #token: string
  readonly nick: string

  private constructor(nick: string, token: string) {
    this.nick = nick
    this.#token = token
  }

  static async register(door: string, nick: string): Promise<Other> {
    const person = { nick, password: `${nick}-password` }
    await asked(`${door}/v1/users`, { body: person })
    return Other.logIn(door, person)
  }

  static async logIn(door: string, person: Person): Promise<Other> {
    const { accessToken } = await asked(`${door}/v1/auth/login`, { body: person })
    return new Other(person.nick, String(accessToken))
  }

  async post(door: string, text: string): Promise<string> {
    const { id } = await asked(`${door}/v1/dweets`, { body: { text }, token: this.#token })
    return String(id)
  }
}

interface Ask {
  readonly body: object
  readonly token?: string
}

async function asked(url: string, { body, token }: Ask): Promise<Record<string, unknown>> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const headers = { 'content-type': 'application/json', ...authorization }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Record<string, unknown>
}

/** As people do when a program says that it cannot just now. */
async function again<T>(act: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + BACK_WITHIN_MS
  for (;;) {
    try {
      return await act()
    } catch (thrown) {
      if (performance.now() > untilMs) throw thrown
      await pause(BETWEEN_MS)
    }
  }
}

interface Beginning {
  readonly doors: Doors
  readonly program: MastodonProgram
  readonly person: Person
  /** Id of what somebody else published. */
  readonly first: string
}

/** Register, log in, dweet, redweet. */
async function begin({ doors, first, person, program }: Beginning): Promise<void> {
  const { name } = program
  const made = program.register?.(doors.next(), person)
  await (made ?? Other.register(doors.next(), person.nick).then(() => undefined))
  const known = made === undefined ? { ...person, password: `${person.nick}-password` } : person
  await program.logIn(doors.next(), known)
  const own = await program.post(doors.next(), `${name} says hola`)
  await program.boost(doors.next(), first)
  const published = await program.publications(doors.next(), person.nick)
  assert.equal(published.length, 2, `${name}: ${published.join(' ')}`)
  assert.equal(published[1], own)
}

interface Ending {
  readonly doors: Doors
  readonly program: MastodonProgram
  readonly followed: Other
  readonly first: string
}

/** What those whom it follows publish, as it happens, by WebSocket. */
async function hears(program: MastodonProgram, followed: Other, doors: Doors): Promise<void> {
  const token = await program.token()
  const address = `${doors.next().replace('http', 'ws')}/api/v1/streaming?stream=user`
  const socket = new WebSocket(address, token)
  const heard = once(socket, 'message')
  await once(socket, 'open')
  const published: string[] = []
  // From when on its member listens nobody tells: what comes then is heard.
  for (let isHeard = false; !isHeard;) {
    published.push(await again(() => followed.post(doors.next(), 'as it happens')))
    isHeard = await Promise.race([heard.then(() => true), pause(BETWEEN_MS).then(() => false)])
  }
  const [data] = (await heard) as [Buffer]
  socket.close()
  const told = JSON.parse(data.toString()) as Readonly<Record<string, unknown>>
  assert.deepEqual([told['stream'], told['event']], [['user'], 'update'])
  const { id } = JSON.parse(String(told['payload'])) as { readonly id: string }
  assert.ok(published.includes(id), `${program.name}: it is one of those`)
}

/** Follow, profile, what is new, log out. */
async function end({ doors, first, followed, program }: Ending): Promise<void> {
  const { name } = program
  const { nick } = followed
  const before = await again(() => program.home(doors.next()))
  assert.equal(before.length, 2, `${name}: its own two`)
  await again(() => program.follow(doors.next(), nick))
  const profile = await again(() => program.profile(doors.next(), nick))
  assert.match(profile, /@olga/)
  assert.match(profile, /Statuses: \d/)
  const published = await again(() => program.publications(doors.next(), nick))
  assert.equal(new Set(published).size, published.length, 'each once')
  assert.equal(published.at(-1), first)
  await hears(program, followed, doors)
  if (program.stream !== undefined) {
    const [heard, own] = await program.stream(doors.next(), 'heard by itself')
    for (const id of heard) assert.ok(own.includes(id), `${name} hears what happens`)
    assert.ok(heard.length > 0)
  }
  const latest = await again(() => followed.post(doors.next(), `for ${name}`))
  const home = await again(() => program.home(doors.next()))
  assert.equal(home[0], latest, `${name}: the newest first`)
  assert.equal(new Set(home).size, home.length, 'each once')
  for (const id of published) assert.ok(home.includes(id), `${name}: all of whom it follows`)

  const token = await program.token()
  const status = async (door: string): Promise<number> =>
    (
      await fetch(`${door}/api/v1/accounts/verify_credentials`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status
  for (const door of doors.all) assert.equal(await again(() => status(door)), 200)
  if (program.revoke !== undefined) {
    await again(async () => program.revoke?.(doors.next()))
    for (const door of doors.all) assert.equal(await status(door), 401, `${name} is out`)
  }
  await program.logOut()
}
