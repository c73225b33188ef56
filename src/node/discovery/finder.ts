/** The newcomer's side of discovery: which rings are there, and where to knock. */
import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import type { Endpoint } from '../../effects/net.ts'
import { encodeDiscover, readDiscovery, type EntryPoint } from '../../wire/discovery.ts'

const ASK_EVERY_MS = SECOND_MS / 2
/** Datagrams are lost now and then; ten in a row are not. */
const GIVE_UP_MS = 5 * SECOND_MS
/** After the first answer, so that a second ring is noticed before the first is joined. */
const LISTEN_ON_MS = SECOND_MS
/** More rings on one network are somebody making them up. */
const RINGS_MAX = 16
const ADDRESSES_MAX = 16
/** Enough to know a ring by. */
const SHOWN_ADDRESSES_MAX = 3
const NONCE_BYTES = 16
const EVERY_INTERFACE = '0.0.0.0'

export interface FoundEntry {
  readonly ringId: string
  readonly fingerprint: string
  /** Of the first to answer first. */
  readonly addresses: readonly string[]
}

export interface FinderOptions {
  /** To which the questions go. */
  readonly port: number
  /** Hosts to ask besides the networks of this machine: those that no broadcast reaches. */
  readonly askAt: readonly string[]
  /** How the ring's id begins, where only that ring is wanted. */
  readonly ring?: string
  readonly signal?: AbortSignal
}

type FinderEffects = Pick<Effects, 'net' | 'clock' | 'random'>

/**
 * The one ring of this network, or the one that was asked for.
 * @throws AnilloError RING_NOT_FOUND, RING_AMBIGUOUS, RPC_CANCELLED
 */
export async function findRing(
  effects: FinderEffects,
  options: FinderOptions,
): Promise<FoundEntry> {
  const wanted = options.ring ?? ''
  const rings = await findRings(effects, options)
  const matching = rings.filter(({ ringId }) => ringId.startsWith(wanted))
  const [ring, other] = matching
  if (ring === undefined) throw new AnilloError('RING_NOT_FOUND', { port: options.port })
  if (other === undefined) return ring
  throw new AnilloError('RING_AMBIGUOUS', { rings: matching.map(ringText).join('; ') })
}

/** With addresses a person can tell which of the rings is the one of their own machines. */
function ringText({ ringId, addresses }: FoundEntry): string {
  const shown = addresses.slice(0, SHOWN_ADDRESSES_MAX).join(', ')
  return `${ringId} at ${shown}${addresses.length > SHOWN_ADDRESSES_MAX ? ', …' : ''}`
}

/**
 * All rings that answer, the first to answer first; none after five seconds. @throws AnilloError
 * RPC_CANCELLED
 */
export async function findRings(
  effects: FinderEffects,
  options: FinderOptions,
): Promise<readonly FoundEntry[]> {
  const nonce = Buffer.from(effects.random.bytes(NONCE_BYTES)).toString('hex')
  const rings = new Map<string, FoundEntry>()
  const finished = Promise.withResolvers<void>()
  let listenOn: Timer | undefined
  const received = (bytes: Uint8Array): void => {
    const answer = readDiscovery(bytes)
    if (answer?.kind !== 'ENTRY_POINT' || answer.nonce !== nonce) return
    note(rings, answer)
    listenOn ??= effects.clock.after(LISTEN_ON_MS, () => finished.resolve())
  }
  const endpoint: Endpoint = { host: EVERY_INTERFACE, port: 0 }
  const socket = await effects.net.datagrams({ endpoint, shared: false, received })
  const giveUp = effects.clock.after(GIVE_UP_MS, () => finished.resolve())
  const cancelled = (): void =>
    finished.reject(new AnilloError('RPC_CANCELLED', { method: 'discovery' }))
  options.signal?.addEventListener('abort', cancelled)
  if (options.signal?.aborted === true) cancelled()
  const asking = keepAsking(effects, () => {
    const hosts = new Set([...effects.net.broadcastAddresses(), ...options.askAt])
    for (const host of hosts) socket.send(encodeDiscover(nonce), { host, port: options.port })
  })
  try {
    await finished.promise
  } finally {
    asking.stop()
    giveUp.cancel()
    listenOn?.cancel()
    options.signal?.removeEventListener('abort', cancelled)
    await socket.close()
  }
  return [...rings.values()]
}

/** Asks at once and then again: an interface may come up meanwhile, and datagrams are lost. */
function keepAsking(effects: FinderEffects, ask: () => void): { readonly stop: () => void } {
  let timer: Timer | undefined
  const again = (): void => {
    ask()
    timer = effects.clock.after(ASK_EVERY_MS, again)
  }
  again()
  return { stop: () => timer?.cancel() }
}

/**
 * A ring is its id and its authority: the same id under another authority is another ring, or a
 * lie.
 */
function note(rings: Map<string, FoundEntry>, answer: EntryPoint): void {
  const key = `${answer.ringId} ${answer.fingerprint}`
  const known = rings.get(key)
  if (known === undefined && rings.size >= RINGS_MAX) return
  const addresses = [...new Set([...(known?.addresses ?? []), ...answer.addresses])]
  rings.set(key, {
    ringId: answer.ringId,
    fingerprint: answer.fingerprint,
    addresses: addresses.slice(0, ADDRESSES_MAX),
  })
}
