/**
 * What a schema refuses, said for people: which value, and what it ought to be. Schemas speak in
 * the words of JSON Schema (validation keywords, 2020-12, section 6), which tell the one who wrote
 * them.
 */

/** As Fastify gives one; `instancePath` is a JSON pointer (RFC 6901) into what was looked at. */
export interface Violation {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface Looked {
  /** `body`, `params`, `querystring` or `headers`. */
  readonly part: string
  /** Told again in the refusal; absent where it may be a secret, as in a body. */
  readonly value?: unknown
}

/** `undefined`: no better words than the schema's own. */
export function violationWords(
  violations: readonly Violation[],
  { part, value }: Looked,
): string | undefined {
  const [violation, ...others] = nearest(violations)
  if (violation === undefined) return undefined
  const place = placeOf(violation.instancePath)
  const { keyword, params } = violation
  if (keyword === 'required') return missing(place, params['requiredProperties'])
  if (keyword === 'additionalProperties') return unknown(place, params['additionalProperties'])
  const expected = anyOf([violation, ...others])
  if (expected === undefined) return undefined
  const name = place === '' ? (PARTS[part] ?? part) : place
  const shown = shownAt(value, violation.instancePath)
  if (shown === undefined) return `${name} ought to be ${expected}`
  return `${name} is ${shown}, and ought to be ${expected}`
}

const PARTS: Readonly<Record<string, string>> = {
  body: 'the body',
  headers: 'the headers',
  params: 'the address',
  querystring: 'the query',
}

type Params = Readonly<Record<string, unknown>>

const EXPECTED: Readonly<Record<string, (params: Params) => string | undefined>> = {
  pattern: ({ pattern }) => (typeof pattern === 'string' ? formText(pattern) : undefined),
  type: ({ type }) => (typeof type === 'string' ? TYPES[type] : undefined),
  format: ({ format }) => (format === 'date-time' ? 'an instant in ISO 8601' : undefined),
  minimum: ({ limit }) => `${String(limit)} at least`,
  maximum: ({ limit }) => `${String(limit)} at most`,
  minLength: ({ limit }) => `${count(limit, 'character')} at least`,
  maxLength: ({ limit }) => `${count(limit, 'character')} at most`,
  minItems: ({ limit }) => `a list of ${count(limit, 'item')} at least`,
  maxProperties: ({ limit }) => `${count(limit, 'name')} at most`,
  maxItems: ({ limit }) => `a list of ${count(limit, 'item')} at most`,
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'text',
}

/** So many of one kind of character; other patterns stand as they are. */
function formText(pattern: string): string {
  const [, kind = '', length = ''] = /^\^(\[[^\]]+\])\{(\d+)\}\$$/.exec(pattern) ?? []
  const kindText = KINDS[kind]
  return kindText === undefined ? `of the form ${pattern}` : `${length} ${kindText}`
}

const KINDS: Readonly<Record<string, string>> = {
  '[0-9a-f]': 'hex digits (0 to 9, a to f)',
  '[0-9]': 'digits',
  [String.raw`[\w-]`]: 'letters, digits, “_” or “-”',
}

/**
 * Those that tell the most: the first one; where there is a choice of shapes, what the shape that
 * fits furthest lacks, or else each that it might have been.
 */
function nearest(violations: readonly Violation[]): readonly Violation[] {
  const told = violations.filter(({ keyword }) => keyword !== 'boolean' && keyword !== 'anyOf')
  if (!violations.some(({ keyword }) => keyword === 'anyOf')) return told.slice(0, 1)
  const depth = Math.max(...told.map(({ instancePath }) => partsOf(instancePath).length))
  const deepest = told.filter(({ instancePath }) => partsOf(instancePath).length === depth)
  const there = deepest.filter(({ instancePath }) => instancePath === deepest[0]?.instancePath)
  // Of an object that is one, but not whole, more can be said than that others are text.
  const ofObject = there.find(({ keyword }) => OF_OBJECTS.has(keyword))
  return ofObject === undefined ? there : [ofObject]
}

const OF_OBJECTS: ReadonlySet<string> = new Set(['required', 'additionalProperties'])

/** `undefined`: for one of them there are no words. */
function anyOf(branches: readonly Violation[]): string | undefined {
  const values = branches.flatMap(({ keyword, params }) =>
    keyword === 'const' ? [quotedText(params['allowedValue'])] : [],
  )
  const shapes = branches
    .filter(({ keyword }) => keyword !== 'const')
    .map(({ keyword, params }) => EXPECTED[keyword]?.(params))
  const single = values.length > 1 ? [`one of ${values.join(', ')}`] : values
  const all = [...new Set([...single, ...shapes])]
  return all.includes(undefined) ? undefined : all.join(', or ')
}

function missing(place: string, names: unknown): string | undefined {
  if (!Array.isArray(names) || names.length === 0) return undefined
  const paths = names.map((name) => within(place, String(name)))
  return `${paths.join(' and ')} ${names.length === 1 ? 'is' : 'are'} missing`
}

function unknown(place: string, names: unknown): string | undefined {
  if (!Array.isArray(names) || names.length === 0) return undefined
  return `${quotedText(within(place, String(names[0])))} is not known here`
}

function within(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`
}

/** `fields.price[0]`. */
function placeOf(pointer: string): string {
  const place = partsOf(pointer).reduce(
    (before, part) => (/^\d+$/.test(part) ? `${before}[${part}]` : within(before, part)),
    '',
  )
  return cut(place)
}

function partsOf(pointer: string): readonly string[] {
  const parts = pointer.split('/').slice(1)
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** `undefined`: what stands there is not to be told, or nothing that reads well. */
function shownAt(value: unknown, pointer: string): string | undefined {
  let at = value
  for (const part of partsOf(pointer)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = Reflect.get(at, part)
  }
  if (at === '') return 'empty'
  return typeof at === 'string' || typeof at === 'number' ? quotedText(at) : undefined
}

function quotedText(value: unknown): string {
  return typeof value === 'string' ? `“${cut(value)}”` : String(value)
}

/** Characters of a value that are told: to know it again by. */
const SHOWN_CHARS_MAX = 64

function cut(text: string): string {
  const shown = text.replaceAll(/\p{C}/gu, '\u{fffd}')
  return shown.length <= SHOWN_CHARS_MAX
    ? shown
    : `${shown.slice(0, SHOWN_CHARS_MAX).toWellFormed()}…`
}

function count(limit: unknown, thing: string): string {
  return `${String(limit)} ${thing}${limit === 1 ? '' : 's'}`
}
