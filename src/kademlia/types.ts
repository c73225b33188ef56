/** What goes into a node and what comes out of it (docs/spec/kademlia.md). */
import type { Endpoint } from '../effects/net.ts'
import type { Random } from '../effects/random.ts'
import type { NodeContact } from '../wire/kademlia/answers.ts'
import type { KeyId } from '../wire/kademlia/key-id.ts'
import type { ShareRecord } from '../wire/kademlia/share-record.ts'
import type { StoredValue, ValueKinds } from '../wire/kademlia/stored-value.ts'
import type { HopTold } from '../wire/lookup-hops.ts'
import type { CountName } from './counts.ts'

/** The time of an event: `nowMs` never goes back, `wallMs` is the calendar’s, since 1970. */
export interface Moment {
  readonly nowMs: number
  readonly wallMs: number
}

export interface NodeOptions {
  /** Ed25519, 32 bytes: the id of the node is its SHA-1. */
  readonly publicKey: Uint8Array
  readonly random: Random
  /** Ed25519: whether these bytes were signed by that key. */
  readonly verify: (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => boolean
  /** `lists`: a network of iic2523, in which a key has a list of texts. */
  readonly values: ValueKinds
  /** Asked when the node stands alone, and at its start. */
  readonly bootstrap: readonly Endpoint[]
  readonly restored: NodeState
  /** Of its last look-ups whom they asked; left out where many nodes live in one process. */
  readonly keepsHops?: boolean
  /** One object for equal contacts, where many nodes live in one process. */
  readonly intern?: (contact: NodeContact) => NodeContact
}

/** What a node takes along over a restart. */
export interface NodeState {
  readonly contacts: readonly NodeContact[]
  readonly held: readonly HeldState[]
}

export interface HeldState {
  readonly key: KeyId
  readonly value: { readonly value: StoredValue; readonly leftMs: number } | undefined
  /** Packed, signed. */
  readonly records: readonly Uint8Array[]
}

/** Chosen by who commands; comes back with what is told of it. */
export type Token = number

export type NodeEvent =
  | { readonly kind: 'datagram'; readonly from: Endpoint; readonly bytes: Uint8Array }
  /** The time that `dueMs` named has come. */
  | { readonly kind: 'timer' }
  /** Ask these for the way in. */
  | { readonly kind: 'bootstrap'; readonly endpoints: readonly Endpoint[] }
  | Command
  /** Whoever commanded that wants no more of it. */
  | { readonly kind: 'cancel'; readonly token: Token }

export type Command =
  /** The k closest nodes that answer. */
  | { readonly kind: 'find'; readonly token: Token; readonly key: KeyId }
  /** All values and records. */
  | { readonly kind: 'get'; readonly token: Token; readonly key: KeyId }
  /** A plain value. */
  | {
      readonly kind: 'set'
      readonly token: Token
      readonly key: KeyId
      readonly value: StoredValue
    }
  /** A signed record; one without addresses takes the publisher’s back. */
  | { readonly kind: 'put'; readonly token: Token; readonly record: ShareRecord }

export interface Send {
  readonly to: Endpoint
  readonly bytes: Uint8Array
}

export type Outcome =
  /** A part of what was asked for; more follows, or `done`. */
  | { readonly kind: 'text'; readonly token: Token; readonly text: string }
  | { readonly kind: 'record'; readonly token: Token; readonly record: ShareRecord }
  /** The last that is told of a command. */
  | {
      readonly kind: 'done'
      readonly token: Token
      /** Of `set` and `put`: nodes that took it, this one included. */
      readonly taken: number
      readonly nodes: readonly NodeContact[]
      /** Of `get`: the number of its report. */
      readonly lookup?: number
    }
  /** Too many commands wait. */
  | { readonly kind: 'busy'; readonly token: Token }

/** Everything that the events since the last one brought about. */
export interface NodeOutput {
  readonly sends: readonly Send[]
  readonly outcomes: readonly Outcome[]
}

/** One that was asked. */
export interface LookupHop extends HopTold {
  readonly contact: NodeContact
  /** Who named it first; `undefined`: it was known. */
  readonly toldBy: KeyId | undefined
}

/** One that has ended; the latest last. */
export interface LookupReport {
  /** Counted from 1 since the node began. */
  readonly number: number
  readonly key: KeyId
  readonly kind: 'nodes' | 'records'
  readonly tookMs: number
  readonly asked: number
  readonly answered: number
  readonly rounds: number
  readonly closest: readonly KeyId[]
  /** Closest to the key first; none where they are not kept. */
  readonly hops: readonly LookupHop[]
}

export type Counts = Readonly<Record<CountName, number>>
