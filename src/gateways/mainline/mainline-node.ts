/**
 * A node of BitTorrent’s Mainline DHT by bittorrent-dht, which is loaded here and nowhere else, and
 * only by a member that takes part. It reads and says items (BEP 44);
 * it answers nobody and keeps nothing (BEP 43). Nothing of the library is trusted: it has a guarded
 * socket, what it found is read again, and what it does not end in time is ended.
 */
import type DHT from 'bittorrent-dht'

import { bytesOfHex, hexOf } from '../../base/hex.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import type { DatagramSocket, Endpoint } from '../../effects/net.ts'
import type { SigningKey } from '../../effects/signing.ts'
import type {
  MainlineAsk,
  MainlineNetwork,
  MainlineSaying,
} from '../../services/share/mainline/mainline.ts'
import type { Unbencoded, UnbencodedMap } from '../../wire/bencode.ts'
import { fittingItem, isOfShare, itemTarget, readItem } from '../../wire/mainline/item.ts'
import { noCounts, type MainlineCounts } from './counts.ts'
import { GuardedSocket } from './guarded-socket.ts'

/** A look-up among millions of nodes takes some seconds. */
export const FIND_MS = 15 * SECOND_MS
/** With as many writes behind it. */
export const SAY_MS = 45 * SECOND_MS
/** Under way at once; others come later. */
const AT_ONCE_MAX = 16
/** No name of a node led anywhere, or the library could not be loaded. */
const OPENED_AGAIN_MS = MINUTE_MS

export interface MainlineEffects extends Pick<
  Effects,
  'clock' | 'dns' | 'log' | 'net' | 'random' | 'signing'
> {}

export interface MainlineNodeOptions {
  readonly endpoint: Endpoint
  /** By which it finds the network; names are looked up, addresses of IPv4 used. */
  readonly bootstrap: readonly Endpoint[]
  /** Whether a node that another named may be asked. */
  readonly isAllowed: (at: Endpoint) => boolean
  /** Whether an address of a share is one for the world. */
  readonly isTold: (url: string) => boolean
}

/** @throws AnilloError PORT_IN_USE */
export async function openMainlineNode(
  effects: MainlineEffects,
  options: MainlineNodeOptions,
): Promise<MainlineNode> {
  const node = new MainlineNode(effects, options)
  await node.open()
  return node
}

export class MainlineNode implements MainlineNetwork, AsyncDisposable {
  readonly counts: MainlineCounts = noCounts()
  readonly #effects: MainlineEffects
  readonly #options: MainlineNodeOptions
  readonly #guarded: GuardedSocket
  readonly #named = new Set<string>()
  #socket: DatagramSocket | undefined
  #library: DHT | undefined
  #again: Timer | undefined
  #begun: Promise<void> = Promise.resolve()
  #underWay = 0
  #isClosed = false

  constructor(effects: MainlineEffects, options: MainlineNodeOptions) {
    this.#effects = effects
    this.#options = options
    const { clock, log, random } = effects
    const isAllowed = (at: Endpoint): boolean =>
      this.#named.has(`${at.host}:${at.port}`) || options.isAllowed(at)
    this.#guarded = new GuardedSocket({ clock, log, random, counts: this.counts, isAllowed })
  }

  /** Resolves when it listens; it takes part some time later. */
  async open(): Promise<void> {
    this.#socket = await this.#effects.net.datagrams({
      endpoint: this.#options.endpoint,
      shared: false,
      received: (bytes, from) => this.#guarded.received(bytes, from),
    })
    this.#guarded.opened(this.#socket)
    this.#begun = this.#begin()
  }

  /** Nodes that it knows. */
  get contacts(): number {
    return this.#library?.nodes.toArray().length ?? 0
  }

  async find(ask: MainlineAsk, signal?: AbortSignal): Promise<readonly string[]> {
    const target = itemTarget(bytesOfHex(ask.publisher), ask.salt)
    const found = await this.#within({ target, limitMs: FIND_MS, signal }, (library, told) => {
      const salt = Buffer.from(ask.salt, 'hex')
      library.get(Buffer.from(target), { salt, cache: false }, (_, item) => told(item?.v))
    })
    const item = readItem(mapOf(found))
    if (item === undefined || !isOfShare(item, ask.salt)) return []
    this.counts.found++
    return item.urls
  }

  async say(
    key: SigningKey,
    { salt, sequence, urls }: MainlineSaying,
    signal?: AbortSignal,
  ): Promise<number> {
    const { signing } = this.#effects
    const told = urls.filter(this.#options.isTold)
    if (told.length === 0 && urls.length > 0) return 0
    const target = itemTarget(key.publicKey, salt)
    const item = fittingItem({ infoHash: bytesOfHex(salt), urls: told })
    const taken = await this.#within({ target, limitMs: SAY_MS, signal }, (library, done) => {
      const put = {
        k: Buffer.from(key.publicKey),
        salt: Buffer.from(item.infoHash),
        seq: sequence,
        v: { ih: Buffer.from(item.infoHash), ws: item.urls.map((url) => Buffer.from(url)) },
        sign: (bytes: Uint8Array) => Buffer.from(signing.sign(key.privateKey, bytes)),
      }
      library.put(put, (error, _, count) => done(error === null ? count : 0))
    })
    const nodes = typeof taken === 'number' ? taken : 0
    if (nodes > 0) this.counts.said++
    return nodes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#again?.cancel()
    this.#library?.destroy()
    await this.#socket?.close()
  }

  /** Never rejects; what failed is tried again. */
  async #begin(): Promise<void> {
    const { clock, log } = this.#effects
    try {
      const bootstrap = await this.#addresses()
      if (bootstrap.length > 0 && !this.#isClosed) {
        this.#library = await this.#load(bootstrap)
        if (this.#isClosed) this.#library.destroy()
        return
      }
    } catch (thrown) {
      log.error('Mainline could not be opened', { error: thrown })
    }
    if (this.#isClosed) return
    this.#again = clock.after(OPENED_AGAIN_MS, () => {
      this.#begun = this.#begin()
    })
  }

  async #load(bootstrap: readonly Endpoint[]): Promise<DHT> {
    const { log, signing } = this.#effects
    const { default: Library } = await import('bittorrent-dht')
    for (const { host, port } of bootstrap) this.#named.add(`${host}:${port}`)
    const library = new Library({
      bootstrap: [...this.#named],
      socket: this.#guarded,
      // It would look names up by itself: there are none.
      isIP: () => 4,
      maxTables: TABLES_MAX,
      maxValues: 1,
      maxPeers: 1,
      verify: (signature, bytes, publicKey) => signing.verify(publicKey, bytes, signature),
    })
    library.on('error', (error) => log.warn('Mainline', { error }))
    library.on('warning', (error) => log.debug('Mainline', { error }))
    library.listen()
    return library
  }

  async #addresses(): Promise<readonly Endpoint[]> {
    const { dns, log } = this.#effects
    const found: Endpoint[] = []
    for (const { host, port } of this.#options.bootstrap) {
      const addresses = await dns.resolve(host).catch((thrown: unknown) => {
        log.warn('a node of Mainline is not found', { host, thrown })
        return []
      })
      for (const { address, family } of addresses) {
        if (family === 4) found.push({ host: address, port })
      }
    }
    return found
  }

  /** What the library tells in time, of a target that it then asks for no more. */
  async #within(
    { limitMs, signal, target }: Asking,
    work: (library: DHT, told: (value: unknown) => void) => void,
  ): Promise<unknown> {
    if (this.#underWay >= AT_ONCE_MAX || signal?.aborted === true) return undefined
    const key = hexOf(target)
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const late = (): void => resolve(undefined)
    const timer = this.#effects.clock.after(limitMs, late)
    signal?.addEventListener('abort', late)
    this.#underWay++
    this.#guarded.begin(key)
    try {
      await Promise.race([this.#begun, promise])
      if (this.#library === undefined || this.#isClosed) return undefined
      work(this.#library, resolve)
      return await promise
    } catch (thrown) {
      this.counts.failures++
      this.#effects.log.warn('Mainline was not asked', { thrown })
      return undefined
    } finally {
      this.#underWay--
      this.#guarded.end(key)
      timer.cancel()
      signal?.removeEventListener('abort', late)
    }
  }
}

interface Asking {
  readonly target: Uint8Array
  readonly limitMs: number
  readonly signal: AbortSignal | undefined
}

/** Look-ups whose nodes the library remembers. */
const TABLES_MAX = 64

/** What the library read, as it was on the wire: to it maps are objects. */
function mapOf(value: unknown): UnbencodedMap {
  const found = new Map<string, Unbencoded>()
  if (typeof value !== 'object' || value === null) return found
  for (const [key, each] of Object.entries(value)) {
    const told: unknown = each
    if (told instanceof Uint8Array) found.set(key, told)
    else if (Array.isArray(told))
      found.set(
        key,
        told.filter((one) => one instanceof Uint8Array),
      )
  }
  return found
}
