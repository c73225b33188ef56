/**
 * Who is closest to a key: nodes are asked, each names closer ones. Pure bookkeeping; asking is
 * done by who runs it.
 *
 * With several ways (Baumgart and Mies, *S/Kademlia*, 2007, 4.4) the nodes known at first are dealt
 * out, and each node belongs to the way that heard of it first: who lies on one way can lead that
 * one astray and no other.
 *
 * At first few are asked at once, on each way. When an answer named nobody closer than those that
 * were known, the way is closing: more are asked together, and all of its closest once the first of
 * them has answered. Who is slow is not waited for: the next closest takes its place. It is asked
 * once more, without a place, when nobody else is left or all of the closest are being asked.
 */
import { present } from '../base/assert.ts'
import type { NodeContact, ToldContact } from '../wire/kademlia/answers.ts'
import type { KeyId } from '../wire/kademlia/key-id.ts'
import { networkOf } from './networks.ts'
import {
  ALPHA,
  CANDIDATES_A_NETWORK,
  CANDIDATES_MAX,
  CLOSING_AT_ONCE,
  K,
  LIES_MAX,
  LOOKUP_ASKED_MAX,
  PATH_WIDTH,
  type PATHS,
  TRIES_MAX,
} from './settings.ts'

export type CandidateState = 'new' | 'asked' | 'slow' | 'answered' | 'failed'

export interface Candidate {
  readonly contact: NodeContact
  readonly network: string | undefined
  readonly way: number
  /** Rounds to it: 1 for those known at first. */
  readonly round: number
  /** Whether it knows own questions: as its own answer or others say; `undefined`: not known. */
  isCapable: boolean | undefined
  state: CandidateState
  tries: number
  /** When it was asked first, and answered first. */
  askedMs: number | undefined
  answeredMs: number | undefined
  /** It is not who it was said to be: whatever it answers counts for nothing. */
  isForged: boolean
  /** Who named it first; how many it named itself that were forged. */
  readonly teller: Candidate | undefined
  lies: number
}

interface Place {
  readonly way: number
  readonly round: number
  readonly teller?: Candidate
}

interface Way {
  /** Closest first. */
  readonly candidates: Candidate[]
  isClosing: boolean
}

export class Lookup {
  readonly target: KeyId
  readonly #self: KeyId
  readonly #width: number
  readonly #atOnce: number
  readonly #ways: readonly Way[]
  readonly #known = new Map<string, Candidate>()
  #asked = 0

  constructor(
    target: KeyId,
    {
      known,
      self,
      ways,
    }: {
      readonly self: KeyId
      readonly known: readonly ToldContact[]
      readonly ways: 1 | typeof PATHS
    },
  ) {
    this.target = target
    this.#self = self
    this.#width = ways === 1 ? K : PATH_WIDTH
    this.#atOnce = Math.max(1, Math.floor(ALPHA / ways))
    this.#ways = Array.from({ length: ways }, () => ({ candidates: [], isClosing: false }))
    known.forEach((told, at) => this.#add(told, { way: at % ways, round: 1 }))
  }

  get asked(): number {
    return this.#asked
  }

  get isDone(): boolean {
    return this.#ways.every(
      (way) => this.#next(way).length === 0 && !way.candidates.some(isAwaited),
    )
  }

  /** Who is to be asked now; they count as asked. */
  next(): readonly Candidate[] {
    const next = this.#ways.flatMap((way) => this.#next(way))
    const room = Math.max(0, LOOKUP_ASKED_MAX - this.#asked)
    const asked = next.slice(0, room)
    for (const candidate of asked) {
      candidate.state = 'asked'
      candidate.tries++
    }
    this.#asked += asked.length
    return asked
  }

  /** It answered, and named others. */
  answered(candidate: Candidate, told: readonly ToldContact[]): void {
    candidate.state = 'answered'
    const way = present(this.#ways[candidate.way], 'way')
    const before = way.candidates.find(isInPlay)
    const { round, way: at } = candidate
    for (const one of told) this.#add(one, { way: at, round: round + 1, teller: candidate })
    way.isClosing = before === way.candidates.find(isInPlay)
  }

  slow(candidate: Candidate): void {
    if (candidate.state === 'asked') candidate.state = 'slow'
  }

  /** Though it may have answered. */
  forged(candidate: Candidate): void {
    candidate.state = 'failed'
    candidate.isForged = true
    const { teller } = candidate
    if (teller === undefined || ++teller.lies < LIES_MAX) return
    // One may have changed its key; who names more makes them up, to have all questions wasted.
    for (const other of present(this.#ways[candidate.way], 'way').candidates) {
      if (other.teller === teller && other.state === 'new') other.state = 'failed'
    }
  }

  failed(candidate: Candidate): void {
    if (candidate.state !== 'answered') candidate.state = 'failed'
  }

  /** Those that answered, the closest of all ways first. */
  closest(count = K): readonly Candidate[] {
    const answered = [...this.#known.values()].filter(({ state }) => state === 'answered')
    return this.#byDistance(answered).slice(0, count)
  }

  /** All that were asked, closest first. */
  get hops(): readonly Candidate[] {
    return this.#byDistance([...this.#known.values()].filter(({ tries }) => tries > 0))
  }

  get counts(): { readonly answered: number; readonly rounds: number } {
    const answered = [...this.#known.values()].filter(({ state }) => state === 'answered')
    const closest = this.closest()
    return {
      answered: answered.length,
      rounds: closest.reduce((most, { round }) => Math.max(most, round), 0),
    }
  }

  #byDistance(candidates: Candidate[]): Candidate[] {
    return candidates.sort((a, b) => this.target.compareDistance(a.contact.id, b.contact.id))
  }

  #next(way: Way): readonly Candidate[] {
    if (this.#asked >= LOOKUP_ASKED_MAX) return []
    const top = way.candidates.filter(isInPlay).slice(0, this.#width)
    const awaited = top.filter(({ state }) => state === 'asked').length
    const isNew = ({ state }: Candidate): boolean => state === 'new'
    const room = this.#atOnceOn(way, top) - awaited
    const fresh = top.filter(isNew)
    if (isClosed(way, top)) return [...fresh.slice(0, Math.max(0, room)), ...this.#again(way, top)]
    if (fresh.length > 0) return fresh.slice(0, Math.max(0, room))
    if (awaited > 0) return []
    return this.#again(way, top)
  }

  #atOnceOn(way: Way, top: readonly Candidate[]): number {
    if (!way.isClosing) return this.#atOnce
    return isClosed(way, top) ? this.#width : Math.min(this.#width, CLOSING_AT_ONCE)
  }

  /** Slow ones that would be among the closest, had they answered. */
  #again(way: Way, top: readonly Candidate[]): readonly Candidate[] {
    const last = top.length < this.#width ? undefined : top.at(-1)
    return way.candidates.filter(({ contact, state, tries }) => {
      if (state !== 'slow' || tries >= TRIES_MAX) return false
      if (last === undefined) return true
      return this.target.compareDistance(contact.id, last.contact.id) < 0
    })
  }

  #add({ contact, isCapable }: ToldContact, { round, teller, way: at }: Place): void {
    if (contact.id.equals(this.#self)) return
    const before = this.#known.get(contact.id.text)
    if (before !== undefined) {
      before.isCapable ??= isCapable
      return
    }
    const { candidates } = present(this.#ways[at], 'way')
    const network = networkOf(contact.host)
    if (network !== undefined) {
      const same = candidates.filter((other) => other.network === network).length
      if (same >= CANDIDATES_A_NETWORK) return
    }
    const farther = (other: Candidate): boolean =>
      this.target.compareDistance(contact.id, other.contact.id) < 0
    const index = candidates.findIndex(farther)
    const fresh = { ...UNASKED, isForged: false, lies: 0 }
    const made: Candidate = { contact, network, way: at, round, isCapable, teller, ...fresh }
    candidates.splice(index < 0 ? candidates.length : index, 0, made)
    this.#known.set(contact.id.text, made)
    if (candidates.length <= CANDIDATES_MAX) return
    const last = candidates.findLastIndex(({ state }) => state === 'new')
    if (last < 0) return
    const [dropped] = candidates.splice(last, 1)
    if (dropped !== undefined) this.#known.delete(dropped.contact.id.text)
  }
}

const UNASKED = { state: 'new', tries: 0, askedMs: undefined, answeredMs: undefined } as const

/** The closest of all has answered, and nobody named one that is closer. */
function isClosed({ isClosing }: Way, [closest]: readonly Candidate[]): boolean {
  return isClosing && closest?.state === 'answered'
}

/** Asked once more it has no place among the closest before it answers. */
function isInPlay({ state, tries }: Candidate): boolean {
  return state === 'asked' ? tries === 1 : state !== 'slow' && state !== 'failed'
}

function isAwaited({ state }: Candidate): boolean {
  return state === 'asked'
}
