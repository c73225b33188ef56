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
  const choice = violations.find(({ keyword }) => keyword === 'anyOf')
  const violation = choice ?? violations.find(({ keyword }) => keyword !== 'boolean')
  if (violation === undefined) return undefined
  const place = placeOf(violation.instancePath)
  const { keyword, params } = violation
  if (keyword === 'required') return missing(place, params['requiredProperties'])
  if (keyword === 'additionalProperties') return unknown(place, params['additionalProperties'])
  const expected = choice === undefined ? EXPECTED[keyword]?.(params) : oneOf(violations, choice)
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
  const: ({ allowedValue }) => quotedText(allowedValue),
  minimum: ({ limit }) => `${String(limit)} at least`,
  maximum: ({ limit }) => `${String(limit)} at most`,
  minLength: ({ limit }) => `${count(limit, 'character')} at least`,
  maxLength: ({ limit }) => `${count(limit, 'character')} at most`,
  minItems: ({ limit }) => `a list of ${count(limit, 'item')} at least`,
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

/** Where all that it may be are single values. */
function oneOf(violations: readonly Violation[], choice: Violation): string | undefined {
  const branches = violations.filter(
    ({ instancePath, keyword }) => keyword !== 'anyOf' && instancePath === choice.instancePath,
  )
  if (branches.length === 0 || branches.some(({ keyword }) => keyword !== 'const')) return undefined
  return `one of ${branches.map(({ params }) => quotedText(params['allowedValue'])).join(', ')}`
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
