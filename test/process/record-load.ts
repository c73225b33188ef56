/**
 * Clients that read and change records through the doors of all members, go on at the next member
 * when one fails, and write down what they asked and were told, so that the whole can be checked:
 * nothing lost, one order of everything, how long nobody was answered.
 */
import { Agent, request, type IncomingMessage } from 'node:http'

import { ABSENT, PRESENT, type Claim, type Operation } from '../../sim/store/linearizable.ts'
import { present } from '../../src/base/assert.ts'
import { SeededChance } from '../../src/base/random.ts'

export interface LoadOptions {
  /** Doors of the members, `http://localhost:9100`. */
  readonly doors: readonly string[]
  /** Value of that header; `undefined` where the doors ask nobody. */
  readonly authorization?: string | undefined
  readonly clients: number
  readonly keys: number
  readonly operations: number
  /** No operation begins later than this after the first, however few there were. */
  readonly durationMs?: number
  readonly seed: number
  /** A member that says nothing for so long is left for another. */
  readonly patienceMs?: number
  /** Told how many operations have ended. */
  readonly progress?: (ended: number) => void
}

export interface LoadReport {
  /** By key. */
  readonly histories: ReadonlyMap<string, readonly Operation[]>
  /** Longest time without an acknowledged change: of all keys together, and of the worst key. */
  readonly gapMs: number
  readonly worstKeyGapMs: number
  readonly acknowledged: number
  readonly unknown: number
  /** What a client saw go wrong before it was answered, wherever: the first of them in words. */
  readonly troubles: readonly string[]
}

const PATIENCE_MS = 1_000
/** A change is repeated under its Idempotency-Key until an answer comes, at most so often. */
const TRIES_MAX = 60
const PAUSE_AFTER_ROUND_MS = 50
const TROUBLES_MAX = 100

interface Answer {
  readonly status: number
  readonly etag: string | undefined
  readonly body: string
  readonly isSurelyNotApplied: boolean
}

type Kind = 'get' | 'put' | 'make' | 'swap' | 'delete'

/**
 * Of every eight: two reads, two unconditional changes, four conditional ones. A delete names what
 * it deletes, as a swap does: of two that nobody tells apart a checker would have to try every
 * order.
 */
const KINDS: readonly Kind[] = ['get', 'get', 'put', 'make', 'swap', 'swap', 'put', 'delete']

interface Seen {
  readonly token: number
  readonly etag: string
}

export class RecordLoad {
  readonly #options: LoadOptions
  readonly #histories = new Map<string, Operation[]>()
  readonly #acknowledgedAtMs = new Map<string, number[]>()
  readonly #troubles: string[] = []
  #isStopped = false
  #endMs = Infinity
  #order = 0
  #token = 0
  #ended = 0
  #acknowledged = 0
  #unknown = 0

  constructor(options: LoadOptions) {
    this.#options = options
  }

  async run(): Promise<LoadReport> {
    const { clients, durationMs = Infinity, seed } = this.#options
    this.#endMs = performance.now() + durationMs
    const chance = new SeededChance(seed)
    await Promise.all(Array.from({ length: clients }, (_, at) => this.#client(at, chance.fork())))
    return this.#report()
  }

  /** Lets each client end what it is about; `run` settles then. */
  stop(): void {
    this.#isStopped = true
  }

  /** Reads every key once more, wherever it is answered; part of the history. */
  async readAll(): Promise<void> {
    const doors = new Doors(this.#options, 0, this.#troubles)
    for (let key = 0; key < this.#options.keys; key++) await this.#one(doors, nameOf(key), 'get')
    doors.close()
  }

  report(): LoadReport {
    return this.#report()
  }

  async #client(at: number, chance: SeededChance): Promise<void> {
    const { operations, keys, progress } = this.#options
    const doors = new Doors(this.#options, at, this.#troubles)
    while (this.#ended < operations && !this.#isOver()) {
      this.#ended++
      progress?.(this.#ended)
      const kind = present(KINDS[chance.below(KINDS.length)], 'kind')
      await this.#one(doors, nameOf(chance.below(keys)), kind)
    }
    doors.close()
  }

  #isOver(): boolean {
    return this.#isStopped || performance.now() >= this.#endMs
  }

  async #one(doors: Doors, key: string, kind: Kind): Promise<void> {
    if (kind === 'get') return void (await this.#get(doors, key))
    const isAboutSeen = kind === 'swap' || kind === 'delete'
    const seen = isAboutSeen ? await this.#get(doors, key) : undefined
    if (isAboutSeen && seen === undefined) return
    const token = kind === 'delete' ? ABSENT : ++this.#token
    const called = ++this.#order
    const answer = await doors.ask(kind === 'delete' ? 'DELETE' : 'PUT', key, {
      'idempotency-key': `${this.#options.seed}-${called}`,
      ...(kind === 'make' ? { 'if-none-match': '*' } : {}),
      ...(seen === undefined ? {} : { 'if-match': seen.etag }),
      ...(kind === 'delete' ? {} : { body: String(token) }),
    })
    this.#note(key, `${kind} ${token}`, {
      called,
      answer,
      claims: claimsOf(kind, seen, answer),
      token,
    })
  }

  async #get(doors: Doors, key: string): Promise<Seen | undefined> {
    const called = ++this.#order
    const answer = await doors.ask('GET', key, {})
    if (answer?.status !== 200 && answer?.status !== 404) return undefined
    const token = answer.status === 404 ? ABSENT : Number(answer.body)
    const claims = [{ slot: 0, holds: token }]
    this.#add(key, { what: `get ${token}`, called, claims, writes: [], isOptional: false })
    return answer.etag === undefined || answer.status === 404
      ? undefined
      : { token, etag: answer.etag }
  }

  #note(
    key: string,
    what: string,
    told: {
      readonly called: number
      readonly answer: Answer | undefined
      readonly claims: readonly Claim[]
      readonly token: number
    },
  ): void {
    const { called, answer, claims, token } = told
    const writes = [{ slot: 0, token }]
    if (answer === undefined) {
      this.#unknown++
      this.#add(key, { what: `${what} ?`, called, claims, writes, isOptional: true }, true)
    } else if (answer.status === 201 || answer.status === 204) {
      this.#acknowledged++
      const times = this.#acknowledgedAtMs.get(key) ?? []
      this.#acknowledgedAtMs.set(key, times)
      times.push(performance.now())
      this.#add(key, { what, called, claims, writes, isOptional: false })
    } else if (answer.status === 412 || answer.status === 404) {
      this.#add(key, { what: `${what} refused`, called, claims, writes: [], isOptional: false })
    } else if (!answer.isSurelyNotApplied) {
      throw new Error(`${what} of ${key}: ${answer.status} ${answer.body}`)
    }
  }

  #add(key: string, operation: Omit<Operation, 'returned'>, isOpen = false): void {
    const history = this.#histories.get(key) ?? []
    this.#histories.set(key, history)
    history.push({ ...operation, returned: isOpen ? Infinity : ++this.#order })
  }

  #report(): LoadReport {
    const all = [...this.#acknowledgedAtMs.values()].flat().toSorted((a, b) => a - b)
    return {
      histories: this.#histories,
      gapMs: longestGapMs(all),
      worstKeyGapMs: Math.max(...[...this.#acknowledgedAtMs.values()].map(longestGapMs)),
      acknowledged: this.#acknowledged,
      unknown: this.#unknown,
      troubles: this.#troubles,
    }
  }
}

function nameOf(key: number): string {
  return `k${key}`
}

/** What must have been there for this answer; where none came, what was asked for. */
function claimsOf(
  kind: Kind,
  seen: Seen | undefined,
  answer: Answer | undefined,
): readonly Claim[] {
  const holds = heldBefore(kind, seen, answer)
  return holds === undefined ? [] : [{ slot: 0, holds }]
}

function heldBefore(
  kind: Kind,
  seen: Seen | undefined,
  answer: Answer | undefined,
): number | undefined {
  const status = answer?.status
  // That a swap or a delete was refused says only that something else was there.
  if (kind === 'swap' || kind === 'delete') return status === 412 ? undefined : seen?.token
  if (kind === 'make') return status === 412 ? PRESENT : ABSENT
  if (status === 201) return ABSENT
  return status === 204 ? PRESENT : undefined
}

function longestGapMs(times: readonly number[]): number {
  let longest = 0
  for (const [at, time] of times.entries()) {
    longest = Math.max(longest, time - (times[at - 1] ?? time))
  }
  return longest
}

/** One client's connections; it stays with a member until that one fails. */
class Doors {
  readonly #doors: readonly string[]
  readonly #agents: readonly Agent[]
  readonly #troubles: string[]
  readonly #patienceMs: number
  readonly #shown: { readonly authorization?: string }
  #at: number

  constructor(options: LoadOptions, at: number, troubles: string[]) {
    const { authorization, doors, patienceMs = PATIENCE_MS } = options
    this.#shown = authorization === undefined ? {} : { authorization }
    this.#doors = doors
    this.#patienceMs = patienceMs
    this.#troubles = troubles
    this.#agents = doors.map(() => new Agent({ keepAlive: true, maxSockets: 1 }))
    this.#at = at % doors.length
  }

  /** `undefined`: no answer that says what became of it. */
  async ask(
    method: string,
    key: string,
    asked: Readonly<Record<string, string>>,
  ): Promise<Answer | undefined> {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const answer = await this.#askOne(method, key, asked).catch((error: unknown) => {
        this.#troubled(`${method} ${key}: ${String(error)}`)
        return undefined
      })
      if (answer !== undefined && answer.status < 500) return answer
      if (answer !== undefined) {
        this.#troubled(`${method} ${key}: ${answer.status} ${answer.body}`)
      }
      this.#at = (this.#at + 1) % this.#doors.length
      if (tries % this.#doors.length === 0) await pause(PAUSE_AFTER_ROUND_MS)
    }
    return undefined
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy()
  }

  #troubled(what: string): void {
    if (this.#troubles.length < TROUBLES_MAX) this.#troubles.push(what)
  }

  #askOne(
    method: string,
    key: string,
    { body, ...headers }: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const url = `${present(this.#doors[this.#at], 'door')}/v1/kv/trial/${key}/v`
    const agent = present(this.#agents[this.#at], 'agent')
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const timeout = this.#patienceMs
    const shown = { ...headers, ...this.#shown }
    const asked = request(url, { method, headers: shown, agent, timeout }, (answer) => {
      read(answer).then(resolve, reject)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', reject)
    asked.end(body)
    return promise
  }
}

async function read(answer: IncomingMessage): Promise<Answer> {
  let body = ''
  for await (const piece of answer) body += String(piece)
  return {
    status: answer.statusCode ?? 0,
    etag: answer.headers.etag,
    body,
    isSurelyNotApplied: answer.headers['anillo-applied'] === 'no',
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
