/**
 * Drives a node of the open network: datagrams and time go into the machine of `src/kademlia`, what
 * it wants to send goes out, and what it was asked for is handed to who asked.
 */
import { sha1 } from '../../base/digests.ts'
import { AnilloError } from '../../base/errors.ts'
import { hexOf } from '../../base/hex.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import type { DatagramSocket, Endpoint } from '../../effects/net.ts'
import type { SigningKey } from '../../effects/signing.ts'
import { addressText } from '../../kademlia/calls.ts'
import { KademliaNode } from '../../kademlia/node.ts'
import type { Command, Counts, NodeState, Outcome, Token } from '../../kademlia/types.ts'
import type {
  OutsideNetwork,
  OutsidePicture,
  OutsidePublisher,
  OutsideValue,
  UnsignedShareRecord,
} from '../../services/share/outside.ts'
import { NAME_BYTES_MAX } from '../../services/share/outside.ts'
import { KeyId } from '../../wire/kademlia/key-id.ts'
import { VALUE_BYTES_MAX } from '../../wire/kademlia/limits.ts'
import {
  decodeRecord,
  encodeRecord,
  recordProblem,
  signedBytes,
  type RecordContents,
  type ShareRecord,
} from '../../wire/kademlia/share-record.ts'
import { storedText, type ValueKinds } from '../../wire/kademlia/stored-value.ts'
import { RECORD_LIFE_MS } from '../../wire/kademlia/times.ts'
import { pictureOf } from './picture.ts'

/** What it knows goes to the disk so often, and when it ends. */
const KEPT_EVERY_MS = 10 * MINUTE_MS

/**
 * Of a machine that names whom it may ask: a name is looked up, and asked at each of its addresses.
 */
const NAMES_TRIED_EVERY_MS = 15 * SECOND_MS

/** Parts of one answer that wait for a slow reader. */
const PARTS_WAITING_MAX = 8_192

export interface OutsideEffects extends Pick<
  Effects,
  'clock' | 'dns' | 'log' | 'net' | 'random' | 'signing'
> {}

/** Where a node keeps what it knows over a restart; losing it only slows the next start. */
export interface NodeMemory {
  read(): Promise<NodeState>
  write(state: NodeState): Promise<void>
}

export interface OutsideNodeOptions {
  readonly endpoint: Endpoint
  /** What moves its port, for who finds it in use: a flag. */
  readonly movedBy: string
  /** Its own: the id is the SHA-1 of the public key. */
  readonly key: SigningKey
  readonly values: ValueKinds
  /** By which it finds the network; names are looked up. */
  readonly bootstrap: readonly Endpoint[]
  readonly memory: NodeMemory
}

interface Waiting {
  told(outcome: Outcome): void
}

/** @throws AnilloError PORT_IN_USE */
export async function openOutsideNode(
  effects: OutsideEffects,
  options: OutsideNodeOptions,
): Promise<OutsideNode> {
  const restored = await options.memory.read()
  const node = new OutsideNode(effects, options, restored)
  await node.open()
  return node
}

export class OutsideNode implements AsyncDisposable {
  readonly #effects: OutsideEffects
  readonly #options: OutsideNodeOptions
  readonly #node: KademliaNode
  readonly #waiting = new Map<Token, Waiting>()
  #socket: DatagramSocket | undefined
  #timer: Timer | undefined
  #timerAtMs = Infinity
  #keeping: Timer | undefined
  #naming: Timer | undefined
  #token = 0
  #isClosed = false

  constructor(effects: OutsideEffects, options: OutsideNodeOptions, restored: NodeState) {
    this.#effects = effects
    this.#options = options
    const { key, values } = options
    const { random, signing } = effects
    this.#node = new KademliaNode(
      {
        publicKey: key.publicKey,
        random,
        verify: signing.verify,
        values,
        bootstrap: [],
        restored,
        keepsHops: true,
      },
      this.#moment(),
    )
  }

  async open(): Promise<void> {
    const { endpoint, movedBy } = this.#options
    this.#socket = await this.#effects.net.datagrams({
      endpoint,
      shared: false,
      words: { door: DOOR, flag: movedBy },
      received: (bytes, from) => {
        if (!this.#isClosed) this.#step({ kind: 'datagram', from, bytes })
      },
    })
    this.#flush()
    this.#keepLater()
    await this.#askNamed()
  }

  /** Where it is heard. */
  get endpoint(): Endpoint {
    return this.#socket?.endpoint ?? this.#options.endpoint
  }

  get counts(): Counts {
    return this.#node.counts
  }

  get contacts(): number {
    return this.#node.table.size
  }

  /**
   * Others of one’s own: asked who they are, unless they are known.
   * @returns whether any of them is not
   */
  meet(endpoints: readonly Endpoint[]): boolean {
    if (this.#isClosed) return false
    const entries = this.#node.table.buckets().flatMap((bucket) => bucket.entries)
    const known = new Set(entries.map(({ contact }) => addressText(contact)))
    const strangers = endpoints.filter((endpoint) => !known.has(addressText(endpoint)))
    if (strangers.length > 0) this.#step({ kind: 'bootstrap', endpoints: strangers })
    return strangers.length > 0
  }

  /** The network, as one who publishes under that key sees it. */
  publishedBy(publisher: OutsidePublisher): OutsideNetwork {
    return {
      get: (name, options) => this.get(name, options),
      set: (name, value) => this.set(name, value),
      publish: (record) => this.#publish(publisher, record),
      withdraw: (name, sequence) => this.#withdraw(publisher, name, sequence),
      trace: (name, signal) => this.trace(name, signal),
      describe: () => this.describe(),
    }
  }

  /** @throws AnilloError BAD_REQUEST, TOO_LARGE */
  async set(name: string, value: string): Promise<number> {
    const stored = storedText(value)
    if (stored.length > VALUE_BYTES_MAX) {
      throw new AnilloError('TOO_LARGE', { what: 'The value', limit: '8 KiB' })
    }
    return this.#takers({ kind: 'set', key: keyOf(name), value: stored })
  }

  get(
    name: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<OutsideValue> {
    return this.#get(name, options?.signal)
  }

  /** @throws AnilloError BAD_REQUEST, BUSY */
  async trace(name: string, signal?: AbortSignal): Promise<number | undefined> {
    const traced: Traced = { lookup: undefined }
    for await (const _ of this.#get(name, signal, traced));
    return traced.lookup
  }

  describe(): OutsidePicture {
    return pictureOf(this.#node, {
      publicKey: hexOf(this.#options.key.publicKey),
      ...this.endpoint,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const timer of [this.#timer, this.#keeping, this.#naming]) timer?.cancel()
    for (const [token, waiting] of this.#waiting) {
      waiting.told({ kind: 'done', token, taken: 0, nodes: [] })
    }
    this.#waiting.clear()
    await this.#socket?.close()
    await this.#keep()
  }

  #moment() {
    const { clock } = this.#effects
    return { nowMs: clock.nowMs(), wallMs: clock.wallMs() }
  }

  #step(event: Parameters<KademliaNode['step']>[0]): void {
    this.#node.step(event, this.#moment())
    this.#flush()
  }

  #flush(): void {
    const { outcomes, sends } = this.#node.take()
    for (const { bytes, to } of sends) this.#socket?.send(bytes, to)
    for (const outcome of outcomes) this.#waiting.get(outcome.token)?.told(outcome)
    this.#wake(this.#effects.clock)
  }

  #wake(clock: Clock): void {
    const { dueMs } = this.#node
    if (this.#isClosed || (this.#timer !== undefined && this.#timerAtMs <= dueMs)) return
    this.#timer?.cancel()
    this.#timerAtMs = dueMs
    this.#timer = clock.after(Math.max(0, dueMs - clock.nowMs()), () => {
      this.#timer = undefined
      this.#step({ kind: 'timer' })
    })
  }

  /** @throws AnilloError BUSY */
  #takers(command: Extract<Unfinished, { kind: 'set' | 'put' }>): Promise<number> {
    return new Promise((resolve, reject) => {
      const token = this.#begin((outcome) => {
        this.#waiting.delete(token)
        if (outcome.kind === 'busy') reject(new AnilloError('BUSY', { what: BUSY_WHAT }))
        else resolve(outcome.kind === 'done' ? outcome.taken : 0)
      })
      this.#step({ ...command, token })
    })
  }

  #begin(told: Waiting['told']): Token {
    if (this.#isClosed) throw new AnilloError('RING_NOT_READY')
    const token = ++this.#token
    this.#waiting.set(token, { told })
    return token
  }

  async *#get(
    name: string,
    signal: AbortSignal | undefined,
    traced: Traced = { lookup: undefined },
  ): AsyncIterable<OutsideValue> {
    const key = keyOf(name)
    const parts: OutsideValue[] = []
    let isOver = false
    let wake = Promise.withResolvers<void>()
    let failure: AnilloError | undefined
    const token = this.#begin((outcome) => {
      if (outcome.kind === 'busy') failure = new AnilloError('BUSY', { what: BUSY_WHAT })
      else if (parts.length < PARTS_WAITING_MAX) parts.push(...valuesOf(outcome))
      isOver ||= outcome.kind === 'done' || outcome.kind === 'busy'
      if (outcome.kind === 'done') traced.lookup = outcome.lookup
      wake.resolve()
    })
    const abort = (): void => {
      isOver = true
      wake.resolve()
    }
    signal?.addEventListener('abort', abort)
    try {
      this.#step({ kind: 'get', key, token })
      for (;;) {
        yield* parts.splice(0)
        if (failure !== undefined) throw failure
        if (isOver || signal?.aborted === true) return
        await wake.promise
        wake = Promise.withResolvers<void>()
      }
    } finally {
      signal?.removeEventListener('abort', abort)
      if (this.#waiting.delete(token) && !this.#isClosed) this.#step({ kind: 'cancel', token })
    }
  }

  async #publish(publisher: OutsidePublisher, record: UnsignedShareRecord): Promise<number> {
    const { name, ...said } = record
    return this.#sign(publisher, { key: keyOf(name).hex, ...said })
  }

  /** Kept by others as long as the record could be, so that no copy of it comes back. */
  async #withdraw(publisher: OutsidePublisher, name: string, sequence: number): Promise<number> {
    const { wallMs } = this.#moment()
    return this.#sign(publisher, {
      key: keyOf(name).hex,
      sequence,
      expiresAtS: Math.ceil((wallMs + RECORD_LIFE_MS) / SECOND_MS),
      urls: [],
      size: 0,
      root: NO_ROOT,
    })
  }

  async #sign(
    publisher: OutsidePublisher,
    said: Omit<RecordContents, 'publisher'>,
  ): Promise<number> {
    const { privateKey, publicKey } = await publisher.key()
    const contents: RecordContents = { ...said, publisher: hexOf(publicKey) }
    const problem = recordProblem(contents)
    if (problem !== undefined) throw new AnilloError('BAD_REQUEST', { problem })
    const signature = this.#effects.signing.sign(privateKey, signedBytes(contents))
    const record: ShareRecord = { ...contents, signature: hexOf(signature) }
    // What cannot be read again nobody would take.
    if (decodeRecord(encodeRecord(contents, signature)) === undefined) {
      throw new AnilloError('BAD_REQUEST', { problem: 'root is 64 hex digits in lower case' })
    }
    return this.#takers({ kind: 'put', record })
  }

  /** Until somebody is known: whoever was named may not run yet. */
  async #askNamed(): Promise<void> {
    if (this.#isClosed || this.contacts > 0) return this.#askNamedLater()
    const { dns, log } = this.#effects
    const found: Endpoint[] = []
    for (const { host, port } of this.#options.bootstrap) {
      const addresses = await dns.resolve(host).catch((thrown: unknown) => {
        log.warn('a node of the open network is not found', { host, thrown })
        return []
      })
      for (const { address } of addresses) found.push({ host: address, port })
    }
    if (found.length > 0 && !this.#isClosed) this.#step({ kind: 'bootstrap', endpoints: found })
    this.#askNamedLater()
  }

  #askNamedLater(): void {
    if (this.#isClosed || this.#options.bootstrap.length === 0) return
    this.#naming = this.#effects.clock.after(NAMES_TRIED_EVERY_MS, () => void this.#askNamed())
  }

  #keepLater(): void {
    this.#keeping = this.#effects.clock.after(KEPT_EVERY_MS, () => {
      void this.#keep().finally(() => {
        if (!this.#isClosed) this.#keepLater()
      })
    })
  }

  async #keep(): Promise<void> {
    try {
      await this.#options.memory.write(this.#node.state())
    } catch (thrown) {
      this.#effects.log.warn('what is known of the open network is not written', { thrown })
    }
  }
}

/** Which look-up a read was. */
interface Traced {
  lookup: number | undefined
}

type Unfinished = Command extends infer C ? (C extends Command ? Omit<C, 'token'> : never) : never

const DOOR = 'UDP, for the open network'
const BUSY_WHAT = 'the open network'
const NO_ROOT = '0'.repeat(64)

/** @throws AnilloError BAD_REQUEST */
function keyOf(name: string): KeyId {
  const bytes = new TextEncoder().encode(name)
  if (bytes.length === 0 || bytes.length > NAME_BYTES_MAX) {
    const problem = `a name in the open network has 1 to ${NAME_BYTES_MAX} bytes`
    throw new AnilloError('BAD_REQUEST', { problem })
  }
  return KeyId.of(sha1(bytes))
}

function valuesOf(outcome: Outcome): readonly OutsideValue[] {
  if (outcome.kind === 'text') return [{ kind: 'text', value: outcome.text }]
  return outcome.kind === 'record' ? [{ kind: 'record', record: outcome.record }] : []
}
