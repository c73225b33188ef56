import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseXml, type XmlElement } from '@rgrove/parse-xml'

import { fc } from '../../../../test/properties.ts'
import type { Dweet } from '../../../wire/api-dweets.ts'
import { atomFeed } from './atom.ts'
import { dweetsDoor } from './dweets-door.test-helper.ts'

type Door = Awaited<ReturnType<typeof dweetsDoor>>

const FEED = '/v1/feeds/users/ben'

function basic(door: Door): object {
  const key = door.accounts.key('ana', ['dweets.read'])
  return { authorization: `Basic ${Buffer.from(`ana:${key}`).toString('base64')}` }
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => 'name' in child && child.name === name,
  )
}

/** As RFC 4287, 4.1 asks for it. */
function checkAtom(text: string): XmlElement[] {
  const { root } = parseXml(text)
  assert.ok(root !== null)
  assert.equal(root.name, 'feed')
  assert.equal(root.attributes['xmlns'], 'http://www.w3.org/2005/Atom')
  for (const name of ['id', 'title', 'updated']) assert.equal(childrenOf(root, name).length, 1)
  const entries = childrenOf(root, 'entry')
  const ids = entries.map((entry) => {
    for (const name of ['id', 'title', 'updated', 'content', 'author']) {
      assert.equal(childrenOf(entry, name).length, 1, name)
    }
    assert.match(childrenOf(entry, 'updated')[0]?.text ?? '', /^\d{4}-.*T.*Z$/)
    return childrenOf(entry, 'id')[0]?.text
  })
  assert.equal(new Set(ids).size, ids.length)
  return entries
}

test('a feed has what is public of somebody, and nothing for followers, whoever asks', async () => {
  await using door = await dweetsDoor()
  const { asAna, asBen } = door
  const publish = async (payload: object): Promise<Dweet> =>
    (await asBen({ method: 'POST', url: '/v1/dweets', payload })).json()
  await asAna({ method: 'PUT', url: '/v1/users/ben/follow', payload: {} })
  await publish({ text: 'uno <b> & @ana #sol' })
  await publish({ text: 'hidden one', visibility: 'followers' })
  await publish({ text: 'behind it', warning: 'a warning' })
  for (const ask of [asAna, asBen]) {
    const answer = await ask({ method: 'GET', url: FEED })
    assert.equal(answer.statusCode, 200)
    assert.match(String(answer.headers['content-type']), /^application\/atom\+xml/)
    assert.doesNotMatch(answer.payload, /hidden one/)
    const entries = checkAtom(answer.payload)
    const titles = entries.map((entry) => childrenOf(entry, 'title')[0]?.text)
    assert.deepEqual(titles, ['a warning', 'uno <b> & @ana #sol'])
    const [content] = childrenOf(entries[1] as XmlElement, 'content')
    assert.match(content?.text ?? '', /^<p>uno &lt;b&gt; &amp; <span/)
  }
  const byTag = await asAna({ method: 'GET', url: '/v1/feeds/tags/SOL' })
  assert.equal(checkAtom(byTag.payload).length, 1)
  assert.equal((await asAna({ method: 'GET', url: '/v1/feeds/tags/%20' })).statusCode, 404)
  assert.equal((await asAna({ method: 'GET', url: '/v1/feeds/users/nobody' })).statusCode, 404)
})

test('a feed that did not change is not sent again; one that did is', async () => {
  await using door = await dweetsDoor()
  await door.published('uno')
  const first = await door.asAna({ method: 'GET', url: FEED })
  const headers = { 'if-none-match': String(first.headers['etag']) }
  const same = await door.asAna({ method: 'GET', url: FEED, headers })
  assert.deepEqual([same.statusCode, same.payload], [304, ''])
  await door.published('dos')
  const changed = await door.asAna({ method: 'GET', url: FEED, headers })
  assert.equal(changed.statusCode, 200)
  assert.equal(checkAtom(changed.payload).length, 2)
})

test('a reader of feeds shows a key as the password; a visitor is asked for one', async () => {
  await using door = await dweetsDoor()
  const refused = await door.ask({ method: 'GET', url: FEED })
  assert.equal(refused.statusCode, 401)
  assert.match(String(refused.headers['www-authenticate']), /^Basic/)
  const read = await door.ask({ method: 'GET', url: FEED, headers: { ...basic(door) } })
  assert.equal(read.statusCode, 200)
})

test('whatever people write, a feed is XML', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('<![CDATA[', ']]>', '&', '\ufffe', '<!--', '\u0000', '"\'>', '\ud800'),
  )
  fc.assert(
    fc.property(text, text, text, (said, name, warning) => {
      const one: Dweet = {
        kind: 'dweet',
        id: '1',
        author: { nick: 'ana', name },
        createdAt: '2026-11-22T00:00:00.000Z',
        text: said,
        warning,
        visibility: 'public',
        mentions: [],
        tags: [],
        replies: 0,
        redweets: 0,
        likes: 0,
        mine: { liked: false, redweeted: false, bookmarked: false },
      }
      const feed = {
        base: 'http://localhost:9100',
        ringId: '1'.repeat(32),
        self: '/v1/feeds/users/ana',
        page: '/',
        name: 'users/ana',
        title: name,
        subtitle: said,
        author: one.author,
        entries: [one],
        sinceMs: 0,
      }
      checkAtom(atomFeed(feed))
    }),
  )
})
