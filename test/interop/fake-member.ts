/**
 * A ring for trying the page without one: every member's door is the real gateway, behind it stand
 * a scripted scraper and a scripted ring. Doors can die and come back, downloads wait until let go.
 */
import { createHash } from 'node:crypto'

import { AnilloError, type ErrorCode, type ErrorDetails, errorText } from '../../src/base/errors.ts'
import type { Entrance } from '../../src/gateways/rest/door.ts'
import { createGateway } from '../../src/gateways/rest/gateway.ts'
import { createReplay } from '../../src/gateways/rest/replay.ts'
import type { RingView } from '../../src/overlay/types.ts'
import { platformClock } from '../../src/platform/clock.ts'
import { platformRandom } from '../../src/platform/random.ts'
import type { FileActs } from '../../src/services/files/acts/acts.ts'
import type { Links } from '../../src/services/files/links/types.ts'
import type { Files } from '../../src/services/files/types.ts'
import type { PageContent, Scraper } from '../../src/services/scrape/pages/scraper.ts'
import type { Search } from '../../src/services/scrape/search/searcher.ts'
import type { Transfer } from '../../src/services/scrape/transfer/transfer.ts'
import { PageDiffs } from '../../src/services/scrape/versions/page-diffs.ts'
import { versionTasks } from '../../src/services/scrape/versions/tasks.ts'
import type {
  Member,
  MemberRef,
  Page,
  Ring,
  RingEvent,
  Scrape,
  Waiting,
} from '../../src/wire/api.ts'
import type { FakeAccounts } from './fake-accounts.ts'
import { fakeArchive, type Older, type ScriptedPage } from './fake-archive.ts'
import type { FakeCrawls } from './fake-crawls.ts'
import { FakeSchedules } from './fake-schedules.ts'
import { freePorts } from './free-ports.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What the fake site answers at an address. */
export type Script =
  | {
      readonly kind: 'page'
      readonly body: string
      readonly contentType?: string
      readonly title?: string
      readonly status?: number
      readonly redirects?: Page['redirects']
      /** What was held before, newest first. */
      readonly older?: readonly Older[]
    }
  | { readonly kind: 'failure'; readonly code: ErrorCode; readonly details: ErrorDetails }
  /** Runs until `release(url)`, then is the page. */
  | { readonly kind: 'held'; readonly body: string; readonly received: number }

export interface FakeRingOptions {
  readonly members: number
  readonly pageRoot: string
  readonly scripts: Readonly<Record<string, Script>>
  /** Absent: its doors ask nobody who they are. */
  readonly accounts?: FakeAccounts
  /** Absent: its doors know nothing of lists, exports and imports. */
  readonly transfer?: Transfer
  /** What a search finds; absent: none can be made. */
  readonly search?: Search
  /** Absent: its doors know nothing of crawls. */
  readonly crawls?: FakeCrawls
  /** Of a ring with crawls; absent: it has none yet. */
  readonly schedules?: FakeSchedules
  /** Absent: its doors know nothing of files. */
  readonly files?: Files
  /** Of them; absent: there are none. */
  readonly links?: Links
  /** Who changed them; absent: nobody is told. */
  readonly fileActs?: Pick<FileActs, 'page'>
  /** Whoever shows no credential is a guest; true where not said otherwise. */
  readonly hasGuests?: boolean
}

interface Door {
  readonly close: () => Promise<void>
}

interface Download {
  readonly done: Promise<void>
  readonly release: () => void
}

/** Members of a large ring beyond these are there to be seen only. */
const DOORS_MAX = 20
const EVENTS_KEPT_MAX = 200
const RING_ID = '2'.repeat(32)
export const SILENT = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT }

export class FakeRing implements AsyncDisposable {
  readonly #options: FakeRingOptions
  readonly #schedules: FakeSchedules
  readonly #members: Member[]
  readonly #doors = new Map<string, Door>()
  readonly #events: RingEvent[] = []
  readonly #watchers = new Set<() => void>()
  readonly #held = new Map<string, Scrape>()
  readonly #downloads = new Map<string, Download>()
  /** Who waits to be let in. */
  readonly waiting: Waiting[] = []
  /** Downloads begun, by address. */
  readonly downloaded: string[] = []
  #lastAtMs = 0

  private constructor(options: FakeRingOptions, portOf: PortOf) {
    this.#options = options
    this.#schedules = options.schedules ?? new FakeSchedules()
    const blanks = Array.from({ length: options.members }, (_, i) => blankMember(i, portOf))
    this.#members = withNeighbours(blanks)
  }

  static async start(options: FakeRingOptions): Promise<FakeRing> {
    const ring = new FakeRing(options, await portsFor(options))
    for (const member of ring.#members) if (hasDoor(member)) await ring.#open(member)
    return ring
  }

  /** Members that are up, by position. */
  get members(): readonly Member[] {
    return this.#members
  }

  member(name: string): Member {
    const member = this.#members.find((one) => one.name === name)
    if (member === undefined) throw new Error(`no member ${name}`)
    return member
  }

  /** Its doors close at once, open connections break; the ring notices. */
  async kill(name: string): Promise<void> {
    const dead = this.member(name)
    await this.#doors.get(name)?.close()
    this.#doors.delete(name)
    this.#replace(dead, { state: 'down' })
    const witness = this.#members.find((one) => one.state === 'up')
    if (witness !== undefined)
      this.tell({ kind: 'died', member: refOf(witness), other: refOf(dead) })
  }

  async revive(name: string): Promise<void> {
    const member = this.member(name)
    await this.#open(member)
    this.#replace(member, { state: 'up' })
    this.tell({ kind: 'joined', member: refOf(member) })
  }

  tell(event: Omit<RingEvent, 'at'>): void {
    this.#lastAtMs = Math.max(Date.now(), this.#lastAtMs + 1)
    this.#events.push({ at: new Date(this.#lastAtMs).toISOString(), ...event })
    if (this.#events.length > EVENTS_KEPT_MAX) this.#events.shift()
    for (const watcher of this.#watchers) watcher()
  }

  /** Lets a held download end. */
  release(url: string): void {
    this.#downloads.get(url)?.release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#doors.values()].map((door) => door.close()))
  }

  #replace(member: Member, change: Partial<Member>): void {
    const index = this.#members.findIndex((one) => one.id === member.id)
    this.#members[index] = { ...member, ...change }
  }

  async #open(member: Member): Promise<void> {
    const scraper = this.#scraper(member)
    const { archive, diffs } = this.#versions()
    const door = await createGateway({
      clock: platformClock(),
      log: SILENT,
      scraper,
      archive,
      diffs,
      ring: this.#view(member),
      ...(this.#options.crawls === undefined
        ? {}
        : { crawls: this.#options.crawls, schedules: this.#schedules }),
      ...(this.#options.files === undefined ? {} : { files: this.#options.files }),
      ...(this.#options.links === undefined ? {} : { links: this.#options.links }),
      ...(this.#options.fileActs === undefined ? {} : { fileActs: this.#options.fileActs }),
      ...(this.#options.search === undefined ? {} : { search: this.#options.search }),
      ...(this.#options.transfer === undefined ? {} : { transfer: this.#options.transfer }),
      ...this.#entrance(),
      admissions: {
        waiting: async () => this.waiting,
        admit: async (code) => this.#admit(code),
        makeToken: async () => 'token',
        rotateAuthority: async () => ({
          number: 1,
          phase: 'done',
          beganAt: '2026-11-21T00:00:00.000Z',
          waitsFor: [],
        }),
      },
      ready: () => true,
      metrics: async () => '',
      pageRoot: this.#options.pageRoot,
      version: member.version,
    })
    const replay = await createReplay({
      clock: platformClock(),
      random: platformRandom(),
      log: SILENT,
      scraper,
      archive,
      ...this.#entrance(),
    })
    await door.listen({ host: 'localhost', port: Number(new URL(member.url).port) })
    await replay.listen({ host: 'localhost', port: Number(new URL(member.replayUrl).port) })
    this.#doors.set(member.name, {
      close: async () => {
        for (const { server } of [door, replay]) {
          // First, lest a browser comes again at once with the stream that it lost.
          server.close()
          server.closeAllConnections()
        }
        await Promise.all([door.close(), replay.close()])
      },
    })
  }

  #entrance(): { readonly entrance?: Entrance } {
    const { accounts, hasGuests = true } = this.#options
    if (accounts === undefined) return {}
    const entrance: Entrance = {
      accounts,
      ringId: RING_ID,
      hasGuests,
      isOrigin: async (origin) => this.#members.some((member) => member.url === origin),
      isRegistrationOpen: async () => accounts.isRegistrationOpen,
    }
    return { entrance }
  }

  #admit(code: string): void {
    const index = this.waiting.findIndex((one) => one.code === code)
    if (index < 0) throw new AnilloError('ADMISSION_UNKNOWN', { code })
    this.waiting.splice(index, 1)
  }

  #view(self: Member): RingView {
    return {
      ring: async (): Promise<Ring> => ({
        ringId: RING_ID,
        self: self.name,
        members: this.#members,
        partitions: [],
        mayFail: Math.min(2, this.#members.filter((one) => one.state === 'up').length - 1),
      }),
      lookup: async (key) => ({
        key,
        position: sha256(key),
        owner: this.#owner(sha256(key)),
        hops: [],
      }),
      events: (recent, signal) => this.#stream(recent, signal),
      self: () => self,
    }
  }

  async *#stream(recent: number, signal: AbortSignal): AsyncIterable<RingEvent> {
    let last = this.#events.at(-recent - 1)?.at ?? ''
    while (!signal.aborted) {
      const fresh = this.#events.filter((event) => event.at > last)
      last = fresh.at(-1)?.at ?? last
      yield* fresh
      if (fresh.length > 0) continue
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#watchers.add(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
      await promise
      this.#watchers.delete(resolve)
    }
  }

  #owner(position: string): MemberRef {
    const live = this.#members.filter((one) => one.state === 'up')
    const owner = live.find((one) => one.position >= position) ?? live[0]
    if (owner === undefined) throw new AnilloError('LOOKUP_EXHAUSTED')
    return refOf(owner)
  }

  #scraper(self: Member): Scraper {
    const canonical = (url: string): string => {
      if (!URL.canParse(url)) throw new AnilloError('URL_MALFORMED', { url })
      const { protocol, href } = new URL(url)
      if (!/^https?:$/.test(protocol))
        throw new AnilloError('URL_SCHEME', { scheme: protocol.slice(0, -1) })
      return href
    }
    return {
      scrape: async (request, waitMs) => {
        const url = canonical(request.url)
        const id = sha256(url)
        if (request.maxAge === 0) this.#held.delete(id)
        if (!this.#held.has(id)) this.#begin({ url, id, self })
        return this.#answer(id, waitMs)
      },
      find: async (id, waitMs) => (this.#held.has(id) ? this.#answer(id, waitMs) : undefined),
      content: async (id) => this.#content(id),
      idOf: (url) => sha256(canonical(url)),
    }
  }

  #begin(asked: { readonly url: string; readonly id: string; readonly self: Member }): void {
    const { url, id } = asked
    const owner = this.#owner(id)
    const between = this.#members.find(
      (one) => one.state === 'up' && one.id !== owner.id && one.id !== asked.self.id,
    )
    const hops = between === undefined ? [] : [refOf(between)]
    const script = this.#options.scripts[url] ?? {
      kind: 'failure',
      code: 'FETCH_REFUSED',
      details: { host: new URL(url).host },
    }
    this.downloaded.push(url)
    this.tell({ kind: 'lookup', member: refOf(asked.self), other: owner, hops, text: id })
    this.tell({ kind: 'downloadStarted', member: owner, url })
    const running: Scrape = { id, url, state: 'running', how: 'fetched', owner, hops }
    if (script.kind !== 'held') {
      this.#end(running, script)
      return
    }
    this.#held.set(id, { ...running, received: script.received })
    const { promise, resolve } = Promise.withResolvers<void>()
    const done = promise.then(() => this.#end(running, { kind: 'page', body: script.body }))
    this.#downloads.set(url, { done, release: resolve })
  }

  #end(running: Scrape, script: Exclude<Script, { kind: 'held' }>): void {
    const { id, url, owner } = running
    const at = new Date().toISOString()
    if (script.kind === 'failure') {
      const { code, details } = script
      this.#held.set(id, {
        ...running,
        state: 'failed',
        failure: { code, details, text: errorText(code, details), at },
      })
      this.tell({ kind: 'downloadFailed', member: owner, url, code })
      return
    }
    const page = pageOf(running, script)
    this.#held.set(id, { ...running, state: 'done', page, age: 0 })
    this.tell({ kind: 'downloadFinished', member: owner, url, bytes: page.bytes, durationMs: 182 })
    const member = this.member(owner.name)
    this.#replace(member, { pages: member.pages + 1, ownPages: member.ownPages + 1 })
  }

  async #answer(id: string, waitMs: number): Promise<Scrape> {
    const held = this.#held.get(id)
    if (held === undefined) throw new AnilloError('NOT_FOUND', { what: 'page' })
    if (held.state !== 'running') {
      if (held.how === 'fetched') this.#held.set(id, { ...held, how: 'hit' })
      return held
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, waitMs)
    await Promise.race([promise, this.#downloads.get(held.url)?.done])
    clearTimeout(timer)
    return this.#held.get(id) ?? held
  }

  #content(id: string): PageContent | undefined {
    const held = this.#scripted(id)
    if (held === undefined) return undefined
    return { page: held.page, body: ReadableStream.from([new TextEncoder().encode(held.body)]) }
  }

  #versions() {
    const archive = fakeArchive((id) => this.#scripted(id))
    const run = async (task: string, input: unknown): Promise<unknown> =>
      versionTasks[task]?.(input)
    return { archive, diffs: new PageDiffs(archive, { run }) }
  }

  #scripted(id: string): ScriptedPage | undefined {
    const held = this.#held.get(id)
    if (held?.page === undefined) return undefined
    const script = this.#options.scripts[held.url]
    const body = script === undefined || script.kind === 'failure' ? '' : script.body
    const older = script?.kind === 'page' ? (script.older ?? []) : []
    return { page: held.page, body, older }
  }
}

function hasDoor(member: Member): boolean {
  return Number(member.name.slice(1)) <= DOORS_MAX
}

/** Of a member’s door, and of where it replays. */
type PortOf = (index: number, door: 'page' | 'replay') => number

async function portsFor({ members }: FakeRingOptions): Promise<PortOf> {
  const free = await freePorts(2 * members)
  return (index, door) => free[2 * index + (door === 'page' ? 0 : 1)] ?? 0
}

function blankMember(index: number, portOf: PortOf): Member {
  const address = `127.0.0.1:${9300 + index}`
  return {
    name: `m${index + 1}`,
    id: sha256(`member ${index}`).slice(0, 32),
    url: `http://localhost:${portOf(index, 'page')}`,
    ftp: null,
    replayUrl: `http://localhost:${portOf(index, 'replay')}`,
    address,
    position: sha256(address),
    state: 'up',
    leads: 0,
    roles: ['entry', 'chord', 'tweeter'],
    host: 'here',
    version: '0.1.0',
    startedAt: new Date(Date.now() - 90_000).toISOString(),
    predecessor: null,
    successors: [],
    fingers: [],
    pages: 3 + ((index * 7) % 11),
    ownPages: 3 + ((index * 7) % 11),
    pageBytes: 48_213 * (index + 1),
    load: { downloads: 0, downloadsMax: 8, busy: false },
  }
}

export function refOf({ name, id, address, position }: MemberRef): MemberRef {
  return { name, id, address, position }
}

/** An ideal ring: every pointer right. */
function withNeighbours(members: readonly Member[]): Member[] {
  const sorted = members.toSorted((a, b) => (a.position < b.position ? -1 : 1))
  const at = (index: number): MemberRef[] => {
    const member = sorted[(index + sorted.length) % sorted.length]
    return member === undefined ? [] : [refOf(member)]
  }
  return sorted.map((member, index) => ({
    ...member,
    predecessor: at(index - 1)[0] ?? null,
    successors: [1, 2, 3]
      .filter((step) => step < sorted.length)
      .flatMap((step) => at(index + step)),
    fingers: fingersOf(member, sorted),
  }))
}

function fingersOf(member: Member, sorted: readonly Member[]): Member['fingers'] {
  const own = BigInt(`0x${member.position}`)
  const fingers = new Map<string, Member['fingers'][number]>()
  for (let bit = 0; bit < 256; bit++) {
    const target = ((own + (1n << BigInt(bit))) % (1n << 256n)).toString(16).padStart(64, '0')
    const finger = sorted.find((one) => one.position >= target) ?? sorted[0]
    if (finger !== undefined && finger.id !== member.id)
      fingers.set(finger.id, { bit, member: refOf(finger) })
  }
  return [...fingers.values()]
}

function pageOf(running: Scrape, script: Extract<Script, { kind: 'page' }>): Page {
  const {
    body,
    contentType = 'text/html; charset=utf-8',
    title,
    status = 200,
    redirects = [],
  } = script
  const bytes = Buffer.byteLength(body)
  return {
    id: running.id,
    url: running.url,
    finalUrl: redirects.at(-1)?.url ?? running.url,
    redirects: [...redirects],
    status,
    statusText: status === 200 ? 'OK' : 'Not Found',
    headers: [
      ['Content-Type', contentType],
      ['Content-Length', String(bytes)],
      ['Server', 'a-site/1.0'],
      ['Last-Modified', 'Fri, 20 Nov 2026 10:00:00 GMT'],
      ['ETag', `"${sha256(body).slice(0, 12)}"`],
    ],
    contentType,
    charset: 'utf-8',
    title: title ?? null,
    bytes,
    wireBytes: Math.ceil(bytes * 0.4),
    hash: sha256(body),
    fetchedAt: new Date().toISOString(),
    durationMs: 182.4,
    remoteAddress: '127.0.0.1',
    fetchedBy: running.owner,
  }
}
