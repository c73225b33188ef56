import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { treeOfBytes } from './hash-tree.ts'
import { magnetOf, readMagnet } from './magnet.ts'
import { infoHash, torrentOf } from './torrent.ts'

const TREE = { ...treeOfBytes(new TextEncoder().encode('hello')), name: 'años & más.txt' }
const SEEDS = ['http://localhost:9400/share/aa', 'http://[::1]:9401/share/aa']

function problemOf(link: string): string {
  const verdict = readMagnet(link)
  assert.equal(verdict.kind, 'unfit')
  return verdict.kind === 'unfit' ? verdict.problem : ''
}

test('a link that is made is read again', () => {
  const { bytes, name, root } = TREE
  const link = magnetOf(TREE, SEEDS)
  assert.match(link, /^magnet:\?xt=urn:btmh:1220[0-9a-f]{64}&dn=a%C3%B1os/)
  assert.deepEqual(readMagnet(link), {
    kind: 'magnet',
    magnet: { bytes, name, root, webSeeds: SEEDS, mainline: undefined },
  })
})

test('a link names the key that says in Mainline where it is, for this content alone', () => {
  const publisher = 'ab'.repeat(32)
  const salt = infoHash(TREE).slice(0, 40)
  const link = magnetOf(TREE, SEEDS, publisher)
  assert.match(link, new RegExp(`&xs=urn:btpk:${publisher}&s=${salt}&`))
  const mainlineOf = (text: string) => {
    const verdict = readMagnet(text)
    return verdict.kind === 'magnet' ? verdict.magnet.mainline : assert.fail(verdict.kind)
  }
  assert.deepEqual(mainlineOf(link), { publisher, salt })
  assert.equal(mainlineOf(link.replace(`&s=${salt}`, `&s=${'0'.repeat(40)}`)), undefined)
  assert.equal(mainlineOf(link.replace(publisher, publisher.slice(2))), undefined)
})

test('a link whose parts do not belong together is refused', () => {
  const link = magnetOf(TREE, SEEDS)
  assert.match(problemOf(link.replace('xl=5', 'xl=6')), /not that of the name/)
  assert.match(problemOf(link.replace('dn=a', 'dn=b')), /not that of the name/)
  const other = `${TREE.root.startsWith('0') ? '1' : '0'}${TREE.root.slice(1)}`
  assert.match(problemOf(link.replace(TREE.root, other)), /not that of the name/)
  assert.match(problemOf(link.replace(/&x\.root=.*/, '')), /no root/)
  assert.match(problemOf('magnet:?xt=urn:btih:0123456789012345678901234567890123456789'), /v2/)
  assert.match(problemOf('http://example.org/'), /no magnet link/)
  assert.match(problemOf(`${link}&ws=${'a'.repeat(9_000)}`), /no magnet link/)
})

test('a link without a name is one of its root, where it tells that', () => {
  const link = magnetOf(TREE, SEEDS).replace(/dn=[^&]*&/, '')
  const told = { kind: 'root', root: TREE.root, webSeeds: SEEDS, mainline: undefined }
  assert.deepEqual(readMagnet(link), told)
  assert.match(problemOf(link.replace(/&x\.root=.*/, '')), /no root/)
  assert.match(problemOf(link.replace(TREE.root, 'beef')), /no root/)
})

test('addresses of other kinds are no web seeds', () => {
  const verdict = readMagnet(`${magnetOf(TREE, SEEDS)}&ws=file%3A%2F%2F%2Fetc%2Fpasswd&ws=x`)
  assert.deepEqual(verdict.kind === 'magnet' && verdict.magnet.webSeeds, SEEDS)
  // Longer than a download keeps, and characters that steer a terminal.
  const odd = ['http://a/'.padEnd(3_000, 'a'), 'http://a/\u001b[2J\u202e\n']
  const more = odd.map((url) => `&ws=${encodeURIComponent(url)}`)
  const link = `${magnetOf(TREE, SEEDS)}${more.join('')}`
  const told = readMagnet(link)
  const seeds = [...SEEDS, 'http://a/%1B[2J%E2%80%AE']
  assert.deepEqual(told.kind === 'magnet' && told.magnet.webSeeds, seeds)
})

test('a name that would lead elsewhere does not in the file for clients', () => {
  const text = Buffer.from(torrentOf({ ...TREE, name: '../a/b' }, [])).toString('latin1')
  assert(!text.includes('../a'))
  assert(present(text.match(/4:name(\d+):/)?.[1], 'name') === '6')
  assert.notEqual(infoHash(TREE), infoHash({ ...TREE, name: 'other' }))
})

test('hash and layers are those that libtorrent 2.1.1 makes of the same file', () => {
  const size = 3_227_665
  const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8) * 7) & 0xff)
  const tree = { ...treeOfBytes(bytes), name: `año ${size}.bin` }
  const hash = '16e2cc8d16848060e8deb2fcc921d59a1cac5a359cd7352d6203e39b994667d6'
  assert.equal(infoHash(tree), hash)
})
