/**
 * The table of a Kademlia node as a picture: a column for each bucket, the far ones at the left, a
 * dot for each contact in it. Pure.
 */
import type { ShareNetwork } from '../../../src/wire/api-shares.ts'

export type Bucket = ShareNetwork['buckets'][number]
export type Contact = Bucket['contacts'][number]

/** `suspect`: it did not answer the last time; `unknown`: it was never asked. */
export type ContactState = 'alive' | 'suspect' | 'unknown'

export function contactState({ misses, roundTripMs }: Contact): ContactState {
  if (misses > 0) return 'suspect'
  return roundTripMs === null ? 'unknown' : 'alive'
}

export interface Dot {
  /** In units of one dot; those that answer stand at the bottom. */
  readonly x: number
  readonly y: number
  readonly state: ContactState
}

export interface NetworkPicture {
  /** Without the row of numbers below. */
  readonly width: number
  readonly height: number
  readonly columns: readonly { readonly x: number; readonly sharedBits: number }[]
  readonly dots: readonly Dot[]
}

const ORDER: readonly ContactState[] = ['alive', 'unknown', 'suspect']
/** A column is so wide at least: its number has two digits. */
const HEIGHT_MIN = 4

export function networkPicture(buckets: readonly Bucket[]): NetworkPicture {
  const sorted = buckets.toSorted((a, b) => a.sharedBits - b.sharedBits)
  const tallest = Math.max(HEIGHT_MIN, ...sorted.map(({ contacts }) => contacts.length))
  const dots = sorted.flatMap(({ contacts }, x) =>
    contacts
      .map(contactState)
      .toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
      .map((state, row) => ({ x, y: tallest - 1 - row, state })),
  )
  const columns = sorted.map(({ sharedBits }, x) => ({ x, sharedBits }))
  return { width: Math.max(1, sorted.length), height: tallest, columns, dots }
}

export interface BucketSum {
  readonly sharedBits: number
  readonly contacts: number
  readonly suspects: number
  /** Those that know signed records. */
  readonly capable: number
  readonly replacements: number
  /** In the middle of those known; `undefined`: of none. */
  readonly roundTripMs: number | undefined
}

export function bucketSum({ contacts, replacements, sharedBits }: Bucket): BucketSum {
  const times = contacts.flatMap(({ roundTripMs }) => roundTripMs ?? []).toSorted((a, b) => a - b)
  return {
    sharedBits,
    contacts: contacts.length,
    suspects: contacts.filter((one) => contactState(one) === 'suspect').length,
    capable: contacts.filter(({ capable }) => capable === true).length,
    replacements,
    roundTripMs: times[Math.floor((times.length - 1) / 2)],
  }
}
