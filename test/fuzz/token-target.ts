/**
 * Credentials before real accounts: whatever is shown, nobody is taken for somebody else, and all
 * that does not hold is refused alike.
 */
import assert from 'node:assert/strict'

import { isAnilloError } from '../../src/base/errors.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { IssuedTokens } from '../../src/services/accounts/types.ts'
import { AccountRing, HERE, RING_ID } from '../accounts/account-ring.test-helper.ts'
import { mutated } from './mutate.ts'
import type { FuzzTarget } from './target.ts'

const NICKS = ['ana', 'berta'] as const

const HEADERS = [
  { alg: 'none', typ: 'JWT' },
  { alg: 'HS256', typ: 'JWT', kid: 'x' },
  { alg: 'EdDSA', typ: 'JWT', kid: '' },
  { alg: 'EdDSA', typ: 'JWT', kid: '../../ring' },
  { alg: 'EdDSA', typ: 'JWT', kid: 'x', crit: ['exp'] },
  { alg: 'EdDSA', typ: 'JWT', kid: 'x', jwk: { kty: 'OKP' } },
  { alg: ['EdDSA'], typ: 'JWT', kid: 'x' },
]

export async function tokenTarget(): Promise<FuzzTarget> {
  const ring = new AccountRing()
  const known = new Map<string, string>()
  const refreshes: string[] = []
  for (const nick of NICKS) {
    await ring.register(nick)
    const tokens = await ring.logIn(nick)
    known.set(tokens.accessToken, nick)
    refreshes.push(tokens.refreshToken)
    const who = await ring.who(tokens)
    const key = { name: 'fuzz', permissions: ['pages.read' as const] }
    const made = await ring.within(ring.at(1).makeKey(who, nick, key))
    known.set(made.secret, nick)
  }
  return {
    name: 'token',
    run: async (chance) => runOne(chance, { ring, known, refreshes }),
    rest: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

interface Parts {
  readonly ring: AccountRing
  /** What holds, and whose it is. */
  readonly known: ReadonlyMap<string, string>
  readonly refreshes: readonly string[]
}

async function runOne(chance: SeededChance, { ring, known, refreshes }: Parts): Promise<void> {
  const accounts = ring.at(1 + chance.below(3))
  const shown = tokenOf(chance, [...known.keys()], refreshes)
  const who = await ring.within(settled(accounts.authenticate(shown)))
  if (known.has(shown)) assert.equal(who.value?.nick, known.get(shown))
  else refusedAs('LOGIN_FIRST', who, shown)
  if (chance.below(4) > 0) return
  // A whole one would rotate; those are tried where accounts are.
  const stolen = mutated(Buffer.from(pick(chance, refreshes)), chance).toString('latin1')
  if (refreshes.includes(stolen)) return
  const tokens: Settled<IssuedTokens> = await ring.within(settled(accounts.refresh(stolen, HERE)))
  refusedAs('LOGIN_FIRST', tokens, stolen)
}

function tokenOf(
  chance: SeededChance,
  known: readonly string[],
  refreshes: readonly string[],
): string {
  const whole = pick(chance, known)
  switch (chance.below(6)) {
    case 0:
      return whole
    case 1:
      return forged(chance)
    case 2:
      return pick(chance, refreshes)
    case 3: {
      // Parts of two that hold.
      const [a, b] = [whole.split('.'), pick(chance, known).split('.')]
      return [a[0], b[1], ...a.slice(2)].join('.')
    }
    default:
      return mutated(Buffer.from(whole), chance).toString('latin1')
  }
}

function forged(chance: SeededChance): string {
  const now = Math.floor(Date.UTC(2026, 10, 21) / 1_000)
  const claims = {
    iss: RING_ID,
    aud: 'anillo',
    sub: pick(chance, NICKS),
    sid: 'a'.repeat(16),
    iat: pick(chance, [0, now, -1, 2 ** 53]),
    exp: pick(chance, [0, now + 600, 1e308, -1]),
  }
  const parts = [pick(chance, HEADERS), claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const signature = pick(chance, ['', 'AA', Buffer.alloc(64).toString('base64url')])
  return [...parts, signature].join('.')
}

interface Settled<T> {
  readonly value?: T
  readonly problem?: unknown
}

function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (problem: unknown) => ({ problem }),
  )
}

function refusedAs(code: 'LOGIN_FIRST', { problem, value }: Settled<unknown>, shown: string): void {
  const text = JSON.stringify(shown)
  assert.equal(value, undefined, `was taken for somebody: ${text}`)
  assert.ok(isAnilloError(problem, code), `${String(problem)} for ${text}`)
}
