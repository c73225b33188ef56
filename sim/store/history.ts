/**
 * What the clients of a run asked for and were told, as operations for the checker of
 * linearizability. ETags are learned on the way: one names one write for ever.
 */
import { assert, present } from '../../src/base/assert.ts'
import type { Etag } from '../../src/store/partition/procedure.ts'
import type { SimKey } from './keys.ts'
import { ABSENT, PRESENT, type Claim, type Operation } from './linearizable.ts'

/** What an answer says of a key at some moment of the call. */
export type Observed =
  | { readonly key: SimKey; readonly is: 'absent' }
  | { readonly key: SimKey; readonly is: 'present' }
  | { readonly key: SimKey; readonly is: 'token'; readonly token: number }
  | { readonly key: SimKey; readonly is: 'etag'; readonly etag: Etag }

export interface Written {
  readonly key: SimKey
  /** `ABSENT`: deleted. */
  readonly token: number
  /** The record may go by itself at any time after. */
  readonly expires: boolean
}

interface Entry {
  readonly what: string
  readonly head: string
  readonly called: number
  returned: number
  fate: 'open' | 'happened' | 'never'
  observed: readonly Observed[]
  writes: readonly Written[]
  etag: Etag | undefined
}

/** An operation under way: how it ends is told once. What is never told may have happened. */
export class OpenOperation {
  readonly #entry: Entry
  readonly #next: () => number

  constructor(entry: Entry, next: () => number) {
    this.#entry = entry
    this.#next = next
  }

  /** It surely took place, saw this, and wrote that. */
  happened(observed: readonly Observed[], writes: readonly Written[] = [], etag?: Etag): void {
    this.#end('happened')
    this.#entry.observed = observed
    this.#entry.writes = writes
    this.#entry.etag = etag
  }

  /** It surely did not take place. */
  never(): void {
    this.#end('never')
  }

  #end(fate: 'happened' | 'never'): void {
    assert(this.#entry.fate === 'open', `${this.#entry.what} ended before`)
    this.#entry.fate = fate
    this.#entry.returned = this.#next()
  }
}

export class History {
  readonly #entries: Entry[] = []
  /** By key and ETag, the token of the write. */
  readonly #tokens = new Map<string, number>()
  readonly #etags = new Map<string, string>()
  #sequence = 0
  #token = ABSENT
  #learned = 0

  get operations(): number {
    return this.#entries.length
  }

  /** How often an answer showed an ETag with its write. */
  get learned(): number {
    return this.#learned
  }

  get unknown(): number {
    return this.#entries.filter(({ fate }) => fate === 'open').length
  }

  /** A value that no other write of the run bears. */
  newToken(): number {
    return ++this.#token
  }

  /** `asked`: what it needs, and what it then does, where nobody will tell how it ended. */
  call(
    what: string,
    head: string,
    asked: { readonly needs: readonly Observed[]; readonly writes: readonly Written[] },
  ): OpenOperation {
    const entry: Entry = {
      what: `${what} #${this.#entries.length}`,
      head,
      called: this.#next(),
      returned: Infinity,
      fate: 'open',
      observed: asked.needs,
      writes: asked.writes,
      etag: undefined,
    }
    this.#entries.push(entry)
    return new OpenOperation(entry, () => this.#next())
  }

  /** An answer showed this write under this ETag. @throws AssertionError when either had another */
  learn(key: SimKey, etag: Etag, token: number): void {
    this.#learned++
    const name = nameOf(key, etag)
    const known = this.#tokens.get(name)
    assert(known === undefined || known === token, `${name} names the writes ${known} and ${token}`)
    this.#tokens.set(name, token)
    const place = `${placeOf(key)} ${token}`
    const other = this.#etags.get(place)
    assert(other === undefined || other === name, `one write bears ${other} and ${name}`)
    this.#etags.set(place, name)
  }

  /** By head, for the checker. */
  objects(): ReadonlyMap<string, readonly Operation[]> {
    const objects = new Map<string, Operation[]>()
    for (const entry of this.#entries) {
      if (entry.fate === 'never') continue
      const operations = objects.get(entry.head) ?? []
      objects.set(entry.head, operations)
      // An unknown read says nothing.
      if (entry.fate === 'happened' || entry.writes.length > 0) operations.push(this.#made(entry))
      for (const written of entry.writes) {
        if (written.expires) operations.push(expiryOf(entry, written))
      }
    }
    return objects
  }

  /** Who was told of a write before another was called has the smaller ETag, within one head. */
  checkEtagsGrow(): number {
    const told = this.#entries.filter(({ etag }) => etag !== undefined)
    const byReturn = told.toSorted((a, b) => a.returned - b.returned)
    const newest = new Map<string, Entry>()
    let at = 0
    for (const entry of told) {
      for (; (byReturn[at]?.returned ?? Infinity) < entry.called; at++) {
        const done = present(byReturn[at], 'entry')
        const before = newest.get(done.head)
        if (before === undefined || isOlder(before, done)) newest.set(done.head, done)
      }
      const before = newest.get(entry.head)
      const grew = before === undefined || isOlder(before, entry)
      assert(grew, `${entry.what} has not a newer ETag than ${before?.what}`)
    }
    return told.length
  }

  #made(entry: Entry): Operation {
    return {
      what: entry.what,
      called: entry.called,
      returned: entry.returned,
      isOptional: entry.fate === 'open',
      claims: entry.observed.map((observed) => this.#claim(observed)),
      writes: entry.writes.map(({ key, token }) => ({ slot: key.slot, token })),
    }
  }

  #claim(observed: Observed): Claim {
    const { slot } = observed.key
    switch (observed.is) {
      case 'absent':
        return { slot, holds: ABSENT }
      case 'present':
        return { slot, holds: PRESENT }
      case 'token':
        return { slot, holds: observed.token }
      case 'etag':
        // A write that nobody was shown but in an ETag could be any.
        return { slot, holds: this.#tokens.get(nameOf(observed.key, observed.etag)) ?? PRESENT }
    }
  }

  #next(): number {
    return ++this.#sequence
  }
}

/** The record goes by itself at some time, or is replaced before. */
function expiryOf(entry: Entry, { key, token }: Written): Operation {
  return {
    what: `expiry of ${entry.what}`,
    called: entry.called,
    returned: Infinity,
    isOptional: true,
    claims: [{ slot: key.slot, holds: token }],
    writes: [{ slot: key.slot, token: ABSENT }],
  }
}

function isOlder(a: Entry, b: Entry): boolean {
  const [one, other] = [present(a.etag, 'ETag'), present(b.etag, 'ETag')]
  if (one.generation !== other.generation) return one.generation < other.generation
  return one.index < other.index
}

function placeOf({ pk, sk }: SimKey): string {
  return `${pk} ${sk}`
}

function nameOf(key: SimKey, { generation, index }: Etag): string {
  return `ETag ${generation}-${index} of ${placeOf(key)}`
}
