/**
 * Accounts on real processes: a hundred clients want one nick at five members, of which two are
 * killed meanwhile; then the winner logs out everywhere, and is nobody at any member at once.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'

import type { Tokens } from '../../src/wire/api-accounts.ts'
import { RealRing } from '../process/ring.ts'

const CLIENTS = 100
const NICK = 'ana'
const DOORS = [0, 1, 2, 3, 4]
const KILLED = ['n2', 'n4']
const LIVING = [0, 2, 4]
/** So many have their answer when the two are killed. */
const ANSWERED_BEFORE = 3
const TRIES_MAX = 200

type Outcome = 'won' | 'lost'

const passwordOf = (client: number): string => `password of client ${client}`

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** What is certain of an answer; of none, or of one that promises nothing, `undefined`. */
async function outcomeOf(answer: Promise<Response>): Promise<Outcome | undefined> {
  const response = await answer.catch(() => undefined)
  if (response === undefined) return undefined
  const text = await response.text().catch(() => '')
  if (response.status === 201) return 'won'
  if (response.status !== 409) return undefined
  assert.match(text, /NICK_TAKEN/)
  return 'lost'
}

test('a hundred race for a nick, two of five members die: one has it, and is told so', async (t) => {
  await using ring = await RealRing.start({ flags: ['--no-restart'] })
  let answered = 0
  let repeated = 0
  const register = async (client: number): Promise<Outcome> => {
    const user = { nick: NICK, password: passwordOf(client) }
    const key = { 'idempotency-key': randomUUID() }
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const door = ring.door((client + tries) % DOORS.length)
      const outcome = await outcomeOf(post(`${door}/v1/users`, user, key))
      if (outcome === undefined) {
        repeated++
        continue
      }
      if (++answered === ANSWERED_BEFORE) {
        await Promise.all(KILLED.map((name) => ring.signal(name, 'SIGKILL')))
      }
      return outcome
    }
    throw new Error(`client ${client} was told nothing certain`)
  }
  const outcomes = await Promise.all(
    Array.from({ length: CLIENTS }, (_, client) => register(client)),
  )
  t.diagnostic(`${repeated} requests were sent again`)
  const winners = outcomes.flatMap((outcome, client) => (outcome === 'won' ? [client] : []))
  assert.equal(winners.length, 1, `winners: ${winners.join(', ')}`)
  const credentials = { nick: NICK, password: passwordOf(winners[0] ?? 0) }

  const sessions: Tokens[] = []
  for (const index of LIVING) {
    const response = await post(`${ring.door(index)}/v1/auth/login`, credentials)
    assert.equal(response.status, 200, await response.clone().text())
    sessions.push((await response.json()) as Tokens)
  }
  const bearer = ({ accessToken = '' }: Tokens) => ({ authorization: `Bearer ${accessToken}` })
  const statuses = (): Promise<number[]> => {
    const asked = sessions.flatMap((session) =>
      LIVING.map((index) => fetch(`${ring.door(index)}/v1/auth/me`, { headers: bearer(session) })),
    )
    return Promise.all(asked.map(async (answer) => (await answer).status))
  }
  assert.deepEqual(new Set(await statuses()), new Set([200]))
  const [first] = sessions
  assert.ok(first !== undefined)
  const everywhere = { everywhere: true }
  const end = await post(`${ring.door(0)}/v1/auth/logout`, everywhere, bearer(first))
  assert.equal(end.status, 204)
  assert.deepEqual(new Set(await statuses()), new Set([401]))
  for (const { refreshToken } of sessions) {
    for (const index of LIVING) {
      const response = await post(`${ring.door(index)}/v1/auth/refresh`, { refreshToken })
      assert.equal(response.status, 401)
    }
  }
})
