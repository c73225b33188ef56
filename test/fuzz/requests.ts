/** Requests as text: near to what the doors know, and far from it. */
import { pick, type SeededChance } from '../../src/base/random.ts'
import { DEMANDS, type RouteName } from '../../src/wire/demands.ts'
import { MASTODON_DEMANDS } from '../../src/wire/mastodon-demands.ts'

/** Those of the Mastodon API are many, and nearly alike. */
const OF_MASTODON = Object.keys(MASTODON_DEMANDS)
const OWN = Object.keys(DEMANDS).filter((route) => !OF_MASTODON.includes(route))
const METHODS = [
  'GET',
  'HEAD',
  'PUT',
  'POST',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'X',
]

/** As they are in the model behind the doors. */
const SOUND_NAMES = ['t', 'p', 's', 'a', 'ana', 'n1', '123456', 'drain', 'ab'.repeat(32)]

const NAMES = [
  'a',
  'ana',
  'n1',
  't',
  '123456',
  'drain',
  'ab'.repeat(32),
  '0'.repeat(32),
  '..',
  '.',
  '%2e%2e',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%',
  '%0d%0aset-cookie:%20x=1',
  '%ff%fe',
  '%E2%80%AE',
  '*',
  '__proto__',
  'constructor',
  'x'.repeat(1_100),
  'é',
  '%C3%A9',
]

const QUERIES = [
  '',
  '',
  '?',
  '?limit=1',
  '?min_id=1&max_id=99999999999999999999999999&limit=0',
  '?id[]=1&id[]=x&access_token=%ff',
  '?limit=-1&cursor=%00',
  '?cursor=AAAA&prefix=%ff',
  '?url=http://localhost:9100/%0d%0ax:y',
  '?key=' + 'k'.repeat(5_000),
  '?recent=99999999999999999999',
  '?__proto__[x]=1&a=1&a=2',
]

const JSON_BODIES = [
  '{}',
  'null',
  '[]',
  '"x"',
  '{"nick":"ana","password":"ana-password"}',
  '{"status":"a <b>","visibility":"private","media_ids":[{"x":1}],"in_reply_to_id":1}',
  '{"client_name":"x","redirect_uris":["urn:ietf:wg:oauth:2.0:oob"],"scopes":"read"}',
  '{"nick":"ana","password":"wrong","cookie":true}',
  '{"nick":"\\u0430na","name":"x","password":"0123456789"}',
  '{"nick":"ana\\r\\nset-cookie: x=1","password":"0123456789"}',
  '{"refreshToken":"anillo-r.ana.x.y"}',
  '{"url":"http://localhost:1/slow"}',
  '{"url":"javascript:alert(1)"}',
  '{"writes":[{"kind":"put","sk":"a","value":"YQ=="}]}',
  '{"ttl":30}',
  '{"value":null}',
  '{"force":true}',
  '{"__proto__":{"x":1},"constructor":{}}',
  '['.repeat(5_000),
  `{"a":${'{"a":'.repeat(2_000)}`,
  `{"nick":"${'a'.repeat(60_000)}"}`,
  ' '.repeat(70_000),
]

/** What makes something, as it is asked for: else nearly all would be refused at the first look. */
const SOUND_ORDERS = {
  'POST /v1/users': '{"nick":"nadie","name":"x","password":"0123456789"}',
  'POST /v1/auth/login': '{"nick":"ana","password":"ana-password"}',
  'POST /v1/dweets': '{"text":"hola @ana #n1 http://localhost:1/"}',
  'POST /v1/lists': '{"name":"n1"}',
  'POST /v1/reports': '{"nick":"ana","reason":"spam"}',
  'PUT /v1/users/:nick/follow': '{}',
  'PUT /v1/kv/:table/:pk/:sk': '{"value":null}',
  'POST /v1/groups': '{"name":"n1"}',
  'POST /api/v1/apps': '{"client_name":"x","redirect_uris":"urn:ietf:wg:oauth:2.0:oob"}',
  'POST /api/v1/statuses': '{"status":"a <b>"}',
} as const satisfies Partial<Record<RouteName, string>>
const ORDERS = Object.keys(SOUND_ORDERS)

const HEADERS = [
  'accept: */*',
  'accept: text/event-stream',
  'content-type: application/json',
  'content-type: text/html; charset=\u0000',
  'content-type: multipart/form-data; boundary="x"',
  'content-type: application/x-www-form-urlencoded',
  'prefer: wait=0',
  'prefer: wait=9999999999999999999',
  'idempotency-key: k',
  'idempotency-key: ' + 'k'.repeat(300),
  'if-match: "1-1"',
  'if-none-match: *',
  'origin: null',
  'origin: http://localhost:9100',
  'origin: https://evil.example',
  'anillo-request: 1',
  'x-forwarded-for: 10.0.0.1',
  'x-forwarded-host: evil.example',
  'expect: 100-continue',
  'expect: 200-ok',
  'upgrade: websocket',
  'upgrade: h2c',
  'transfer-encoding: chunked',
  'transfer-encoding: gzip, chunked',
  'range: bytes=0-' + '9'.repeat(30),
  'accept-encoding: gzip;q=1e309',
  'cookie: ' + 'a=b; '.repeat(500),
  'te: trailers',
  'host: evil.example',
  'x: ' + 'y'.repeat(8_000),
  'bad header',
  ': empty',
  'x-line: a\r\n folded',
]

export interface Credentials {
  /** Values of headers that show who asks, of nobody who may see members. */
  readonly weak: readonly string[]
  /** Of one who may all. */
  readonly strong: string
}

export interface Asked {
  readonly bytes: Buffer
  /** Shown by one who may see members. */
  readonly isStrong: boolean
}

function bodyFor(chance: SeededChance, name: string): string {
  const sound = Object.entries(SOUND_ORDERS).find(([one]) => one === name)?.[1]
  return sound === undefined || chance.below(3) === 0 ? pick(chance, JSON_BODIES) : sound
}

function nameOf(chance: SeededChance): string {
  return pick(chance, chance.below(3) > 0 ? SOUND_NAMES : NAMES)
}

/** @param host what the door answers to */
export function requestOf(chance: SeededChance, host: string, credentials: Credentials): Asked {
  const routes = chance.below(4) === 0 ? OF_MASTODON : OWN
  const name = pick(chance, chance.below(8) === 0 ? ORDERS : routes)
  const [known = 'GET', route = '/'] = name.split(' ')
  const method = chance.below(6) === 0 ? pick(chance, METHODS) : known
  const path = route.replaceAll(/:\w+|\*/g, () => nameOf(chance)) + pick(chance, QUERIES)
  const isStrong = chance.below(3) === 0
  const shown = isStrong
    ? [credentials.strong]
    : chance.below(2) === 0
      ? [pick(chance, credentials.weak)]
      : []
  const count = chance.below(2) === 0 ? 0 : 1 + chance.below(3)
  const more = Array.from({ length: count }, () => pick(chance, HEADERS))
  const body = method === 'GET' || chance.below(4) === 0 ? '' : bodyFor(chance, name)
  const length =
    body === '' && chance.below(2) === 0 ? [] : [`content-length: ${Buffer.byteLength(body)}`]
  const json = body !== '' && chance.below(3) > 0 ? ['content-type: application/json'] : []
  const close = chance.below(2) === 0 ? ['connection: close'] : []
  const head = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    ...shown,
    ...json,
    ...more,
    ...length,
    ...close,
  ]
  return { bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`), isStrong }
}
