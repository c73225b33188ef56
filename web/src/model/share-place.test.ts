import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { parseSharePlace, sharePlaceText, wantedOf, type SharePlace } from './share-place.ts'

const ROOT = 'ab'.repeat(32)

test('parseSharePlace() reads what sharePlaceText() writes, whatever the name', () => {
  const places: readonly SharePlace[] = [
    { kind: 'shares' },
    { kind: 'downloads' },
    { kind: 'network' },
    { kind: 'share', id: 'a1' },
    { kind: 'download', id: '0f' },
    { kind: 'lookup', name: '' },
  ]
  for (const place of places) assert.deepEqual(parseSharePlace(sharePlaceText(place)), place)
  fc.assert(
    fc.property(fc.string(), (name) => {
      const place: SharePlace = { kind: 'lookup', name }
      assert.deepEqual(parseSharePlace(sharePlaceText(place)), place)
    }),
  )
})

test('parseSharePlace() takes what leads nowhere for the list', () => {
  for (const at of [undefined, '', 'nowhere', 'share:', 'share:../x', 'download:Z'])
    assert.deepEqual(parseSharePlace(at), { kind: 'shares' })
})

test('wantedOf() tells magnet links, roots and names apart', () => {
  assert.deepEqual(wantedOf(` MAGNET:?xt=a `), { kind: 'magnet', magnet: 'MAGNET:?xt=a' })
  assert.deepEqual(wantedOf(ROOT.toUpperCase()), { kind: 'root', root: ROOT })
  assert.deepEqual(wantedOf(' my notes.pdf\n'), { kind: 'name', name: 'my notes.pdf' })
  const url = `http://198.51.100.7:9400/share/${ROOT}`
  assert.deepEqual(wantedOf(` ${url} `), { kind: 'root', root: ROOT, url })
  assert.deepEqual(wantedOf(ROOT.slice(1)), { kind: 'name', name: ROOT.slice(1) })
})
