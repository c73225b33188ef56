import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { shareAddressOf } from './share-address.ts'

const ROOT = 'ab'.repeat(32)
const DOOR = 'http://198.51.100.7:9400'

test('shareAddressOf() takes the root, or the name, out of an address of the open door', () => {
  const byRoot = { kind: 'root', root: ROOT, url: `${DOOR}/share/${ROOT}` }
  assert.deepEqual(shareAddressOf(`${DOOR}/share/${ROOT}`), byRoot)
  assert.deepEqual(shareAddressOf(`${DOOR}/share/${ROOT.toUpperCase()}/torrent?x#y`), byRoot)
  const url = `${DOOR}/share/n/a%C3%B1o%20x`
  assert.deepEqual(shareAddressOf(url), { kind: 'name', name: 'año x', url })
})

test('shareAddressOf() leaves names, and other addresses, as they are', () => {
  const others = ['film.mp4', `share/${ROOT}`, `${DOOR}/`, `${DOOR}/share/${ROOT.slice(1)}`]
  others.push(`${DOOR}/share/n/`, `${DOOR}/share/n/%ff`, `ftp://h/share/${ROOT}`, 'http://')
  for (const other of others) assert.equal(shareAddressOf(other), undefined, other)
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (name) => {
      const found = shareAddressOf(`${DOOR}/share/n/${encodeURIComponent(name)}`)
      const isDots = name === '.' || name === '..'
      assert.equal(found?.kind === 'name' ? found.name : undefined, isDots ? undefined : name)
    }),
  )
})
