/**
 * One logical request, carried out at whichever member answers. It is repeated at another member
 * when a connection breaks, when a member does not answer in time, and when the answer's error says
 * so (`retry: 'elsewhere'`), always with the same Idempotency-Key, so that it is carried out once.
 * A door that asks who is there is shown what the client has.
 */
import { Check } from 'typebox/value'

import { AnilloError, ERRORS, isAnilloError, parseErrorCode } from '../base/errors.ts'
import { Problem } from '../wire/api.ts'
import type { Doors } from './doors.ts'

/** What a client needs of the place where it runs, a browser or Node. */
export interface ClientWorld {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Resolves after so many milliseconds. */
  readonly pause: (delayMs: number) => Promise<void>
  /** Text that nobody used before, e.g. a random UUID. */
  readonly newKey: () => string
  /** What a person types here to start a member. */
  readonly start: string
}

/** Who a client is to doors: what it shows with each request. */
export interface Credentials {
  /** Value of the header `authorization`; `undefined`: nothing is shown. */
  readonly authorization: string | undefined
  /**
   * A door refused what was shown. Answers whether there is something else to show, which
   * `authorization` then is.
   * @param refused as it was shown
   * @throws AnilloError BAD_LOGIN, SLOW_DOWN, RING_NOT_REACHABLE
   */
  renew(refused: string | undefined, way: Way): Promise<boolean>
}

/** By which requests go. */
export interface Way {
  readonly world: ClientWorld
  readonly doors: Doors
  /** Absent: nobody. */
  readonly credentials?: Credentials | undefined
}

export interface RequestOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With query, from `/v1` on. */
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as they are, in place of `body`. */
  readonly bytes?: Uint8Array
  /** As they come, in place of `body`: asked anew for each try. */
  readonly stream?: () => ReadableStream<Uint8Array>
  readonly headers?: Readonly<Record<string, string>>
  /** The door that is asked first; it becomes no better for the others by answering. */
  readonly at?: string
  /** Told before it is asked again: nobody knows whether it was carried out already. */
  readonly onRepeat?: () => void
  /** One door is asked, once: where it breaks off nobody knows what became of it. */
  readonly isOnce?: true
  /**
   * `nobody`: nothing is shown, as for a log-in. `somebody`: something is, also where a guest would
   * be answered. Absent: what is at hand, and more once a door refuses.
   */
  readonly as?: 'nobody' | 'somebody'
  /** Until the head of the answer is there. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/**
 * Each known door is tried this often, with a pause before the next round: a killed member is back
 * by then.
 */
const ROUNDS_MAX = 4
const ROUND_PAUSE_MS = 500

/** What somebody else renewed, a session renewed, a log-in; and the next place to find such. */
const RENEWALS_MAX = 6
const UNAUTHORIZED = 401

/**
 * What `read` makes of the first answer that is not an error of the member itself; `read` answers
 * `undefined` where the answer broke off, and throws RPC_GARBLED where it is not of anillo.
 * @throws AnilloError what the member said, or RING_NOT_REACHABLE where no member answered
 */
export async function requestAnywhere<T>(
  way: Way,
  options: RequestOptions,
  read: (response: Response) => Promise<T | undefined>,
): Promise<T> {
  const { world, doors } = way
  const headers = requestHeaders(world, options)
  let last: AnilloError | undefined
  let isRepeat = false
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (round > 0) await world.pause(ROUND_PAUSE_MS)
    for (const door of doorsFor(options, doors)) {
      if (isRepeat) options.onRepeat?.()
      isRepeat = true
      const answer = await tryDoor(() => askAt(way, door, { ...options, headers }), read)
      options.signal?.throwIfAborted()
      if (answer.kind === 'value') {
        if (options.at === undefined) doors.succeeded(door)
        return answer.value
      }
      doors.failed(door)
      if (answer.kind === 'elsewhere') last = answer.error
    }
    if (options.isOnce === true) break
    // Nobody spoke, twice: nobody comes back who was not there, and the person need not wait. But a
    // door that refuses before all of a stream has come may be heard as one that broke off.
    if (last === undefined && round > 0 && options.stream === undefined) break
  }
  const addresses = doors.urls.join(', ')
  throw last ?? new AnilloError('RING_NOT_REACHABLE', { addresses, start: world.start })
}

function doorsFor({ at, isOnce }: RequestOptions, { urls }: Doors): readonly string[] {
  const order = at === undefined ? urls : [at, ...urls.filter((url) => url !== at)]
  return isOnce === true ? order.slice(0, 1) : order
}

function requestHeaders(world: ClientWorld, options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  if (options.bytes !== undefined || options.stream !== undefined)
    headers['content-type'] ??= 'application/octet-stream'
  // What is asked once comes again in another way: uploads go on.
  if (options.method !== 'GET' && options.isOnce !== true) {
    headers['idempotency-key'] ??= world.newKey()
  }
  return headers
}

type Answer<T> =
  | { readonly kind: 'value'; readonly value: T }
  /** The member said that another may do better. */
  | { readonly kind: 'elsewhere'; readonly error: AnilloError }
  /** Nobody spoke, or not to the end. */
  | { readonly kind: 'broken' }

async function tryDoor<T>(
  ask: () => Promise<Response>,
  read: (response: Response) => Promise<T | undefined>,
): Promise<Answer<T>> {
  try {
    const response = await askOrBroken(ask)
    if (response === undefined) return { kind: 'broken' }
    if (!response.ok) throw await problemOf(response)
    const value = await read(response)
    return value === undefined ? { kind: 'broken' } : { kind: 'value', value }
  } catch (thrown) {
    if (!isAnilloError(thrown) || ERRORS[thrown.code].retry !== 'elsewhere') throw thrown
    return { kind: 'elsewhere', error: thrown }
  }
}

async function askOrBroken(ask: () => Promise<Response>): Promise<Response | undefined> {
  try {
    return await ask()
  } catch (thrown) {
    if (isAnilloError(thrown)) throw thrown
    return undefined
  }
}

async function askAt(way: Way, door: string, options: RequestOptions): Promise<Response> {
  const { credentials, world } = way
  const ask = (shown?: string): Promise<Response> => {
    const headers = shown === undefined ? {} : { authorization: shown }
    return fetchInTime(world, door, { ...options, headers: { ...options.headers, ...headers } })
  }
  if (credentials === undefined || options.as === 'nobody') return ask()
  const isBare = options.as === 'somebody' && credentials.authorization === undefined
  if (isBare) await credentials.renew(undefined, way)
  return showing(credentials, way, ask)
}

/** Shows what there is, and something else for as long as the door refuses it. */
export async function showing(
  credentials: Credentials,
  way: Way,
  ask: (authorization: string | undefined) => Promise<Response>,
): Promise<Response> {
  for (let renewals = 0; ; renewals++) {
    const shown = credentials.authorization
    const response = await ask(shown)
    if (renewals === RENEWALS_MAX || !(await asksWho(response))) return response
    if (!(await credentials.renew(shown, way))) return response
    await response.body?.cancel().catch(() => undefined)
  }
}

/** A password in the request that is wrong has the same status: that is for whoever gave it. */
async function asksWho(response: Response): Promise<boolean> {
  if (response.status !== UNAUTHORIZED) return false
  const problem = await readJson(response.clone()).catch(() => undefined)
  return Check(Problem, problem) && problem.code === 'LOGIN_FIRST'
}

async function fetchInTime(
  world: ClientWorld,
  door: string,
  options: RequestOptions,
): Promise<Response> {
  const late = new AbortController()
  const signals = [late.signal, ...(options.signal === undefined ? [] : [options.signal])]
  // Counts until the head only: a body, or a stream of events, may take as long as it takes.
  const deadline = AbortSignal.timeout(options.timeoutMs)
  const expire = (): void => late.abort(deadline.reason)
  deadline.addEventListener('abort', expire)
  try {
    const init: StreamedInit = {
      method: options.method,
      headers: { ...options.headers },
      body: bodyOf(options),
      signal: AbortSignal.any(signals),
      ...(options.stream === undefined ? {} : { duplex: 'half' }),
    }
    return await world.fetch(door + options.path, init)
  } finally {
    deadline.removeEventListener('abort', expire)
  }
}

/** Fetch wants it said (WHATWG Fetch, 5.4), which the types of browsers do not know. */
interface StreamedInit extends RequestInit {
  readonly duplex?: 'half'
}

function bodyOf({ body, bytes, stream }: RequestOptions): NonNullable<RequestInit['body']> | null {
  if (stream !== undefined) return stream()
  if (bytes !== undefined) return new Uint8Array(bytes)
  return body === undefined ? null : JSON.stringify(body)
}

/**
 * The error of a member (RFC 9457); one with a code that this client does not know is `INTERNAL`.
 */
async function problemOf(response: Response): Promise<AnilloError> {
  const problem = await readJson(response)
  if (!Check(Problem, problem)) return foreignAnswer(response)
  const code = parseErrorCode(problem.code)
  if (code !== undefined) return new AnilloError(code, problem.details)
  const cause = new Error(`${problem.code}: ${problem.detail}`)
  return new AnilloError('INTERNAL', problem.details, { cause })
}

/** `undefined` where the body broke off. @throws AnilloError RPC_GARBLED where it is no JSON */
export async function readJson(response: Response): Promise<unknown> {
  const text = await textOrBroken(response)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw foreignAnswer(response)
  }
}

async function textOrBroken(response: Response): Promise<string | undefined> {
  try {
    return await response.text()
  } catch {
    return undefined
  }
}

/** Something else answers at this door, or a member of a far newer version. */
export function foreignAnswer(response: Response): AnilloError {
  const problem = `an answer with status ${response.status} that is not of anillo`
  return new AnilloError('RPC_GARBLED', { address: originOfAnswer(response), problem })
}

/** Of the door that sent it. */
export function originOfAnswer(response: Response): string {
  return URL.parse(response.url)?.origin ?? 'unknown'
}
