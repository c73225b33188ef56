/**
 * The doors for clients over real sockets, plain and by TLS: whatever comes, no answer blames the
 * member, bears a header that nobody wrote, or names a member to whoever may not watch the ring.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

import { pick, type SeededChance } from '../../src/base/random.ts'
import type { Log } from '../../src/effects/log.ts'
import type { MemoryAccounts } from '../../src/gateways/rest/accounts.test-helper.ts'
import { askedDoor } from '../../src/gateways/rest/entrance.test-helper.ts'
import { PAGE } from '../../src/gateways/rest/fakes.test-helper.ts'
import { ClientListener } from '../../src/platform/client-listener.ts'
import { platformClock } from '../../src/platform/clock.ts'
import { issuedDoor } from '../../src/platform/door-papers.test-helper.ts'
import type { TlsFront } from '../../src/platform/tls-front.ts'
import type { MemberRef, Scrape } from '../../src/wire/api.ts'
import { memberAt } from '../../src/wire/member.test-helper.ts'
import { mutated, pieces, randomBytes } from './mutate.ts'
import { requestOf, type Credentials } from './requests.ts'
import type { FuzzTarget } from './target.ts'

const HOST = '127.0.0.1'
const NAME = 'anillo.test'
/** Stand for what only those may know who watch the ring. */
const MEMBER_NAME = 'hidden-member'
const MEMBER_ADDRESS = 'hidden.example:9300'
const MEMBER: MemberRef = {
  name: MEMBER_NAME,
  id: 'e'.repeat(32),
  address: MEMBER_ADDRESS,
  position: '0'.repeat(64),
}

/** A connection on which nothing more comes for so long has been told all that it is told. */
const QUIET_MS = 60
/** A busy machine answers late, and some requests are never whole. */
const FIRST_ANSWER_MS_MAX = 600
const OPEN_MS_MAX = 5_000
const REQUESTS_MAX = 4

export async function httpTarget(): Promise<FuzzTarget> {
  const problems: string[] = []
  const log = noticing(problems)
  const listener = new ClientListener({ log })
  const member = { ...memberAt(MEMBER), url: `https://${MEMBER_NAME}:9100` }
  const door = await askedDoor({
    hasGuests: false,
    more: {
      listener,
      log,
      clock: platformClock(),
      beyond: { names: () => [NAME] },
      ring: ringOf(member),
      scraper: scraperOf(),
    },
  })
  const credentials = renewed(door.accounts)
  await door.server.listen({ host: HOST, port: 0 })
  const { port } = door.server.server.address() as { readonly port: number }
  const front = listener.tlsFront(door.server.server)
  const secure = await openFront(front)
  const target = new HttpTarget({ port, secure, credentials, problems })
  return {
    name: 'http',
    run: (chance) => target.run(chance),
    rest: async () => {
      while (listener.connections > 0) await pause(QUIET_MS)
      target.checkThatItMetAll()
    },
    async [Symbol.asyncDispose]() {
      front.close()
      await door[Symbol.asyncDispose]()
    },
  }
}

/** Requests that come through delete accounts and log them out: they are made anew now and then. */
function renewed(accounts: MemoryAccounts): () => Credentials {
  let uses = 0
  let made: Credentials | undefined
  return () => {
    if (made === undefined || uses++ % CASES_OF_AN_ACCOUNT === 0) {
      made = {
        strong: `authorization: Bearer ${accounts.person('root', 'administrator')}`,
        weak: weakOnes(accounts.person('ana', 'member')),
      }
    }
    return made
  }
}

const CASES_OF_AN_ACCOUNT = 50

interface HttpParts {
  readonly port: number
  readonly secure: { readonly port: number; readonly authorityPem: string }
  readonly credentials: () => Credentials
  readonly problems: string[]
}

/** Had so many cases not met all of these, they would be too tame to show anything. */
const MET_AFTER: readonly (readonly [number, readonly string[]])[] = [
  [1_000, ['200', '400', '401', '403', '404']],
  [2_000, ['201', '204', '413']],
]

class HttpTarget {
  readonly #parts: HttpParts
  readonly #met = new Set<string>()
  #cases = 0

  constructor(parts: HttpParts) {
    this.#parts = parts
  }

  async run(chance: SeededChance): Promise<void> {
    const { credentials, problems } = this.#parts
    // A handshake costs as much as a hundred requests.
    const isSecure = chance.below(40) === 0
    const host = isSecure ? NAME : 'localhost'
    const shown = credentials()
    const asked = Array.from({ length: 1 + chance.below(REQUESTS_MAX) }, () =>
      requestOf(chance, host, shown),
    )
    const whole = Buffer.concat(asked.map(({ bytes }) => bytes))
    const sent = chance.below(2) === 0 ? whole : mutated(whole, chance)
    const bytes = chance.below(50) === 0 ? randomBytes(chance, chance.below(4_096)) : sent
    const heard = await this.#converse(bytes, { chance, isSecure })
    this.#cases++
    for (const [, status = ''] of heard.matchAll(HEAD)) this.#met.add(status)
    checkAnswers(
      heard,
      asked.some(({ isStrong }) => isStrong),
      bytes,
    )
    assert.deepEqual(problems, [], 'a door had a problem of its own')
  }

  checkThatItMetAll(): void {
    const due = MET_AFTER.filter(([cases]) => this.#cases >= cases)
    const missing = due.flatMap(([, statuses]) => statuses).filter((one) => !this.#met.has(one))
    assert.deepEqual(missing, [], `never answered so, but ${[...this.#met].join(' ')}`)
  }

  async #converse(
    bytes: Buffer,
    { chance, isSecure }: { readonly chance: SeededChance; readonly isSecure: boolean },
  ): Promise<string> {
    const socket = await this.#open(isSecure)
    const heard: Buffer[] = []
    let quietFromMs = performance.now() + FIRST_ANSWER_MS_MAX - QUIET_MS
    socket.on('data', (piece: Buffer) => {
      heard.push(piece)
      quietFromMs = performance.now()
    })
    const closed = once(socket, 'close').catch(() => undefined)
    for (const piece of pieces(bytes, chance)) {
      socket.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const breaksOff = pick(chance, ['waits', 'waits', 'waits', 'ends', 'dies'] as const)
    if (breaksOff === 'dies') socket.destroy()
    if (breaksOff === 'ends') socket.end()
    const beganMs = performance.now()
    while (!socket.closed && performance.now() - quietFromMs < QUIET_MS) {
      await Promise.race([closed, pause(QUIET_MS / 4)])
      if (performance.now() - beganMs > OPEN_MS_MAX) break
    }
    socket.destroy()
    await closed
    return Buffer.concat(heard).toString('latin1')
  }

  async #open(isSecure: boolean): Promise<Socket> {
    const { port, secure } = this.#parts
    const socket = isSecure
      ? connectTls({ host: HOST, port: secure.port, servername: NAME, ca: secure.authorityPem })
      : connect(port, HOST)
    socket.on('error', () => undefined)
    await once(socket, isSecure ? 'secureConnect' : 'connect')
    return socket
  }
}

const HEAD = /HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/g

/** Headers that some answer of ours bears; any other one was made by who asked. */
const OWN_HEADERS: ReadonlySet<string> = new Set(
  (
    'age access-control-allow-credentials access-control-allow-headers access-control-allow-methods ' +
    'access-control-allow-origin access-control-expose-headers access-control-max-age ' +
    'allow anillo-applied anillo-expires-at cache-control connection content-disposition ' +
    'content-language content-length content-security-policy content-type ' +
    'cross-origin-opener-policy date etag ' +
    'keep-alive link location referrer-policy retry-after set-cookie strict-transport-security ' +
    'transfer-encoding vary www-authenticate x-content-type-options accept-ranges last-modified ' +
    'x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset'
  ).split(' '),
)

function checkAnswers(heard: string, isStrong: boolean, bytes: Buffer): void {
  const about = (): string =>
    `\nasked: ${bytes.toString('latin1').slice(0, 2_000)}\nheard: ${heard.slice(0, 2_000)}`
  for (const [, status = '', headers = ''] of heard.matchAll(HEAD)) {
    assert.ok(Number(status) < 500 || status === '503', `blames the member${about()}`)
    for (const line of headers.trimEnd().split('\r\n')) {
      const name = line.slice(0, line.indexOf(':')).toLowerCase()
      assert.ok(
        status === '100' || line === '' || OWN_HEADERS.has(name),
        `header ${line}${about()}`,
      )
      // The one value that some of them take from who asked.
      assert.ok(name !== 'set-cookie' || line.includes('HttpOnly'), `a cookie ${line}${about()}`)
    }
  }
  if (isStrong) return
  assert.ok(!heard.includes(MEMBER_NAME), `a member is named${about()}`)
  assert.ok(!heard.includes(MEMBER_ADDRESS), `an address is told${about()}`)
}

function weakOnes(token: string): readonly string[] {
  const basic = Buffer.from('ana:ana-password').toString('base64')
  return [
    `authorization: Bearer ${token}`,
    `authorization: Bearer ${token}.x`,
    'authorization: Bearer eyJhbGciOiJub25lIn0.e30.',
    `authorization: Basic ${basic}`,
    'authorization: Basic ====',
    `authorization: ${'x'.repeat(5_000)}`,
    `cookie: anillo-access-01234567=${token}`,
    `cookie: anillo-access-01234567=${token}; anillo-access-01234567=x`,
    'cookie: anillo-access-01234567; =; ;;;',
  ]
}

function ringOf(member: ReturnType<typeof memberAt>) {
  const at = '2026-11-21T00:00:00.000Z'
  return {
    ring: async () => ({
      ringId: '2'.repeat(32),
      self: MEMBER_NAME,
      members: [member],
      partitions: [],
      mayFail: 0,
    }),
    lookup: async (key: string) => ({ key, position: '0'.repeat(64), owner: MEMBER, hops: [] }),
    async *events() {
      yield { at, member: MEMBER, kind: 'joined' as const }
    },
    self: () => member,
  }
}

function scraperOf() {
  const page = { ...PAGE, fetchedBy: MEMBER }
  const { id, url } = page
  const how = { state: 'done', how: 'hit', age: 7, owner: MEMBER } as const
  const done: Scrape = { id, url, ...how, page, hops: [] }
  return {
    scrape: async () => done,
    find: async () => done,
    content: async () => ({ page, body: ReadableStream.from([new Uint8Array(5)]) }),
    idOf: () => page.id,
  }
}

async function openFront(front: TlsFront) {
  const { authorityPem, ...papers } = await issuedDoor(NAME)
  front.show(papers)
  const { port } = await front.listen({ host: HOST, port: 0 })
  return { port, authorityPem }
}

/** What a door logs as an error is a fault of its own. */
function noticing(problems: string[]): Log {
  const nothing = (): void => undefined
  const log: Log = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (event, fields) => void problems.push(`${event} ${String(fields?.['thrown'])}`),
    child: () => log,
  }
  return log
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
