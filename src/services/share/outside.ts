/**
 * The open network beyond the ring, as the service needs it. What lies there is soft state: it is
 * said again every some hours and gone when nobody says it. Keys are 20 bytes: SHA-1 of the name.
 */
import type { SigningKey } from '../../effects/signing.ts'
import type { RecordContents, ShareRecord } from '../../wire/kademlia/share-record.ts'
import type { HopTold } from '../../wire/lookup-hops.ts'

export type { ShareRecord } from '../../wire/kademlia/share-record.ts'

/** So long a record is kept by others, and so often it is said again. */
export { RECORD_LIFE_MS, RECORD_REFRESH_MS } from '../../wire/kademlia/times.ts'

/** What the publisher is to sign; `del`eted it is by `withdraw`. */
export interface UnsignedShareRecord extends Pick<
  RecordContents,
  'sequence' | 'expiresAtS' | 'urls' | 'size' | 'root'
> {
  /** At most `NAME_BYTES_MAX` of UTF-8. */
  readonly name: string
}

/** Of a name in the open network, UTF-8: what a file may be called. */
export const NAME_BYTES_MAX = 255

export interface OutsideNetwork {
  /**
   * All values known under a name, in parts as they come; ends when no more are to be expected.
   * A later record of a publisher may follow an earlier one: the greater sequence holds. One
   * without addresses says that its publisher has taken it back; it is told, so that who has seen
   * an older one forgets it.
   */
  get(
    name: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<OutsideValue>
  /**
   * A plain string, as stock nodes keep them (one a key). Resolves to how many nodes took it, this
   * one among them where it is one of the closest. @throws AnilloError BAD_REQUEST, TOO_LARGE
   */
  set(name: string, value: string): Promise<number>
  /**
   * Signs and publishes, or refreshes, a record of this ring. Resolves to how many nodes took it.
   * @throws AnilloError BAD_REQUEST, with the problem
   */
  publish(record: UnsignedShareRecord): Promise<number>
  /** Takes it back before it expires; `sequence` is greater than that of the record. */
  withdraw(name: string, sequence: number): Promise<number>
  /**
   * Looks a name up to be seen, until it is over. @returns the number of the look-up among those
   * described; `undefined`: there is no node here. @throws AnilloError BAD_REQUEST, BUSY
   */
  trace(name: string, signal?: AbortSignal): Promise<number | undefined>
  /** For pictures and doctors. */
  describe(): OutsidePicture
}

export type OutsideValue =
  /** Unsigned, from stock nodes. */
  | { readonly kind: 'text'; readonly value: string }
  /** Its signature holds and it has not expired. */
  | { readonly kind: 'record'; readonly record: ShareRecord }

/** Whose records the ring's are: asked for each time that one is to be signed. */
export interface OutsidePublisher {
  key(): Promise<SigningKey>
}

export interface OutsidePicture {
  /** 40 hex digits each. */
  readonly id: string
  readonly publicKey: string
  /** Where it listens. */
  readonly host: string
  readonly port: number
  readonly buckets: readonly OutsideBucket[]
  readonly lookups: readonly OutsideLookup[]
  readonly held: { readonly keys: number; readonly records: number; readonly bytes: number }
  readonly counts: Readonly<Record<string, number>>
}

export interface OutsideBucket {
  /** How many leading bits its contacts share with the own id. */
  readonly sharedBits: number
  readonly replacements: number
  readonly contacts: readonly OutsideContact[]
}

export interface OutsideContact {
  /** 40 hex digits. */
  readonly id: string
  readonly host: string
  readonly port: number
  /** Whether it knows signed records; `undefined`: not known yet. */
  readonly isCapable: boolean | undefined
  /** Measured, smoothed; `undefined` before its first answer. */
  readonly roundTripMs: number | undefined
  /** In a row. */
  readonly misses: number
}

/** The latest first. */
export interface OutsideLookup {
  /** Counted from 1 since the node began. */
  readonly number: number
  /** 40 hex digits. */
  readonly key: string
  readonly kind: 'nodes' | 'value' | 'records'
  readonly tookMs: number
  readonly asked: number
  readonly answered: number
  readonly rounds: number
  readonly closest: readonly string[]
  /** Whom it asked, closest to the key first. */
  readonly hops: readonly OutsideHop[]
}

/** One node that a look-up asked. */
export interface OutsideHop extends HopTold {
  /** 40 hex digits. */
  readonly id: string
  readonly host: string
  readonly port: number
  /** The id of who named it first; `undefined`: it was known. */
  readonly toldBy: string | undefined
}
