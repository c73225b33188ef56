/**
 * A look-up as a picture: a column for each round from left to right, a row for each node that was
 * asked, the closest to the key at the bottom. A bar is as long as its answer took. Pure.
 */
import type { NetworkLookup } from '../../../src/wire/api-shares.ts'

export type Hop = NetworkLookup['hops'][number]

/** `has`: it answered, and has something under the key. */
export type HopMark = 'has' | 'answered' | 'silent' | 'forged' | 'awaited'

export function hopMark({ has, state }: Pick<Hop, 'has' | 'state'>): HopMark {
  return state === 'answered' && has !== 'nothing' ? 'has' : state
}

/** Leading bits that two ids, or an id and a key, have in common; of hex digits. */
export function sharedBits(a: string, b: string): number {
  for (let at = 0; at < a.length; at++) {
    const differing = Number.parseInt(a[at] ?? '', 16) ^ Number.parseInt(b[at] ?? '', 16)
    if (differing !== 0) return at * 4 + Math.clz32(differing) - 28
  }
  return a.length * 4
}

export interface DrawnHop {
  readonly id: string
  readonly mark: HopMark
  /** Where its bar begins, and its mark stands. */
  readonly from: number
  readonly to: number
  readonly y: number
}

export interface LookupPicture {
  readonly width: number
  readonly height: number
  /** The node that asks. */
  readonly self: { readonly x: number; readonly y: number }
  readonly rounds: readonly { readonly round: number; readonly x: number; readonly width: number }[]
  /** Rows of as many shared bits, from the top of the first on. */
  readonly bands: readonly { readonly sharedBits: number; readonly y: number }[]
  readonly hops: readonly DrawnHop[]
  /** From who named a node to that node. */
  readonly lines: readonly {
    readonly id: string
    readonly from: readonly [number, number]
    readonly to: readonly [number, number]
  }[]
  readonly longestMs: number
}

/** Left of the first round: the node that asks, and the shared bits. */
const SELF_WIDTH = 5
/** Between a column’s edge and what is in it. */
const GAP = 1
const ROW_HEIGHT = 0.9

/** @param width of all, in units of a line of text */
export function lookupPicture({ hops, key }: NetworkLookup, width: number): LookupPicture {
  const last = hops.reduce((most, { round }) => Math.max(most, round), 1)
  const column = (width - SELF_WIDTH) / last
  const longestMs = hops.reduce((most, { tookMs }) => Math.max(most, tookMs ?? 0), 0)
  const reach = column - 3 * GAP
  const height = Math.max(1, hops.length) * ROW_HEIGHT
  // The farthest at the top.
  const drawn = hops.map((hop, rank): DrawnHop => {
    const from = SELF_WIDTH + (hop.round - 1) * column + GAP
    const share = longestMs === 0 ? 0 : (hop.tookMs ?? 0) / longestMs
    const y = height - (rank + 0.5) * ROW_HEIGHT
    return { id: hop.id, mark: hopMark(hop), from, to: from + share * reach, y }
  })
  const self = { x: SELF_WIDTH - GAP, y: height / 2 }
  const places = new Map(drawn.map((hop) => [hop.id, hop]))
  return {
    width,
    height,
    self,
    rounds: Array.from({ length: last }, (_, at) => ({
      round: at + 1,
      x: SELF_WIDTH + at * column,
      width: column,
    })),
    bands: bandsOf(hops, key, height),
    hops: drawn,
    lines: drawn.map(({ from, id, y }, at) => {
      const teller = places.get(hops[at]?.toldBy ?? '')
      return {
        id,
        from: teller === undefined ? [self.x, self.y] : [teller.to, teller.y],
        to: [from, y],
      }
    }),
    longestMs,
  }
}

function bandsOf(hops: readonly Hop[], key: string, height: number): LookupPicture['bands'] {
  const tops = new Map<number, number>()
  hops.forEach(({ id }, rank) => tops.set(sharedBits(id, key), height - (rank + 1) * ROW_HEIGHT))
  return [...tops].map(([bits, y]) => ({ sharedBits: bits, y }))
}

/** By rounds, as they were asked; the closest of a round first. */
export function hopsByRound(hops: readonly Hop[]): readonly Hop[] {
  return hops.toSorted((a, b) => a.round - b.round)
}

export interface HopSum {
  readonly asked: number
  readonly answered: number
  readonly silent: number
  readonly having: number
  readonly rounds: number
}

export function hopSum(hops: readonly Hop[]): HopSum {
  const count = (...marks: readonly HopMark[]): number =>
    hops.filter((hop) => marks.includes(hopMark(hop))).length
  return {
    asked: hops.length,
    answered: count('answered', 'has'),
    silent: count('silent'),
    having: count('has'),
    rounds: hops.reduce((most, { round }) => Math.max(most, round), 0),
  }
}
