/**
 * Is the history of an object linearizable (Herlihy and Wing, 1990): is there one order of its
 * operations, each somewhere between its call and its return, that a single copy would have given?
 * The search is Wing and Gong's (1993) with Lowe's memory of where it has been (2017). An object is
 * what changes together: a key, or the keys of one head; each is searched for itself, since
 * linearizability is local.
 *
 * Every write of a run bears a token of its own, so an observation names the write that it saw. An
 * operation without a known outcome is optional: it may have happened at any time after its call,
 * provided that what it asks for held, or never.
 */
import { assert, present } from '../../src/base/assert.ts'

/** What a slot holds without a record. Tokens count from 1. */
export const ABSENT = 0
/** Claimed where any token will do. */
export const PRESENT = -1

/** At this moment the slot held that. */
export interface Claim {
  readonly slot: number
  readonly holds: number
}

/** From then on it held that. */
export interface SlotWrite {
  readonly slot: number
  readonly token: number
}

export interface Operation {
  /** For people. */
  readonly what: string
  /** Places in one order of all calls and returns. */
  readonly called: number
  /** `Infinity` when no word of it came. */
  readonly returned: number
  readonly claims: readonly Claim[]
  readonly writes: readonly SlotWrite[]
  /** Perhaps it never happened. */
  readonly isOptional: boolean
}

export type Verdict =
  | { readonly kind: 'linearizable'; readonly steps: number }
  /** `lines`: how far the best attempt came, for people. */
  | { readonly kind: 'violated'; readonly lines: readonly string[] }
  /** `STEPS_MAX` were not enough. */
  | { readonly kind: 'undecided' }

/** Some seconds. Histories of a thousand operations take a few thousand steps. */
const STEPS_MAX = 500_000

/** Searches an order. All slots are absent at first. */
export function checkLinearizable(operations: readonly Operation[]): Verdict {
  const written = new Set(operations.flatMap(({ writes }) => writes.map(({ token }) => token)))
  for (const operation of operations) {
    const isPossible = ({ holds }: Claim): boolean => holds <= ABSENT || written.has(holds)
    const mustHold = !operation.isOptional
    if (mustHold && !operation.claims.every(isPossible)) {
      return { kind: 'violated', lines: [`from nowhere: ${tellOperation(operation)}`] }
    }
  }
  // A lost write that nobody sees any more explains a history only if it was overwritten just in
  // time: the search without such is short, and nearly always enough.
  const verdict = new Search(operations, 'seen').run()
  const hasOptional = operations.some(({ isOptional }) => isOptional)
  if (verdict.kind === 'linearizable' || !hasOptional) return verdict
  return new Search(operations, 'all').run()
}

/** Which optional operations are tried: those whose token somebody is still to see, or all. */
type Tried = 'seen' | 'all'

interface Frame {
  /** Enabled here, in the order in which they are tried. */
  readonly candidates: readonly number[]
  at: number
  /** To undo what led here. */
  readonly applied: number
  readonly before: readonly number[]
  readonly first: number
}

const NOBODY = -1

class Search {
  /** Those that happened, by their calls; then the optional ones, by theirs. */
  readonly #operations: readonly Operation[]
  readonly #certain: number
  readonly #done: Uint8Array
  readonly #slots: number[]
  readonly #been = new Set<string>()
  readonly #frames: Frame[] = []
  /** All certain ones before are done. */
  #first = 0
  #left: number
  #best: { left: number; lines: readonly string[] }
  readonly #tried: Tried
  /** By token, how many are not done that claim it. */
  readonly #claims = new Map<number, number>()

  constructor(operations: readonly Operation[], tried: Tried) {
    this.#tried = tried
    for (const { claims } of operations) this.#claim(claims, 1)
    const byCall = operations.toSorted((a, b) => a.called - b.called)
    const certain = byCall.filter(({ isOptional }) => !isOptional)
    this.#operations = [...certain, ...byCall.filter(({ isOptional }) => isOptional)]
    this.#certain = certain.length
    this.#left = certain.length
    this.#done = new Uint8Array(operations.length)
    const used = operations.flatMap(({ claims, writes }) => [...claims, ...writes])
    const highest = used.reduce((most, { slot }) => Math.max(most, slot), 0)
    this.#slots = Array.from({ length: highest + 1 }, () => ABSENT)
    this.#best = { left: Infinity, lines: [] }
  }

  run(): Verdict {
    this.#enter(NOBODY, [])
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      if (this.#left === 0) return { kind: 'linearizable', steps }
      const frame = this.#frames.at(-1)
      if (frame === undefined) return { kind: 'violated', lines: this.#best.lines }
      const next = frame.candidates[frame.at++]
      if (next === undefined) this.#leave()
      else this.#try(next)
    }
    return { kind: 'undecided' }
  }

  #try(number: number): void {
    const { writes, claims } = this.#operation(number)
    this.#claim(claims, -1)
    const before = writes.map(({ slot }) => this.#slots[slot] ?? ABSENT)
    for (const { slot, token } of writes) this.#slots[slot] = token
    this.#done[number] = 1
    if (number < this.#certain) this.#left--
    this.#enter(number, before)
  }

  #enter(applied: number, before: readonly number[]): void {
    const first = this.#first
    while (this.#first < this.#certain && this.#done[this.#first] === 1) this.#first++
    const isKnown = applied !== NOBODY && before.length > 0 && !this.#remember()
    const candidates = isKnown ? [] : this.#candidates()
    this.#frames.push({ candidates, at: 0, applied, before, first })
    if (this.#left < this.#best.left) this.#best = { left: this.#left, lines: this.#tell() }
  }

  #leave(): void {
    const { applied, before, first } = present(this.#frames.pop(), 'frame')
    this.#first = first
    if (applied === NOBODY) return
    this.#done[applied] = 0
    if (applied < this.#certain) this.#left++
    const { writes, claims } = this.#operation(applied)
    this.#claim(claims, 1)
    for (let at = writes.length - 1; at >= 0; at--) {
      this.#slots[present(writes[at], 'write').slot] = before[at] ?? ABSENT
    }
  }

  /** `false` when the search was here before: the same are done, and the same is held. */
  #remember(): boolean {
    let key = `${this.#first}`
    for (let number = this.#first; number < this.#done.length; number++) {
      if (this.#done[number] === 1) key += ` ${number}`
    }
    key += `:${this.#slots.join(' ')}`
    if (this.#been.has(key)) return false
    this.#been.add(key)
    return true
  }

  /** What may come next: called before anything that is not done returned. */
  #candidates(): readonly number[] {
    const deadline = this.#deadline()
    const writing: number[] = []
    for (let number = this.#first; number < this.#certain; number++) {
      const operation = this.#operation(number)
      if (operation.called > deadline) break
      if (this.#done[number] === 1 || !this.#holds(operation)) continue
      // What only looks, and sees this, can come at once: it takes nothing from those after it.
      if (operation.writes.length === 0) return [number]
      writing.push(number)
    }
    for (let number = this.#certain; number < this.#operations.length; number++) {
      const operation = this.#operation(number)
      if (operation.called > deadline) break
      const isOpen = this.#done[number] === 0 && this.#isUseful(operation)
      if (isOpen && this.#holds(operation)) writing.push(number)
    }
    return writing
  }

  #deadline(): number {
    let deadline = Infinity
    for (let number = this.#first; number < this.#certain; number++) {
      const { called, returned } = this.#operation(number)
      if (called > deadline) break
      if (this.#done[number] === 0) deadline = Math.min(deadline, returned)
    }
    return deadline
  }

  #holds({ claims }: Operation): boolean {
    for (const { slot, holds } of claims) {
      const held = this.#slots[slot] ?? ABSENT
      if (holds === PRESENT ? held === ABSENT : held !== holds) return false
    }
    return true
  }

  #isUseful({ writes }: Operation): boolean {
    const isSeen = (token: number): boolean =>
      this.#tried === 'all' || (this.#claims.get(token) ?? 0) > 0
    return writes.some(({ slot, token }) => this.#slots[slot] !== token && isSeen(token))
  }

  #claim(claims: readonly Claim[], by: number): void {
    for (const { holds } of claims) this.#claims.set(holds, (this.#claims.get(holds) ?? 0) + by)
  }

  #tell(): readonly string[] {
    const deadline = this.#deadline()
    const open = this.#operations.filter(
      ({ called, isOptional }, number) =>
        this.#done[number] === 0 && !isOptional && called <= deadline,
    )
    const held = this.#slots.map((token, slot) => `${slot}: ${token}`).join(', ')
    return [
      `${this.#certain - this.#left} of ${this.#certain} can be ordered; then it holds ${held}`,
      ...open.map((operation) => `does not fit: ${tellOperation(operation)}`),
    ]
  }

  #operation(number: number): Operation {
    return present(this.#operations[number], 'operation')
  }
}

function tellOperation({ what, called, returned, claims, writes }: Operation): string {
  const seen = claims.map(({ slot, holds }) => `${slot} is ${holds}`).join(', ')
  const done = writes.map(({ slot, token }) => `${slot} := ${token}`).join(', ')
  return `${what} [${called}, ${returned}] saw (${seen}) wrote (${done})`
}

/** Operations of many objects: the first that is violated, by its name. */
export function checkObjects(objects: ReadonlyMap<string, readonly Operation[]>): void {
  for (const [name, operations] of objects) {
    const verdict = checkLinearizable(operations)
    assert(verdict.kind !== 'undecided', `${name}: too entangled to decide`)
    const lines = verdict.kind === 'violated' ? verdict.lines : []
    assert(verdict.kind === 'linearizable', `${name} is not linearizable: ${lines.join('; ')}`)
  }
}
