/**
 * A ring of page services in one process: the services and the downloads are real; the store is the
 * model in memory, one for all; the ring and the calls between members are a few lines here, which
 * the test can break as it likes.
 */
import { assert, present } from '../../../base/assert.ts'
import { AnilloError, asAnilloError } from '../../../base/errors.ts'
import { parseMemberId, parseRingId, type Position } from '../../../base/ids.ts'
import { DAY_MS, HOUR_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Crypto, KeyAndCertificate } from '../../../effects/crypto.ts'
import type { Log } from '../../../effects/log.ts'
import type { MemberCredentials } from '../../../effects/net.ts'
import type { OwnerAnswer, Overlay } from '../../../overlay/types.ts'
import { platformClock } from '../../../platform/clock.ts'
import { makeCrypto } from '../../../platform/crypto.ts'
import { platformDns } from '../../../platform/dns.ts'
import { createPlatformHttp } from '../../../platform/http.ts'
import { platformRandom } from '../../../platform/random.ts'
import { platformUnpack } from '../../../platform/unpack.ts'
import type { CallContext, CallOptions, RpcClient, RpcServer, Target } from '../../../rpc/types.ts'
import { MemoryChunks } from '../../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import type { RingEvent } from '../../../wire/api.ts'
import { contactOf } from '../../../wire/contact.ts'
import type { Method } from '../../../wire/method.ts'
import { CRAWL_PROCEDURES } from '../crawl/procedures.ts'
import type { HeldPages } from './page-census.ts'
import {
  answerPages,
  createPageService,
  type PageService,
  type PageSettings,
} from './page-service.ts'
import type { PageStore } from './page-table.ts'

type Self = OwnerAnswer['owner']
type Doing = Omit<RingEvent, 'at' | 'member'>
type Handler = (question: unknown, context: CallContext) => unknown

export const SILENT: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => SILENT,
}

/** The operating system's time, with a wall clock that a test can set on. */
class ShiftedClock implements Clock {
  readonly #clock = platformClock()
  shiftMs = 0
  nowMs = (): number => this.#clock.nowMs()
  wallMs = (): number => this.#clock.wallMs() + this.shiftMs
  after: Clock['after'] = (delayMs, run) => this.#clock.after(delayMs, run)
  soon: Clock['soon'] = (run) => this.#clock.soon(run)
}

export class PageMember {
  readonly self: Self
  readonly ring: PageRing
  readonly handlers = new Map<string, Handler>()
  readonly doings: Doing[] = []
  readonly watchers = new Set<() => void>()
  /** Aborted when the member is killed: whatever is under way with it breaks. */
  life = new AbortController()
  /** Takes calls and never answers, as a stopped process does. */
  isStopped = false
  readonly #swallowed = Promise.withResolvers<void>()
  service: PageService | undefined
  /** Its failure domain; each has its own. */
  host: string
  credentials: MemberCredentials | undefined

  constructor(ring: PageRing, index: number) {
    this.ring = ring
    const id = parseMemberId(index.toString(16).padStart(32, '0'))
    this.self = {
      ...contactOf(id, `127.0.0.1:${String(19_300 + index)}`),
      name: `m${String(index)}`,
    }
    this.host = `host-${String(index)}`
  }

  /** Settles when it was first asked while it was stopped. */
  get swallowed(): Promise<void> {
    return this.#swallowed.promise
  }

  /** The answer of a stopped process. */
  swallow(): Promise<never> {
    this.#swallowed.resolve()
    return new Promise(nothing)
  }

  get pages(): PageService {
    assert(this.service !== undefined, 'the member runs')
    return this.service
  }

  told(kind: Doing['kind']): readonly Doing[] {
    return this.doings.filter((doing) => doing.kind === kind)
  }
}

export interface PageRingOptions {
  readonly members: number
  readonly settings?: Partial<PageSettings>
  /** Its members have been there for a while; who joins later has not. */
  readonly isAtRest?: boolean
  /** Members have certificates, and can say what they saw. */
  readonly isCertified?: boolean
}

export class PageRing implements AsyncDisposable {
  readonly clock = new ShiftedClock()
  readonly members: PageMember[] = []
  readonly store = new MemoryStore(CRAWL_PROCEDURES)
  readonly chunks = new MemoryChunks()
  settings: PageSettings
  /** Those that the ring knows of, by position. */
  #known: PageMember[] = []
  readonly #waiters = new Set<() => void>()
  readonly crypto = makeCrypto()
  authority: KeyAndCertificate | undefined

  private constructor(settings: PageSettings) {
    this.settings = settings
  }

  static async start(options: PageRingOptions): Promise<PageRing> {
    const gate = { allowLoopback: true, ownPorts: () => [] }
    const settings = { agent: 'anillo/0 (+test)', gate, ...options.settings }
    const ring = new PageRing(settings)
    if (options.isAtRest === true) ring.settings = { ...settings, quietMs: 0 }
    if (options.isCertified === true) {
      ring.authority = await ring.crypto.makeAuthority(RING_ID, Date.now() - HOUR_MS)
    }
    for (let i = 0; i < options.members; i++) await ring.join()
    ring.settings = settings
    return ring
  }

  /** Starts one more member; the ring knows it at once. */
  async join(index = this.members.length): Promise<PageMember> {
    const member = new PageMember(this, index)
    this.members.push(member)
    await this.run(member)
    return member
  }

  /** Starts the member (again). */
  async run(member: PageMember): Promise<void> {
    member.life = new AbortController()
    member.isStopped = false
    member.handlers.clear()
    if (this.authority !== undefined) {
      member.credentials ??= await certify(this.crypto, this.authority, member)
    }
    this.#know([...this.#known, member])
    answerPages(serverOf(member), () => member.service)
    member.service = createPageService({
      effects: {
        clock: this.clock,
        random: platformRandom(),
        dns: platformDns,
        http: createPlatformHttp(),
        unpack: platformUnpack,
        log: SILENT,
      },
      rpc: clientOf(member),
      overlay: overlayOf(member),
      store: storeOf(member),
      held: NOTHING_HELD,
      nameOf: (id) => this.members.find(({ self }) => self.id === id)?.self.name,
      settings: this.settings,
      // The list of members has the dead as well.
      crew: () => this.members.map(({ host, self }) => ({ ...self, host })),
      signer: {
        crypto: this.crypto,
        ringId: RING_ID,
        memberId: member.self.id,
        credentials: () => present(member.credentials, 'members have certificates'),
      },
      tell: (doing) => {
        member.doings.push(doing)
        this.#changed()
      },
    })
  }

  /** Gone without a word; the ring notices when somebody calls it. */
  async kill(member: PageMember): Promise<void> {
    member.life.abort(unreachable(member))
    await member.pages[Symbol.asyncDispose]()
  }

  /** As SIGTERM: the ring closes over the gap, and what runs at the member ends. */
  async stop(member: PageMember): Promise<void> {
    this.forget(member)
    await member.pages[Symbol.asyncDispose]()
    member.life.abort(unreachable(member))
  }

  async leave(member: PageMember): Promise<void> {
    await member.pages.drain()
    this.forget(member)
    await this.kill(member)
  }

  forget(member: PageMember): void {
    if (this.#known.includes(member)) this.#know(this.#known.filter((each) => each !== member))
  }

  at(address: string | undefined): PageMember | undefined {
    return this.members.find((member) => member.self.address === address)
  }

  known(): readonly PageMember[] {
    return this.#known
  }

  ownerOf(id: string): PageMember {
    const owner = this.#known.find((member) => member.self.position >= id) ?? this.#known[0]
    assert(owner !== undefined, 'the ring has members')
    return owner
  }

  /** The `count` known members behind this one. */
  after(member: PageMember, count: number): readonly PageMember[] {
    const others = this.#known.filter((each) => each !== member)
    const later = others.filter((each) => each.self.position > member.self.position)
    return [...later, ...others.filter((each) => !later.includes(each))].slice(0, count)
  }

  /** Settles as soon as it holds; asked again whenever anybody does anything. */
  async until(holds: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = (): void => {
      if (holds()) resolve()
    }
    this.#waiters.add(check)
    check()
    await promise
    this.#waiters.delete(check)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.members) if (!member.life.signal.aborted) await this.kill(member)
  }

  #know(members: readonly PageMember[]): void {
    this.#known = members.toSorted((a, b) => (a.self.position < b.self.position ? -1 : 1))
    for (const member of this.#known) for (const changed of member.watchers) changed()
  }

  #changed(): void {
    for (const check of this.#waiters) check()
  }
}

const RING_ID = parseRingId('9'.repeat(32))

async function certify(
  crypto: Crypto,
  authority: KeyAndCertificate,
  { self }: PageMember,
): Promise<MemberCredentials> {
  const { privateKeyPem, requestPem } = await crypto.makeRequest(self.id)
  const names = { ringId: RING_ID, memberId: self.id }
  const dates = { validFromMs: Date.now() - HOUR_MS, validForMs: DAY_MS }
  const certificatePem = await crypto.issue({ authority, requestPem, ...names, ...dates })
  return { authorityPem: authority.certificatePem, certificatePem, privateKeyPem }
}

const NOTHING_HELD: HeldPages = {
  held: () => [],
  replica: () => undefined,
  onApplied: () => nothing,
}

/** The one store, as long as the member lives; its time is the ring's. */
export function storeOf(member: PageMember): PageStore {
  const { chunks, clock, store } = member.ring
  const here = <T>(work: () => T): T => {
    if (member.life.signal.aborted) throw unreachable(member)
    store.nowMs = clock.wallMs()
    return work()
  }
  return {
    get: async (key) => here(() => store.get(key)),
    list: async (range) => here(() => store.list(range)),
    transact: async (request) => here(() => store.transact(request)),
    call: async (group, procedure, input) => here(() => store.call(group, procedure, input)),
    chunks: {
      get: async (hash) => here(() => chunks.get(hash)),
      put: async (bytes, upload) => here(() => chunks.put(bytes, upload)),
      read: (refs) => chunks.read(refs),
      write: (content, upload) => chunks.write(content, upload),
    },
  }
}

export function overlayOf(member: PageMember): Overlay {
  const { ring, self } = member
  const predecessor = (): Self | undefined => ring.after(member, ring.known().length).at(-1)?.self
  return {
    self,
    joined: true,
    async owner(position: Position) {
      const owner = ring.ownerOf(position).self
      return { owner, hops: [], isSelf: owner.id === self.id }
    },
    owns: (position) => ring.ownerOf(position) === member,
    successors: (count) => ring.after(member, count).map((each) => each.self),
    predecessor,
    onNeighbours(changed) {
      member.watchers.add(changed)
      return () => void member.watchers.delete(changed)
    },
  }
}

export function serverOf(member: PageMember): RpcServer {
  const handle = (method: { readonly name: string }, answer: Handler): void => {
    assert(!member.handlers.has(method.name), 'one handler a method')
    member.handlers.set(method.name, answer)
  }
  return {
    handle: (method, answer) =>
      handle(method, (value, context) => answer(read(method.readQuestion, value), context)),
    handleStream: (method, answer) =>
      handle(method, (value, context) => answer(read(method.readQuestion, value), context)),
  }
}

export function clientOf(caller: PageMember): RpcClient {
  const begin = <Q, A>(target: Target, method: Method<Q, A>, options: CallOptions) => {
    const callee = caller.ring.at(target.addresses[0])
    assert(callee !== undefined, 'the address is one of the ring')
    if (callee.life.signal.aborted) {
      caller.ring.forget(callee)
      throw unreachable(callee)
    }
    const timeoutMs = options.timeoutMs ?? method.timeoutMs
    const ends = [
      callee.life.signal,
      caller.life.signal,
      ...(options.signal === undefined ? [] : [options.signal]),
    ]
    const late = new AnilloError('RPC_TIMEOUT', {
      address: callee.self.address,
      method: method.name,
    })
    return {
      callee,
      signal: AbortSignal.any(ends),
      context: { caller: caller.self.id, timeLeftMs: timeoutMs },
      timeoutMs,
      late,
    }
  }
  return {
    async call(target, method, question, options = {}) {
      const { callee, signal, context, timeoutMs, late } = begin(target, method, options)
      const answer = callee.isStopped
        ? callee.swallow()
        : handlerOf(callee, method.name)(plain(question), { ...context, signal })
      const value = await settled(Promise.resolve(answer), { signal, timeoutMs, late })
      return read(method.readAnswer, plain(value))
    },
    async *stream(target, method, question, options = {}) {
      const { callee, signal, context, timeoutMs, late } = begin(target, method, options)
      const items = handlerOf(callee, method.name)(plain(question), {
        ...context,
        signal,
      }) as AsyncIterable<unknown>
      const iterator = items[Symbol.asyncIterator]()
      try {
        for (;;) {
          const next = callee.isStopped ? callee.swallow() : iterator.next()
          const step = await settled(next, { signal, timeoutMs, late })
          if (step.done === true) return
          yield read(method.readAnswer, plain(step.value))
        }
      } finally {
        void iterator.return?.()
      }
    },
  }
}

interface Ends {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly late: AnilloError
}

async function settled<T>(promise: Promise<T>, { signal, timeoutMs, late }: Ends): Promise<T> {
  const broken = Promise.withResolvers<never>()
  const abort = (): void => broken.reject(asAnilloError(signal.reason))
  const timer = setTimeout(() => broken.reject(late), timeoutMs)
  signal.addEventListener('abort', abort, { once: true })
  try {
    if (signal.aborted) abort()
    return await Promise.race([promise, broken.promise])
  } catch (thrown) {
    throw asAnilloError(thrown)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

function handlerOf(member: PageMember, name: string): Handler {
  const handler = member.handlers.get(name)
  if (handler === undefined)
    throw new AnilloError('RPC_UNKNOWN_METHOD', { address: member.self.address, method: name })
  return handler
}

/** As it would come out at the other end of the wire. */
function plain(value: unknown): unknown {
  return structuredClone(value)
}

function read<T>(reader: (value: unknown) => T | undefined, value: unknown): T {
  const known = reader(value)
  if (known === undefined)
    throw new AnilloError('RPC_GARBLED', {
      address: 'test',
      problem: JSON.stringify(value).slice(0, 500),
    })
  return known
}

function unreachable(member: PageMember): AnilloError {
  return new AnilloError('RPC_UNREACHABLE', { address: member.self.address, problem: 'killed' })
}

function nothing(): void {}
