/**
 * Regular expressions for addresses, in time that only grows with their length: all ways through
 * the expression are taken side by side, one character at a time (Thompson 1968), so none is ever
 * tried again. No more of the language than can be run so: no back references, no look-around.
 *
 *     .  [a-z]  [^/]  \d \w \s \D \W \S  \.   ( )  (?: )  |   * + ? {2} {2,} {2,5}   ^  $
 *
 * A `?` behind a repetition (as little as possible) changes nothing about whether it matches, and
 * is taken. Case counts. It may match anywhere in the address.
 */

export const PATTERN_CHARS_MAX = 500
/** Steps of the compiled form; with 2,048 characters an answer takes 400,000 at most. */
export const PATTERN_STEPS_MAX = 200
/** Groups in groups; an address has no such structure. */
const NESTING_MAX = 20
const REPEAT_MAX = 100
/** Each step stands in some parts of the tree. */
const PARTS_MAX = 20 * PATTERN_STEPS_MAX

/** Packed for speed: each step a number of its kind, and the places it leads to. */
export interface UrlPattern {
  readonly kind: 'pattern'
  readonly kinds: Uint8Array
  readonly firsts: Int32Array
  readonly seconds: Int32Array
  /** Of each step that takes a character: which of ASCII, 1 by 1, and which of the others. */
  readonly tables: readonly (Uint8Array | undefined)[]
  readonly tests: readonly (Test | undefined)[]
}

export type InvalidPattern = {
  readonly kind: 'invalid'
  readonly pattern: string
  /** Of the first character that is wrong. */
  readonly at: number
  readonly why: 'malformed' | 'unsupported' | 'tooLong'
}

type Test = (code: number) => boolean

/** `fork` goes on at both places, `take` at the next one when the character passes. */
type Step =
  | { readonly kind: 'take'; readonly passes: Test }
  | { readonly kind: 'fork'; readonly first: number; readonly second: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'found' }

export function urlPattern(text: string): UrlPattern | InvalidPattern {
  if (text.length > PATTERN_CHARS_MAX) {
    return { kind: 'invalid', pattern: text, at: PATTERN_CHARS_MAX, why: 'tooLong' }
  }
  try {
    const program = new Program()
    program.emit(new Reader(text).whole())
    return packed([...program.steps, { kind: 'found' }])
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown
    return { kind: 'invalid', pattern: text, at: thrown.at, why: thrown.why }
  }
}

/** Cost: steps of the pattern × characters of the text, whatever they are. */
export function matchesUrl(pattern: UrlPattern, text: string): boolean {
  const { tables, tests, kinds } = pattern
  const sweep: Sweep = {
    seenAt: new Int32Array(kinds.length).fill(-1),
    here: new Int32Array(kinds.length),
    open: new Int32Array(2 * kinds.length + 2),
    count: 0,
  }
  const places = new Int32Array(kinds.length)
  let placesCount = 0
  for (let at = 0; at <= text.length; at += 1) {
    const isLast = at === text.length
    const walk = { pattern, sweep, at, isLast }
    sweep.count = 0
    for (let index = 0; index < placesCount; index += 1) {
      if (isFoundFrom(places[index] ?? 0, walk)) return true
    }
    // It may begin at any character.
    if (isFoundFrom(0, walk)) return true
    const code = text.charCodeAt(at)
    placesCount = 0
    for (let index = 0; index < sweep.count && !isLast; index += 1) {
      const place = sweep.here[index] ?? 0
      const passes =
        code < ASCII_CODES ? tables[place]?.[code] === 1 : tests[place]?.(code) === true
      if (passes) {
        places[placesCount] = place + 1
        placesCount += 1
      }
    }
  }
  return false
}

/** What one walk over a text writes on. */
interface Sweep {
  /** The character at which a step was last reached: each once a character. */
  readonly seenAt: Int32Array
  /** Steps that wait for the character, `count` of them. */
  readonly here: Int32Array
  /** Each step reached adds two at most. */
  readonly open: Int32Array
  count: number
}

interface Walk {
  readonly pattern: UrlPattern
  readonly sweep: Sweep
  readonly at: number
  readonly isLast: boolean
}

/** Follows what takes no character. Whether the end of the pattern was reached. */
function isFoundFrom(from: number, { pattern, sweep, at, isLast }: Walk): boolean {
  const { kinds, firsts, seconds } = pattern
  const { seenAt, here, open } = sweep
  let openCount = 1
  open[0] = from
  while (openCount > 0) {
    openCount -= 1
    const place = open[openCount] ?? 0
    if (seenAt[place] === at) continue
    seenAt[place] = at
    const kind = kinds[place]
    if (kind === FOUND) return true
    if (kind === TAKE) {
      here[sweep.count] = place
      sweep.count += 1
    } else if (kind === FORK) {
      open[openCount] = firsts[place] ?? 0
      open[openCount + 1] = seconds[place] ?? 0
      openCount += 2
    } else if (kind === START ? at === 0 : isLast) {
      open[openCount] = place + 1
      openCount += 1
    }
  }
  return false
}

const [TAKE, FORK, START, END, FOUND] = [0, 1, 2, 3, 4] as const
const KINDS = { take: TAKE, fork: FORK, start: START, end: END, found: FOUND } as const
const ASCII_CODES = 128
const DASH = 45

function packed(steps: readonly Step[]): UrlPattern {
  const tests = steps.map((step) => (step.kind === 'take' ? step.passes : undefined))
  return {
    kind: 'pattern',
    kinds: Uint8Array.from(steps, ({ kind }) => KINDS[kind]),
    firsts: Int32Array.from(steps, (step) => (step.kind === 'fork' ? step.first : 0)),
    seconds: Int32Array.from(steps, (step) => (step.kind === 'fork' ? step.second : 0)),
    tables: tests.map((test) =>
      test === undefined
        ? undefined
        : Uint8Array.from({ length: ASCII_CODES }, (_, code) => Number(test(code))),
    ),
    tests,
  }
}

type Tree =
  | { readonly kind: 'take'; readonly passes: Test }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'row'; readonly parts: readonly Tree[] }
  | { readonly kind: 'choice'; readonly ways: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly part: Tree; readonly min: number; readonly max: number }

/** Never leaves this file. */
class Refused extends Error {
  readonly at: number
  readonly why: InvalidPattern['why']

  constructor(at: number, why: InvalidPattern['why']) {
    super(why)
    this.at = at
    this.why = why
  }
}

/** Puts the tree's steps in a row. */
class Program {
  readonly steps: Step[] = []
  /** Parts put down: repetitions of nothing make no steps and no end. */
  #parts = 0

  emit(tree: Tree): void {
    this.#parts += 1
    const isTooLong = this.steps.length > PATTERN_STEPS_MAX || this.#parts > PARTS_MAX
    if (isTooLong) throw new Refused(0, 'tooLong')
    switch (tree.kind) {
      case 'take':
      case 'start':
      case 'end':
        this.steps.push(tree)
        return
      case 'row':
        for (const part of tree.parts) this.emit(part)
        return
      case 'choice':
        this.#choice(tree.ways)
        return
      case 'repeat':
        this.#repeat(tree)
    }
  }

  #choice(ways: readonly Tree[]): void {
    const [way, ...others] = ways
    if (way === undefined) return
    if (others.length === 0) return this.emit(way)
    const fork = this.#hole()
    this.emit(way)
    const end = this.#hole()
    this.#fork(fork, fork + 1, this.steps.length)
    this.#choice(others)
    this.#fork(end, this.steps.length, this.steps.length)
  }

  #repeat({ part, min, max }: { part: Tree; min: number; max: number }): void {
    for (let count = 0; count < min; count += 1) this.emit(part)
    if (max === Infinity) {
      const fork = this.#hole()
      this.emit(part)
      this.#fork(this.#hole(), fork, fork)
      this.#fork(fork, fork + 1, this.steps.length)
      return
    }
    for (let count = min; count < max; count += 1) {
      const fork = this.#hole()
      this.emit(part)
      this.#fork(fork, fork + 1, this.steps.length)
    }
  }

  /** A place for a fork whose ends are not known. */
  #hole(): number {
    return this.steps.push({ kind: 'found' }) - 1
  }

  #fork(at: number, first: number, second: number): void {
    this.steps[at] = { kind: 'fork', first, second }
  }
}

/** Reads the expression, from left to right. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): Tree {
    const tree = this.#choice(0)
    if (this.#at < this.#text.length) throw new Refused(this.#at, 'malformed')
    return tree
  }

  #choice(nesting: number): Tree {
    if (nesting > NESTING_MAX) throw new Refused(this.#at, 'tooLong')
    const ways = [this.#row(nesting)]
    while (this.#took('|')) ways.push(this.#row(nesting))
    return { kind: 'choice', ways }
  }

  #row(nesting: number): Tree {
    const parts: Tree[] = []
    for (let next = this.#text[this.#at]; next !== undefined; next = this.#text[this.#at]) {
      if (next === '|' || next === ')') break
      parts.push(this.#repeated(this.#atom(nesting)))
    }
    return { kind: 'row', parts }
  }

  #repeated(part: Tree): Tree {
    const from = this.#at
    const found = /^(?:[*+?]|\{(\d{1,3})(?:(,)(\d{0,3}))?\})\??/.exec(this.#text.slice(from))
    if (found === null) return part
    if (part.kind === 'start' || part.kind === 'end') throw new Refused(from, 'malformed')
    this.#at += found[0].length
    const [all, least, comma, most] = found
    const min = least === undefined ? Number(all.startsWith('+')) : Number(least)
    const max = greatest(all, { min, comma, most })
    if (min > REPEAT_MAX || (max !== Infinity && max > REPEAT_MAX))
      throw new Refused(from, 'tooLong')
    if (max < min) throw new Refused(from, 'malformed')
    return { kind: 'repeat', part, min, max }
  }

  #atom(nesting: number): Tree {
    const from = this.#at
    const character = this.#text.charAt(from)
    this.#at += 1
    if (character === '(') return this.#group(nesting)
    if (character === '[') return { kind: 'take', passes: this.#set() }
    if (character === '^') return { kind: 'start' }
    if (character === '$') return { kind: 'end' }
    if (character === '.') return { kind: 'take', passes: () => true }
    if (character === '\\') return { kind: 'take', passes: this.#escape() }
    if ('*+?{'.includes(character)) throw new Refused(from, 'malformed')
    const code = character.charCodeAt(0)
    return { kind: 'take', passes: (each) => each === code }
  }

  #group(nesting: number): Tree {
    if (this.#took('?') && !this.#took(':')) throw new Refused(this.#at - 1, 'unsupported')
    const tree = this.#choice(nesting + 1)
    if (!this.#took(')')) throw new Refused(this.#at, 'malformed')
    return tree
  }

  /** Behind a backslash: a class, or a character that means something else without it. */
  #escape(): Test {
    return testOf(this.#escaped())
  }

  /** The code of the character, or the class. */
  #escaped(): number | Test {
    const character = this.#text.charAt(this.#at)
    this.#at += 1
    const kind = CLASSES.get(character.toLowerCase())
    if (kind !== undefined) {
      const isOther = character !== character.toLowerCase()
      return (code) => kind.test(String.fromCharCode(code)) !== isOther
    }
    if (character === '') throw new Refused(this.#at - 1, 'malformed')
    if (/[A-Za-z0-9]/.test(character)) throw new Refused(this.#at - 1, 'unsupported')
    return character.charCodeAt(0)
  }

  #set(): Test {
    const isOther = this.#took('^')
    const tests: Test[] = []
    while (!this.#took(']')) tests.push(this.#setPart())
    return (code) => tests.some((test) => test(code)) !== isOther
  }

  /** A character, a class, or a range. Between others than characters, `-` is one itself. */
  #setPart(): Test {
    const from = this.#at
    const low = this.#setCharacter()
    const isRange = this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']'
    if (!isRange) return testOf(low)
    this.#at += 1
    const high = this.#setCharacter()
    if (typeof low === 'number' && typeof high === 'number') {
      if (high < low) throw new Refused(from, 'malformed')
      return (each) => each >= low && each <= high
    }
    const [first, last] = [testOf(low), testOf(high)]
    return (each) => each === DASH || first(each) || last(each)
  }

  #setCharacter(): number | Test {
    if (this.#at >= this.#text.length) throw new Refused(this.#at, 'malformed')
    if (this.#took('\\')) return this.#escaped()
    this.#at += 1
    return this.#text.charCodeAt(this.#at - 1)
  }

  #took(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }
}

function testOf(character: number | Test): Test {
  return typeof character === 'number' ? (each) => each === character : character
}

function greatest(
  all: string,
  { min, comma, most }: { min: number; comma: string | undefined; most: string | undefined },
): number {
  if (all.startsWith('?')) return 1
  if (!all.startsWith('{')) return Infinity
  if (comma === undefined) return min
  return most === undefined || most === '' ? Infinity : Number(most)
}

const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ['d', /\d/],
  ['w', /\w/],
  ['s', /\s/],
])
