/** Shares and downloads of rings in memory, one open network between them, and no sockets. */
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { hexOf } from '../../base/hex.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import { platformClock } from '../../platform/clock.ts'
import { platformRandom } from '../../platform/random.ts'
import { platformSigning } from '../../platform/signing.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { dispositionOf } from '../../wire/media-types.ts'
import { ALL_PARTITIONS, pkIn } from '../../wire/partition.ts'
import { ACTIVE_TABLE, readActive } from './downloads/download-rows.ts'
import { MemoryHeld } from './held.test-helper.ts'
import type { MainlineAsk, MainlineNetwork, MainlineSaying } from './mainline/mainline.ts'
import type { OutsideNetwork, OutsidePicture, OutsideValue, ShareRecord } from './outside.ts'
import type {
  ActiveDownload,
  SealedBody,
  ShareAct,
  SharerStanding,
  ShareTree,
  ShareUser,
} from './parts.ts'
import { OUTSIDE_PROCEDURES } from './procedures.ts'
import { createShareService, type ShareService } from './share-service.ts'
import { RingPublisher } from './shares/publisher.ts'
import type { Answer, Ask } from './sources/checked-http.ts'
import { SourceClient } from './sources/source-client.ts'

export const ANA: ShareUser = { nick: 'ana', isManager: false, groups: [] }
export const BEN: ShareUser = { nick: 'ben', isManager: false, groups: [] }

const PICTURE: OutsidePicture = {
  id: '',
  publicKey: '',
  host: '',
  port: 0,
  buckets: [],
  lookups: [],
  held: { keys: 0, records: 0, bytes: 0 },
  counts: {},
}

/** What everybody finds. */
export class MemoryOutside {
  readonly records = new Map<string, Map<string, ShareRecord>>()
  readonly texts = new Map<string, string>()

  of(publisher: RingPublisher): OutsideNetwork {
    const { records, texts } = this
    return {
      async *get(name): AsyncGenerator<OutsideValue> {
        const text = texts.get(name)
        if (text !== undefined) yield { kind: 'text', value: text }
        for (const record of records.get(name)?.values() ?? []) yield { kind: 'record', record }
      },
      async set(name, value) {
        texts.set(name, value)
        return 1
      },
      async publish({ name, ...said }) {
        const by = hexOf((await publisher.key()).publicKey)
        const known = records.get(name) ?? new Map<string, ShareRecord>()
        const before = known.get(by)
        if (before !== undefined && before.sequence >= said.sequence) return 0
        known.set(by, { ...said, key: '', publisher: by, signature: '' })
        records.set(name, known)
        return 1
      },
      async withdraw(name, sequence) {
        const by = hexOf((await publisher.key()).publicKey)
        const known = records.get(name)?.get(by)
        if (known !== undefined) records.get(name)?.set(by, { ...known, urls: [], sequence })
        return 1
      },
      trace: async () => undefined,
      describe: () => PICTURE,
    }
  }
}

/** Servers by origin: what each answers. */
export type Server = (path: string, ask: Ask) => Promise<Answer>

export class MemoryWeb {
  readonly servers = new Map<string, Server>()
  /** Bytes that were asked for, by origin. */
  readonly asked = new Map<string, number[]>()

  ask = async (ask: Ask): Promise<Answer> => {
    const { origin, pathname } = new URL(ask.url)
    const server = this.servers.get(origin)
    if (server === undefined) throw new AnilloError('FETCH_REFUSED', { host: origin })
    if (ask.range !== undefined) {
      this.asked.set(origin, [...(this.asked.get(origin) ?? []), ask.range.from])
    }
    return server(decodeURIComponent(pathname), ask)
  }
}

export function answerOf(
  status: number,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    url: '',
    status,
    header: (name) => headers[name],
    body: (async function* () {
      if (body.length > 0) yield body
    })(),
  }
}

/** As plain servers have a file, whatever is asked of them. */
export function plainServer(bytes: Uint8Array, { hasRanges = true } = {}): Server {
  return async (path, { range, url }) => {
    if (path.endsWith('/tree') || path.endsWith('/have')) return answerOf(404, new Uint8Array(0))
    const length = String(bytes.length)
    if (range === undefined || !hasRanges) {
      return { ...answerOf(200, bytes, { 'content-length': length }), url }
    }
    const to = Math.min(range.to, bytes.length)
    const headers = { 'content-range': `bytes ${range.from}-${to - 1}/${length}` }
    return { ...answerOf(206, bytes.subarray(range.from, to), headers), url }
  }
}

class MemoryTree implements ShareTree {
  readonly files = new Map<string, { readonly by: string; readonly body: SealedBody }>()

  at: ShareTree['at'] = async (who, path) => {
    const file = this.files.get(path)
    if (file === undefined) throw new AnilloError('NO_ENTRY', { path })
    const access = file.by === who.nick ? 'own' : 'read'
    return { path, name: path.slice(path.lastIndexOf('/') + 1), access, body: file.body }
  }

  put: ShareTree['put'] = async (who, path, body) => {
    if (this.files.has(path)) throw new AnilloError('ENTRY_EXISTS', { path })
    this.files.set(path, { by: who.nick ?? '', body })
    return path
  }

  mayPut: ShareTree['mayPut'] = async (_who, path) => {
    if (this.files.has(path)) throw new AnilloError('ENTRY_EXISTS', { path })
  }
}

function activeAs(nick: string): SharerStanding {
  return { kind: 'active', who: { nick, isManager: false, groups: [] } }
}

/** What lies in Mainline, and what was said there, in order. */
export class MemoryMainline implements MainlineNetwork {
  readonly sayings: MainlineSaying[] = []
  readonly asks: MainlineAsk[] = []
  readonly #items = new Map<string, MainlineSaying>()
  /** How many nodes take what is said. */
  nodes = 8

  find: MainlineNetwork['find'] = async (ask) => {
    this.asks.push(ask)
    return this.#items.get(`${ask.publisher} ${ask.salt}`)?.urls ?? []
  }

  say: MainlineNetwork['say'] = async ({ publicKey }, saying) => {
    const key = `${hexOf(publicKey)} ${saying.salt}`
    this.sayings.push(saying)
    if (this.nodes === 0 || (this.#items.get(key)?.sequence ?? -1) >= saying.sequence) return 0
    this.#items.set(key, saying)
    return this.nodes
  }
}

interface Net {
  readonly outside: MemoryOutside
  readonly web: MemoryWeb
  /** Absent: no member takes part in it. */
  readonly mainline?: MainlineNetwork | undefined
}

interface RingOptions {
  /** Another member of this one. */
  readonly same?: MemoryRing | undefined
  readonly clock?: Clock | undefined
}

/** One ring with one member, or another member of it. */
export class MemoryRing {
  readonly store: MemoryStore
  readonly tree: MemoryTree
  readonly bytes: MemoryHeld
  readonly #net: Net
  readonly #clock: Clock
  readonly service: ShareService
  /** Of its open door; empty where strangers reach none. */
  readonly origin: string
  /** Of accounts that are not as they were. */
  readonly standings: Map<string, SharerStanding>
  readonly acts: (ShareAct & { readonly nick: string | undefined })[]
  /** Whether this member leads what there is to do. */
  leads = true

  constructor(net: Net, origin: string, { clock = platformClock(), same }: RingOptions = {}) {
    const { mainline, outside, web } = net
    this.#clock = clock
    this.#net = net
    this.tree = same?.tree ?? new MemoryTree()
    this.bytes = same?.bytes ?? new MemoryHeld()
    this.standings = same?.standings ?? new Map()
    this.acts = same?.acts ?? []
    const procedures = [...this.bytes.procedures, ...OUTSIDE_PROCEDURES]
    const store = same?.store ?? new MemoryStore(procedures)
    // What was made just now is due.
    if (same === undefined) store.nowMs = Math.floor(clock.wallMs()) - SECOND_MS
    this.store = store
    this.origin = origin
    const publisher = new RingPublisher(store, platformSigning())
    this.service = createShareService({
      effects: {
        clock,
        random: platformRandom(),
        signing: platformSigning(),
        log: this.#log,
      },
      store,
      active: () => this.#active(),
      bytes: this.bytes,
      tree: this.tree,
      standing: async (nick) => this.standings.get(nick) ?? activeAs(nick),
      note: ({ nick }, act) => void this.acts.push({ nick, ...act }),
      outside: outside.of(publisher),
      mainline,
      sources: new SourceClient(web),
      doors: async () => (origin === '' ? [] : [origin]),
      publisher,
    })
    web.servers.set(origin, (path, ask) => this.#serve(path, ask))
  }

  readonly errors: unknown[] = []
  readonly #log: Log = {
    debug() {},
    info() {},
    warn() {},
    error: (...told) => void this.errors.push(told),
    child: () => this.#log,
  }

  /** Another member of it: the store is the same. */
  otherMember(): MemoryRing {
    return new MemoryRing(this.#net, this.origin, { same: this, clock: this.#clock })
  }

  /** A file of ana. */
  async file(path: string, bytes: Uint8Array): Promise<void> {
    const writer = this.bytes.begin()
    await writer.push(bytes)
    this.tree.files.set(path, { by: 'ana', body: await writer.seal() })
  }

  async bytesAt(path: string): Promise<Uint8Array> {
    const file = this.tree.files.get(path)
    if (file === undefined) throw new AnilloError('NO_ENTRY', { path })
    const parts: Uint8Array[] = []
    const to = file.body.kind === 'here' ? file.body.bytes.length : file.body.bytes
    for await (const part of this.bytes.read(file.body, { from: 0, to })) parts.push(part.slice())
    return Buffer.concat(parts)
  }

  async #active(): Promise<readonly ActiveDownload[]> {
    if (!this.leads) return []
    const lists = await Promise.all(
      ALL_PARTITIONS.map((partition) =>
        this.store.list({ table: ACTIVE_TABLE, pk: pkIn(ACTIVE_TABLE, partition), limit: 100 }),
      ),
    )
    return lists.flatMap(({ items }) => items.map(readActive))
  }

  /** As the open door does, in short. */
  async #serve(path: string, { range, url }: Ask): Promise<Answer> {
    const [, , root = '', what] = path.split('/')
    const found = await this.service.shares.servedOf(root)
    if (found === undefined) return answerOf(404, new Uint8Array(0))
    const open = this.service.shares.open(found.id, found.row)
    if (what === 'tree') {
      const headers = { 'anillo-share-bytes': String(found.row.bytes) }
      return answerOf(200, await open.layer(), headers)
    }
    if (what === 'have') return answerOf(404, new Uint8Array(0))
    const parts: Uint8Array[] = []
    for await (const part of open.read(range ?? { from: 0, to: found.row.bytes })) {
      parts.push(part.slice())
    }
    const bytes = Buffer.concat(parts)
    const to = (range?.from ?? 0) + bytes.length
    const headers = {
      'content-range': `bytes ${range?.from}-${to - 1}/${found.row.bytes}`,
      'content-disposition': dispositionOf(found.row.name, 'application/octet-stream', true),
      etag: `"${root}"`,
    }
    return { ...answerOf(range === undefined ? 200 : 206, bytes, headers), url }
  }
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return sha256Hex(a) === sha256Hex(b)
}
