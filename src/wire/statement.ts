/**
 * What a member says that it saw of a page: one text of named lines in one fixed order, which is
 * signed as it stands (docs/spec/testimony.md). Whoever has the text, the signature and the
 * certificate can check it, with openssl too. Pure; the page uses it as well.
 */

/**
 * Begins every text that is signed: no message of TLS and no certificate begins so, hence no
 * statement can be passed off as one, and none of them as a statement.
 */
export const STATEMENT_HEAD = 'anillo testimony statement 1'

/**
 * Longer than any that a member writes: two addresses of 2,048 characters, and 700 for the rest.
 */
export const STATEMENT_CHARS_MAX = 6_000

export interface Statement {
  /** 32 hex digits each. */
  readonly ring: string
  readonly member: string
  /** Of the request that it answers: 64 hex digits, the same for all of its witnesses. */
  readonly nonce: string
  /** How many were asked for. */
  readonly witnesses: number
  /** Canonical. */
  readonly url: string
  /** After redirects. */
  readonly finalUrl: string
  readonly status: number
  /** Of the decoded content, 64 hex digits. */
  readonly contentSha256: string
  readonly contentBytes: number
  /** Of `headerText()` in UTF-8, 64 hex digits. */
  readonly headersSha256: string
  /** Of the site's machine that answered. */
  readonly address: string
  /** ISO 8601 in UTC to the millisecond, by the member's clock: begun, and all had come. */
  readonly asked: string
  readonly received: string
}

/** What `headersSha256` is of: the headers as they came, in their order. */
export function headerText(headers: readonly (readonly [string, string])[]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
}

const HEX_32 = /^[0-9a-f]{32}$/
const HEX_64 = /^[0-9a-f]{64}$/
const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/
/**
 * `WITNESSES_MIN` to `WITNESSES_MAX`: one member alone is the majority of one, and proves nothing.
 */
const WITNESSES = /^[2-5]$/
/** Of addresses, and of machines: printable ASCII without a blank. */
const WORD = /^[\x21-\x7e]{1,2048}$/
const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/

/** The lines in their order: name, field, and what may stand there. */
const LINES = [
  ['ring', 'ring', HEX_32],
  ['member', 'member', HEX_32],
  ['nonce', 'nonce', HEX_64],
  ['witnesses', 'witnesses', WITNESSES],
  ['url', 'url', WORD],
  ['final-url', 'finalUrl', WORD],
  ['status', 'status', NUMBER],
  ['content-sha256', 'contentSha256', HEX_64],
  ['content-bytes', 'contentBytes', NUMBER],
  ['headers-sha256', 'headersSha256', HEX_64],
  ['address', 'address', WORD],
  ['asked', 'asked', INSTANT],
  ['received', 'received', INSTANT],
] as const satisfies readonly (readonly [string, keyof Statement, RegExp])[]

/** The text that is signed, in UTF-8: each line ends with LF. */
export function statementText(statement: Statement): string {
  const lines = LINES.map(([name, field]) => `${name}: ${String(statement[field])}\n`)
  return `${STATEMENT_HEAD}\n${lines.join('')}`
}

/** `undefined`: it is no statement, or not written in the one way. */
export function readStatement(text: string): Statement | undefined {
  if (text.length > STATEMENT_CHARS_MAX) return undefined
  const [head, ...lines] = text.split('\n')
  if (head !== STATEMENT_HEAD || lines.length !== LINES.length + 1 || lines.at(-1) !== '') {
    return undefined
  }
  const values = new Map<keyof Statement, string>()
  for (const [at, [name, field, shape]] of LINES.entries()) {
    const line = lines[at] ?? ''
    const value = line.slice(name.length + 2)
    if (!line.startsWith(`${name}: `) || !shape.test(value)) return undefined
    values.set(field, value)
  }
  const textOf = (field: keyof Statement): string => values.get(field) ?? ''
  const statement: Statement = {
    ring: textOf('ring'),
    member: textOf('member'),
    nonce: textOf('nonce'),
    witnesses: Number(textOf('witnesses')),
    url: textOf('url'),
    finalUrl: textOf('finalUrl'),
    status: Number(textOf('status')),
    contentSha256: textOf('contentSha256'),
    contentBytes: Number(textOf('contentBytes')),
    headersSha256: textOf('headersSha256'),
    address: textOf('address'),
    asked: textOf('asked'),
    received: textOf('received'),
  }
  return statementText(statement) === text && hasInstants(statement) ? statement : undefined
}

/** Thirteenth months are none. */
function hasInstants({ asked, received }: Statement): boolean {
  return [asked, received].every((text) => !Number.isNaN(Date.parse(text)))
}
