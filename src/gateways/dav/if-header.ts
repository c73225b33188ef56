/**
 * The `If` header (RFC 4918, 10.4), exactly:
 *
 *     If          = 1*list | 1*( "<" address ">" 1*list )
 *     list        = "(" 1*( ["Not"] ( "<" token ">" | "[" entity-tag "]" ) ) ")"
 *
 * Pure.
 */
import { AnilloError } from '../../base/errors.ts'

export type IfCondition =
  | { readonly kind: 'token'; readonly token: string; readonly isNot: boolean }
  /** As headers have it, in quotes; `W/` before it where it is weak. */
  | { readonly kind: 'etag'; readonly etag: string; readonly isNot: boolean }

/** All of its conditions must hold. */
export interface IfList {
  /** As it stands there; `undefined`: what the request is for. */
  readonly address: string | undefined
  readonly conditions: readonly IfCondition[]
}

/** One of the lists must hold. @throws AnilloError BAD_REQUEST */
export function readIf(text: string): readonly IfList[] {
  const rest = new Rest(text)
  const lists: IfList[] = []
  const isTagged = rest.looksAt('<')
  while (!rest.isOver) {
    const address = isTagged ? rest.coded() : undefined
    do lists.push({ address, conditions: listIn(rest) })
    while (rest.looksAt('('))
  }
  if (lists.length === 0) throw malformed()
  return lists
}

function listIn(rest: Rest): readonly IfCondition[] {
  rest.take('(')
  const conditions: IfCondition[] = []
  while (!rest.looksAt(')')) {
    const isNot = rest.takesNot()
    if (rest.looksAt('<')) conditions.push({ kind: 'token', token: rest.coded(), isNot })
    else conditions.push({ kind: 'etag', etag: rest.etag(), isNot })
  }
  rest.take(')')
  if (conditions.length === 0) throw malformed()
  return conditions
}

/** What tokens the client shows that it has: those that it says do hold. */
export function tokensIn(lists: readonly IfList[]): ReadonlySet<string> {
  const tokens = lists.flatMap(({ conditions }) =>
    conditions.flatMap((one) => (one.kind === 'token' && !one.isNot ? [one.token] : [])),
  )
  return new Set(tokens)
}

/** What has not been read yet. White space between two parts does not count. */
class Rest {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#skip()
  }

  get isOver(): boolean {
    return this.#at === this.#text.length
  }

  looksAt(unit: string): boolean {
    return this.#text[this.#at] === unit
  }

  take(unit: string): void {
    if (!this.looksAt(unit)) throw malformed()
    this.#at++
    this.#skip()
  }

  takesNot(): boolean {
    return this.#match(/not(?=[\s<[])/iy) !== undefined
  }

  coded(): string {
    const found = this.#match(/<[^<>\s"]+>/y)
    if (found === undefined) throw malformed()
    return found.slice(1, -1)
  }

  etag(): string {
    const found = this.#match(/\[(?:W\/)?"[\u0020\u0021\u0023-\u007e\u0080-\u00ff]*"\]/y)
    if (found === undefined) throw malformed()
    return found.slice(1, -1)
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) return undefined
    this.#at += found.length
    this.#skip()
    return found
  }

  #skip(): void {
    while (this.looksAt(' ') || this.looksAt('\t')) this.#at++
  }
}

function malformed(): AnilloError {
  return new AnilloError('BAD_REQUEST', {
    problem: 'its If header is not as RFC 4918, 10.4 has it',
  })
}
