/**
 * People at the doors of a real ring who publish, ask for what is new and follow one another, in a
 * closed loop each, and write down what they were told: what was acknowledged is there once, what
 * is new is shown once.
 */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

import { present } from '../../src/base/assert.ts'
import { pick, SeededChance } from '../../src/base/random.ts'
import { AnilloClient } from '../../src/client/client.ts'
import { KeyCredentials } from '../../src/client/credentials.ts'
import { allOf, listed } from '../../src/effects/listed.ts'
import type { Publication } from '../../src/wire/api-dweets.ts'
import { compareIds } from '../../src/wire/dweet-ids.ts'
import type { RealRing } from '../process/ring.ts'

const PASSWORD = 'a long password'
const SEED = 11
/** Percent of dweets and of follows; the rest asks for what is new (TAPIR, SOSP 2015, 6.1). */
const POSTS = 30
const FOLLOWS = 20
/** Whom each follows at the start. */
const DEGREE = 8
const PAGE_LIMIT = 40
const NEW_LIMIT = 20

export interface CrowdOptions {
  readonly ring: RealRing
  readonly members: number
  readonly people: number
  /** Acknowledged dweets. */
  readonly dweets: number
  /** Told each time one more is acknowledged. */
  readonly progress: (acknowledged: number) => void
}

export interface CrowdReport {
  readonly acknowledged: number
  readonly operations: number
  readonly seconds: number
  /** Nobody was told of a change that was made. */
  readonly longestGapMs: number
  readonly failed: readonly string[]
}

export class Crowd {
  readonly people: readonly CrowdPerson[]
  readonly #options: CrowdOptions
  readonly #chance = new SeededChance(SEED)
  readonly #changedAtMs: number[] = []
  readonly #failed: string[] = []
  #acknowledged = 0
  #operations = 0

  static async gather(options: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd(options)
    for (const person of crowd.people) await person.enter()
    for (const person of crowd.people) {
      for (const other of crowd.#others(person)) await person.follow(other.nick)
    }
    return crowd
  }

  private constructor(options: CrowdOptions) {
    this.#options = options
    this.people = Array.from({ length: options.people }, (_, n) => new CrowdPerson(options, n))
  }

  async run(): Promise<CrowdReport> {
    const fromMs = performance.now()
    await Promise.all(this.people.map((person) => this.#live(person)))
    const endMs = performance.now()
    const at = [fromMs, ...this.#changedAtMs, endMs]
    return {
      acknowledged: this.#acknowledged,
      operations: this.#operations,
      seconds: (endMs - fromMs) / 1_000,
      longestGapMs: Math.max(...at.slice(1).map((ms, i) => ms - present(at[i], 'one before'))),
      failed: this.#failed,
    }
  }

  async #live(person: CrowdPerson): Promise<void> {
    while (this.#acknowledged < this.#options.dweets) {
      const dice = this.#chance.below(100)
      try {
        if (dice < POSTS) {
          await person.publish()
          this.#changed()
          this.#options.progress(++this.#acknowledged)
        } else if (dice < POSTS + FOLLOWS) {
          await person.follow(pick(this.#chance, this.#others(person)).nick)
          this.#changed()
        } else await person.readNew()
        this.#operations++
      } catch (thrown) {
        if (thrown instanceof assert.AssertionError) throw thrown
        this.#failed.push(`${person.nick}: ${String(thrown)}`)
      }
    }
  }

  #changed(): void {
    this.#changedAtMs.push(performance.now())
  }

  #others(person: CrowdPerson): readonly CrowdPerson[] {
    const at = this.people.indexOf(person)
    const turned = [...this.people.slice(at + 1), ...this.people.slice(0, at)]
    return turned.slice(0, DEGREE)
  }
}

export class CrowdPerson {
  readonly nick: string
  readonly #options: CrowdOptions
  readonly #first: number
  readonly #published = new Set<string>()
  /** Their answers never came. */
  readonly #perhaps = new Set<string>()
  readonly #follows = new Set<string>()
  readonly #seen = new Set<string>()
  #client: AnilloClient | undefined
  #count = 0

  constructor(options: CrowdOptions, number: number) {
    this.#options = options
    this.#first = number % options.members
    this.nick = `p${number}`
  }

  get dweets(): AnilloClient['dweets'] {
    return present(this.#client, 'entered').dweets
  }

  async enter(): Promise<void> {
    const { ring } = this.#options
    const [door, user] = [ring.door(this.#first), { nick: this.nick, password: PASSWORD }]
    await posted(door, 'users', { ...user, name: this.nick })
    const { accessToken } = await posted(door, 'auth/login', user)
    const world = {
      fetch: (url: string, init: RequestInit) => fetch(url, init),
      pause: (delayMs: number) => pause<void>(delayMs),
      newKey: () => crypto.randomUUID(),
      start: 'npx anillo up',
    }
    this.#client = new AnilloClient(world, this.#doors(), new KeyCredentials(String(accessToken)))
  }

  async publish(): Promise<void> {
    const text = `${this.nick} ${this.#count++}`
    this.#perhaps.add(text)
    await this.dweets.publish({ text })
    this.#perhaps.delete(text)
    this.#published.add(text)
  }

  async follow(nick: string): Promise<void> {
    await this.dweets.follow(nick)
    this.#follows.add(nick)
  }

  /** What was acknowledged does not come again. @returns how many were unseen */
  async readNew(): Promise<number> {
    const { dweets, token, unseen } = await this.dweets.fresh(NEW_LIMIT)
    for (const { id } of dweets) assert.ok(!this.#seen.has(id), `${this.nick} is shown ${id} again`)
    const inOrder = dweets.toSorted((a, b) => compareIds(a.id, b.id))
    assert.deepEqual(dweets, unseen > 0 ? inOrder : inOrder.toReversed())
    await this.dweets.acknowledge(token)
    for (const { id } of dweets) this.#seen.add(id)
    return dweets.length
  }

  /**
   * All of it, once, in order; what was never answered at most once. @returns how many there are
   */
  async checkProfile(): Promise<number> {
    const items = await this.profile()
    const texts = items.map(textOf)
    const found = new Set(texts)
    assert.equal(found.size, texts.length, `${this.nick} has some twice`)
    for (const text of this.#published) assert.ok(found.has(text), `${text} is lost`)
    for (const text of texts) {
      assert.ok(this.#published.has(text) || this.#perhaps.has(text), `${text} is whose?`)
    }
    const inOrder = items.toSorted((a, b) => compareIds(b.id, a.id))
    assert.deepEqual(items, inOrder)
    return items.length
  }

  profile(): Promise<Publication[]> {
    const page = { limit: PAGE_LIMIT }
    return allOf(listed((after) => this.dweets.publicationsOf(this.nick, { ...page, ...after })))
  }

  /** To the end of what is new: everything of those one follows was shown. */
  async checkNew(all: ReadonlyMap<string, readonly Publication[]>): Promise<number> {
    while ((await this.readNew()) > 0);
    const wanted = [...this.#follows].flatMap((nick) => all.get(nick) ?? [])
    for (const { id } of wanted) assert.ok(this.#seen.has(id), `${this.nick} never saw ${id}`)
    return wanted.length
  }

  #doors(): readonly string[] {
    const { members, ring } = this.#options
    return Array.from({ length: members }, (_, i) => ring.door((this.#first + i) % members))
  }
}

function textOf(one: Publication): string {
  return one.kind === 'dweet' ? one.text : ''
}

async function posted(
  door: string,
  path: string,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`${door}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(answer.ok, `${path}: ${answer.status}`)
  return (await answer.json()) as Readonly<Record<string, unknown>>
}
