/**
 * Requests to the ring by way of one member's door; when that member does not answer, the same
 * request goes to the next door. Every request of the page may be repeated, so nothing is asked of
 * the person.
 */
import { ERRORS, errorText, parseErrorCode } from '../../../src/base/errors.ts'
import { doorsFrom, mergeDoors } from '../model/doors.ts'
import type { Trouble } from '../texts/texts.ts'

/** What went wrong, ready for `sentence()`. */
export class RingTrouble extends Error implements Trouble {
  override readonly name = 'RingTrouble'
  readonly code: string
  readonly details: Trouble['details']
  readonly text: string

  constructor(trouble: Trouble) {
    super(trouble.text)
    this.code = trouble.code
    this.details = trouble.details
    this.text = trouble.text
  }
}

/** A live member on this machine answers in milliseconds; one that takes this long hangs. */
const ANSWER_TIMEOUT_MS = 6_000
/** Doors named in the sentence that says that none answers. */
const DOORS_NAMED_MAX = 3

export interface Question {
  /** From the root: `/v1/ring`. */
  readonly path: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  /** A body of plain text, instead of JSON. */
  readonly text?: string
  /** Conditions. */
  readonly headers?: Readonly<Record<string, string>>
  /** How long the member may hold the answer back (`Prefer: wait`). */
  readonly waitSeconds?: number
  /** How much longer than usual the member may take, as for the hash of a password. */
  readonly patienceSeconds?: number
  /** It finds out or changes who asks: a refusal is its answer. */
  readonly isAboutAsker?: boolean
  readonly signal?: AbortSignal
  /**
   * The Idempotency-Key of a change: each repeat bears the same, so that it is carried out once.
   * Absent: one of its own.
   */
  readonly key?: string
}

export interface RingClientOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** The door to begin with, and those remembered. */
  readonly door: string
  readonly doors: readonly string[]
  /** Called with the door in use after it changed. */
  readonly onDoor: (door: string) => void
  /** Whether any door answered. */
  readonly onReach?: (isReached: boolean) => void
  /**
   * Whoever asks may not do this, or is not known any more.
   * @returns whether the same question may fare better
   */
  readonly onRefused?: (trouble: RingTrouble) => Promise<boolean>
}

export interface UploadWay {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** With cookies. */
  readonly showsAsker: boolean
}

/** Status 0: no door answered, or it broke off. */
export interface Uploaded {
  readonly status: number
  readonly text: string
  /** `Repr-Digest` of what is there now (RFC 9530). */
  readonly digest?: string
}

export class RingClient {
  readonly #options: RingClientOptions
  #door: string
  #doors: readonly string[]
  #showsAsker = false
  /** Cookies are a host's, whatever the port, and go to no other from this page. */
  readonly #hostname: string

  constructor(options: RingClientOptions) {
    this.#options = options
    this.#door = options.door
    this.#hostname = new URL(options.door).hostname
    this.#doors = mergeDoors({ told: [options.door], remembered: options.doors })
  }

  get door(): string {
    return this.#door
  }

  get doors(): readonly string[] {
    return this.#doors
  }

  /**
   * From here on requests bear the person's cookies. Doors that ask nobody who they are do not let
   * the page of another member send any.
   */
  showAsker(showsAsker: boolean): void {
    this.#showsAsker = showsAsker
  }

  /** Takes up the doors that the ring tells of, live ones first. */
  learn(told: readonly string[]): void {
    this.#doors = mergeDoors({ told, remembered: this.#doors })
  }

  /** Gives a door up that answers no more, though its connections stand. */
  leave(door: string): void {
    if (door !== this.#door) return
    const next = doorsFrom(this.#doors, door)[1]
    if (next !== undefined) this.#use(next)
  }

  /** @throws RingTrouble as the ring tells it, or RING_NOT_REACHABLE */
  async json(question: Question): Promise<unknown> {
    const answer = await this.open(question)
    const text = await answer.text().catch(() => '')
    if (text === '') return undefined
    return parseJson(text) ?? Promise.reject(unreadable())
  }

  /**
   * To the door in use, by a way of its own: `fetch` does not tell how far a file is.
   * @throws RingTrouble as `json()`
   */
  async upload(path: string, send: (way: UploadWay) => Promise<Uploaded>): Promise<unknown> {
    const { text } = await this.send(path, send)
    return parseJson(text) ?? Promise.reject(unreadable())
  }

  /** As `upload`, where the answer need not be JSON. @throws RingTrouble as `json()` */
  async send(path: string, send: (way: UploadWay) => Promise<Uploaded>): Promise<Uploaded> {
    return this.#asAsker({}, async () => {
      const answer = await send({
        url: `${this.#door}${path}`,
        headers: this.#showsAsker ? OWN_SCRIPT : {},
        showsAsker: this.#showsAsker,
      })
      if (answer.status === 0) throw this.#unreachable()
      if (answer.status >= GOOD_END) throw troubleIn(answer.text)
      return answer
    })
  }

  /**
   * The first good answer, its body unread.
   * @throws RingTrouble of the first door that refuses for a reason which no other door would
   * change
   */
  async open(question: Question): Promise<Response> {
    const isChange = question.method !== undefined && question.method !== 'GET'
    const keyed = isChange ? { key: crypto.randomUUID(), ...question } : question
    return this.#asAsker(question, () => this.#openAnywhere(keyed))
  }

  /** Once more where the refusal of a token that grew too old can be helped. */
  async #asAsker<T>(
    { isAboutAsker = false }: Pick<Question, 'isAboutAsker'>,
    ask: () => Promise<T>,
  ): Promise<T> {
    try {
      return await ask()
    } catch (thrown) {
      const { onRefused } = this.#options
      if (!isRefusal(thrown) || isAboutAsker || onRefused === undefined) throw thrown
      if (!(await onRefused(thrown))) throw thrown
      return ask()
    }
  }

  async #openAnywhere(question: Question): Promise<Response> {
    let lastTrouble: RingTrouble | undefined
    for (const door of doorsFrom(this.#doors, this.#door)) {
      const answer = await this.#ask(door, question)
      question.signal?.throwIfAborted()
      if (answer === undefined) continue
      this.#options.onReach?.(true)
      if (answer.ok) {
        this.#use(door)
        return answer
      }
      const trouble = await readTrouble(answer)
      if (!helpsElsewhere(trouble)) {
        this.#use(door)
        throw trouble
      }
      lastTrouble = trouble
    }
    if (lastTrouble !== undefined) throw lastTrouble
    this.#options.onReach?.(false)
    throw this.#unreachable()
  }

  /** @returns `undefined` when the door does not answer */
  async #ask(door: string, question: Question): Promise<Response | undefined> {
    const late = new AbortController()
    const { waitSeconds = 0, patienceSeconds = 0, isAboutAsker = false } = question
    const timeoutMs = ANSWER_TIMEOUT_MS + (waitSeconds + patienceSeconds) * 1_000
    const isNear = new URL(door).hostname === this.#hostname
    const showsAsker = isNear && (this.#showsAsker || isAboutAsker)
    const timer = setTimeout(() => late.abort(), timeoutMs)
    try {
      const init = initOf(question, { late: late.signal, showsAsker })
      return await this.#options.fetch(`${door}${question.path}`, init)
    } catch {
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  #use(door: string): void {
    if (door === this.#door) return
    this.#door = door
    this.#options.onDoor(door)
  }

  #unreachable(): RingTrouble {
    const addresses = this.#doors.slice(0, DOORS_NAMED_MAX).join(', ')
    const code = 'RING_NOT_REACHABLE'
    const details = { addresses, start: 'npm start' }
    return new RingTrouble({ code, details, text: errorText(code, details) })
  }
}

/** No form can send it, so that a door knows a script of its own page (`docs/accounts.md`). */
const OWN_SCRIPT = { 'anillo-request': '1' } as const

function initOf(
  question: Question,
  { late, showsAsker }: { readonly late: AbortSignal; readonly showsAsker: boolean },
): RequestInit {
  const own = showsAsker ? OWN_SCRIPT : {}
  const headers: Record<string, string> = { ...own, ...question.headers }
  if (question.waitSeconds !== undefined) headers['prefer'] = `wait=${question.waitSeconds}`
  if (question.key !== undefined) headers['idempotency-key'] = question.key
  if (question.body !== undefined) headers['content-type'] = 'application/json'
  if (question.text !== undefined) headers['content-type'] = 'text/plain'
  const body = question.text ?? jsonOf(question.body)
  return {
    method: question.method ?? 'GET',
    headers,
    cache: 'no-store',
    credentials: showsAsker ? 'include' : 'omit',
    signal: question.signal === undefined ? late : AbortSignal.any([question.signal, late]),
    ...(body === undefined ? {} : { body }),
  }
}

function jsonOf(body: unknown): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body)
}

/** A member that is not (yet, any more) of the ring says so; another can answer. */
function helpsElsewhere(trouble: RingTrouble): boolean {
  const code = parseErrorCode(trouble.code)
  return code === 'RING_NOT_READY' || (code !== undefined && ERRORS[code].retry === 'elsewhere')
}

const REFUSALS: ReadonlySet<string> = new Set(['LOGIN_FIRST', 'PERMISSION_MISSING', 'FORBIDDEN'])

function isRefusal(thrown: unknown): thrown is RingTrouble {
  return thrown instanceof RingTrouble && REFUSALS.has(thrown.code)
}

const GOOD_END = 300

async function readTrouble(answer: Response): Promise<RingTrouble> {
  return troubleIn(await answer.text().catch(() => ''))
}

function troubleIn(text: string): RingTrouble {
  const problem = parseJson(text)
  if (!isRecord(problem) || typeof problem['code'] !== 'string') return unreadable()
  return new RingTrouble({
    code: problem['code'],
    details: readDetails(problem['details']),
    text: typeof problem['detail'] === 'string' ? problem['detail'] : '',
  })
}

function readDetails(value: unknown): Trouble['details'] {
  if (!isRecord(value)) return {}
  const details: Record<string, string | number | boolean> = {}
  for (const [name, filling] of Object.entries(value)) {
    if (
      typeof filling === 'string' ||
      typeof filling === 'number' ||
      typeof filling === 'boolean'
    ) {
      details[name] = filling
    }
  }
  return details
}

/** The page's own code: an answer that is none of the ring's. */
export const UNREADABLE = 'PAGE_UNREADABLE'

export function unreadable(): RingTrouble {
  return new RingTrouble({ code: UNREADABLE, details: {}, text: '' })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
