/**
 * A member that is told to end while people ask it: what it took it answers, and nobody's dweet is
 * lost or there twice.
 */
import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { test } from 'node:test'

import { RealRing } from './ring.ts'

const PASSWORD = 'a long password'
const CLIENTS = 16
const BEFORE_THE_END = 40
const LIMIT = 40

interface Told {
  readonly status: number
  readonly body: string
}

/** What the request came to: an answer, or that the door was closed to it, which sends nothing. */
type Asked = Told | 'closed' | 'cut off'

/** A connection of its own, so that none is closed between two requests on it. */
function ask(url: string, method: string, headers: object, body?: string): Promise<Asked> {
  const { promise, resolve } = Promise.withResolvers<Asked>()
  const agent = new Agent({ keepAlive: false })
  const asked = request(url, { method, agent, headers: { ...headers } }, (answer) => {
    let text = ''
    answer.setEncoding('utf8')
    answer.on('data', (piece: string) => (text += piece))
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }))
    answer.on('error', () => resolve('cut off'))
  })
  asked.on('error', (error: NodeJS.ErrnoException) => {
    resolve(error.code === 'ECONNREFUSED' ? 'closed' : 'cut off')
  })
  asked.end(body)
  return promise
}

test('a member that ends answers what it took, under load, and takes nothing more', async () => {
  await using ring = await RealRing.start({
    members: 3,
    flags: ['--no-restart', '--max-members', '3'],
    env: { ANILLO_DWEET_RATE: '100000' },
  })
  const json = { 'content-type': 'application/json' }
  const user = { nick: 'ana', password: PASSWORD }
  const made = JSON.stringify({ ...user, name: 'Ana' })
  await ask(`${ring.door(0)}/v1/users`, 'POST', json, made)
  const session = await ask(`${ring.door(0)}/v1/auth/login`, 'POST', json, JSON.stringify(user))
  assert.ok(typeof session === 'object' && session.status === 200)
  const { accessToken } = JSON.parse(session.body) as { readonly accessToken: string }
  const headers = { ...json, authorization: `Bearer ${accessToken}` }

  const { promise: isUnderWay, resolve: underWay } = Promise.withResolvers<void>()
  const ids: string[] = []
  let asked = 0
  const client = async (): Promise<void> => {
    for (;;) {
      const text = `number ${asked++}`
      const body = JSON.stringify({ text })
      const told = await ask(`${ring.door(1)}/v1/dweets`, 'POST', headers, body)
      if (told === 'closed') return
      assert.ok(typeof told === 'object', `${text} was cut off`)
      if (told.status === 503) {
        assert.match(told.body, /"code":"MEMBER_ENDS"/)
        return
      }
      assert.equal(told.status, 201, told.body)
      ids.push((JSON.parse(told.body) as { readonly id: string }).id)
      if (ids.length === BEFORE_THE_END) underWay()
    }
  }
  const clients = Array.from({ length: CLIENTS }, client)
  await isUnderWay
  await ring.signal('n2', 'SIGTERM')
  await Promise.all(clients)

  const found: string[] = []
  let cursor = ''
  do {
    const url = `${ring.door(0)}/v1/users/ana/dweets?limit=${LIMIT}${cursor}`
    const page = await ask(url, 'GET', headers)
    assert.ok(typeof page === 'object' && page.status === 200)
    const read = JSON.parse(page.body) as {
      readonly items: readonly { readonly id: string }[]
      readonly cursor?: string
    }
    found.push(...read.items.map(({ id }) => id))
    cursor = read.cursor === undefined ? '' : `&cursor=${encodeURIComponent(read.cursor)}`
  } while (cursor !== '')
  assert.deepEqual(found.toSorted(), ids.toSorted())
})
