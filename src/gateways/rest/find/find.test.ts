import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import type { Dweets } from '../../../services/dweets/types.ts'
import type { Findings } from '../../../wire/api-find.ts'
import type { Share } from '../../../wire/api-shares.ts'
import { bearer } from '../entrance.test-helper.ts'
import { fakeDoor, PAGE_ID } from '../fakes.test-helper.ts'
import { ANA, filesDoor, HOME } from '../files/files-door.test-helper.ts'
import { createGateway } from '../gateway.ts'
import { problemOf } from '../problem.ts'
import { findersOf, type ListedShares } from './finders.ts'

const BEN = { nick: 'ben', isModerator: false }

async function door() {
  const asked = await filesDoor()
  const ben = asked.person('ben')
  return { ...asked, asBen: ben }
}

type Asking = Awaited<ReturnType<typeof door>>['asBen']

async function found(ask: Asking, query: string): Promise<Findings> {
  const answer = await ask({ url: `/v1/find?${query}` })
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}

const namesIn = ({ groups }: Findings): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    groups.map((group) => [
      group.kind,
      group.kind === 'pages'
        ? group.items.map(({ id }) => id)
        : group.kind === 'files'
          ? group.items.map(({ path }) => path)
          : group.kind === 'dweets'
            ? group.items.map(({ text }) => text)
            : group.items.map(({ name }) => name),
    ]),
  )

test('one search finds pages, files and dweets, and of each what who asks may read', async () => {
  await using asked = await door()
  await asked.has(`${HOME}/hello.txt`, 'x')
  await asked.has('/shared/hello all.txt', 'x')
  const publish = async (payload: object): Promise<void> => {
    const answer = await asked.asAna({ method: 'POST', url: '/v1/dweets', payload })
    assert.equal(answer.statusCode, 201, answer.body)
  }
  await publish({ text: 'Hello to all' })
  await publish({ text: 'hello, those who follow', visibility: 'followers' })
  assert.deepEqual(namesIn(await found(asked.asAna, 'q=hello')), {
    pages: [PAGE_ID],
    files: [`${HOME}/hello.txt`, '/shared/hello all.txt'],
    dweets: ['hello, those who follow', 'Hello to all'],
    shares: [],
  })
  const bens = await found(asked.asBen, 'q=hello')
  assert.deepEqual(namesIn(bens), {
    pages: [PAGE_ID],
    files: ['/shared/hello all.txt'],
    dweets: ['Hello to all'],
    shares: [],
  })
  assert.deepEqual(bens.incomplete, [])
  const guests = await asked.ask({ url: '/v1/find?q=hello' })
  assert.deepEqual(namesIn(guests.json()), { pages: [PAGE_ID] })
})

test('kinds are chosen, refused to those who may not, and gone on with one by one', async () => {
  await using asked = await door()
  for (let at = 0; at < 3; at++) await asked.has(`/shared/tide ${at}`, 'x')
  const first = await found(asked.asAna, 'q=tide&kinds=files&limit=2')
  const [group] = first.groups
  assert.equal(first.groups.length, 1)
  assert.equal(group?.found, 3)
  const cursor = encodeURIComponent(group.cursor ?? '')
  const second = await found(asked.asAna, `q=tide&kinds=files&limit=2&cursor=${cursor}`)
  assert.equal(second.groups[0]?.items.length, 1)
  assert.equal(second.groups[0].cursor, undefined)
  const statusOf = async (query: string): Promise<number> =>
    (await asked.asAna({ url: `/v1/find?${query}` })).statusCode
  const bad = [
    '',
    'q=',
    'q=%20',
    `q=${'x'.repeat(501)}`,
    'q=a&limit=0',
    'q=a&limit=51',
    'q=a&kinds=cats',
    'q=a&kinds=',
    `q=a&cursor=${cursor}`,
    `q=a&kinds=files,pages&cursor=${cursor}`,
  ]
  for (const query of bad) assert.equal(await statusOf(query), 400, query)
  const guest = await asked.ask({ url: '/v1/find?q=a&kinds=pages,files' })
  assert.equal(guest.json().code, 'LOGIN_FIRST')
  const key = bearer(asked.accounts.key('ana', ['dweets.read']))
  const narrow = await asked.ask({ url: '/v1/find?q=a&kinds=files', headers: key })
  assert.equal(narrow.json().code, 'PERMISSION_MISSING')
})

test('what cannot be looked at is told, and keeps back nothing else', async () => {
  const files = {
    before: (call: string): void => {
      if (call === 'find') throw new AnilloError('STORE_UNAVAILABLE', { problem: 'no majority' })
    },
  }
  await using asked = await filesDoor({ before: files.before })
  const { groups, incomplete } = await found(asked.asAna, 'q=hello')
  assert.deepEqual(incomplete, ['files'])
  const told = groups.find(({ kind }) => kind === 'files')
  assert.deepEqual(told?.items, [])
  assert.equal(told.problem?.code, 'STORE_UNAVAILABLE')
  assert.equal(groups.find(({ kind }) => kind === 'pages')?.items.length, 1)
})

test('rare words are looked for on page after page of dweets, but not for ever', async () => {
  const clock = new ManualClock()
  const cursors: (string | undefined)[] = []
  const dweets: Pick<Dweets, 'search'> = {
    search: async (_, words, { among, cursor }) => {
      assert.deepEqual([words, among], ['rare', 'everybody'])
      cursors.push(cursor)
      clock.advance(1)
      return { items: [], incomplete: [], cursor: String(cursors.length) }
    },
  }
  const finder = present(findersOf({ clock, dweets }).dweets, 'a finder')
  const ask = {
    words: 'rare',
    limit: 5,
    signal: new AbortController().signal,
    dweeter: BEN,
    fileUser: ANA,
    told: problemOf,
  }
  const part = await finder(ask)
  assert.deepEqual(cursors, [undefined, '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  assert.deepEqual(part, { group: { kind: 'dweets', items: [], cursor: '10' }, isWhole: false })
})

test('shares are found by their names, newest first, in parts of any size, each once', async () => {
  const all = Array.from({ length: 250 }, (_, at) => `${at % 3 === 0 ? 'Tide' : 'other'} ${at}`)
  const listed: ListedShares = {
    list: async ({ cursor = '0', limit = 100 }) => {
      const from = Number(cursor)
      const next = from + limit < all.length ? { cursor: String(from + limit) } : {}
      return { items: all.slice(from, from + limit).map(shareNamed), ...next }
    },
  }
  const finder = present(
    findersOf({ clock: new ManualClock(), share: { shares: listed } }).shares,
    '',
  )
  const ask = { signal: new AbortController().signal, dweeter: BEN, fileUser: ANA, told: problemOf }
  for (const limit of [1, 7, 34, 50]) {
    const names: string[] = []
    let cursor: string | undefined
    do {
      const more = cursor === undefined ? {} : { cursor }
      const { group, isWhole } = await finder({ ...ask, words: 'tíde', limit, ...more })
      assert.ok(group.kind === 'shares' && isWhole && group.items.length <= limit)
      names.push(...group.items.map(({ name }) => name))
      cursor = group.cursor
    } while (cursor !== undefined)
    assert.deepEqual(
      names,
      all.filter((name) => name.startsWith('Tide')),
      String(limit),
    )
  }
  const bad = finder({ ...ask, words: 'tide', limit: 5, cursor: 'x' })
  await assert.rejects(bad, (thrown) => isAnilloError(thrown, 'BAD_REQUEST'))
})

function shareNamed(name: string): Share {
  const at = new Date(0).toISOString()
  return {
    id: name,
    name,
    root: '0'.repeat(64),
    bytes: 1,
    sha256: '0'.repeat(64),
    magnet: '',
    urls: [],
    by: 'ana',
    madeAt: at,
    announcedAt: null,
    nodes: null,
    announcedNextAt: at,
  }
}

test('a door that asks nobody who they are finds pages, and files that are for guests', async () => {
  const server = await createGateway(fakeDoor())
  const answer = await server.inject('/v1/find?q=hello')
  assert.equal(answer.statusCode, 200, answer.body)
  assert.deepEqual(
    answer.json<Findings>().groups.map(({ kind }) => kind),
    ['pages', 'files', 'shares'],
  )
  const refused = await server.inject('/v1/find?q=hello&kinds=dweets')
  assert.equal(refused.json().code, 'LOGIN_FIRST')
  await server.close()
})
