import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { present } from '../../base/assert.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import { bencode, unbencodeMap } from '../bencode.ts'
import {
  fittingItem,
  ITEM_BYTES_MAX,
  ITEM_URLS_MAX,
  itemMap,
  itemTarget,
  readItem,
} from './item.ts'

test('the target of a mutable item with a salt is that of BEP 44', () => {
  const key = bytesOfHex('77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548')
  // The second test vector; its salt is `foobar`.
  assert.equal(hexOf(itemTarget(key, hexOf(Buffer.from('foobar')))), TARGET)
})

const TARGET = '411eba73b6f087ca51a3795d9c8c938d365e32c1'

test('whatever fits is read again, and never more than a node takes', () => {
  const url = fc.tuple(fc.webUrl({ validSchemes: ['http', 'https'] }), fc.nat(600))
  fc.assert(
    fc.property(fc.array(url, { maxLength: 12 }), (asked) => {
      const urls = asked.map(
        ([each, more]) => `${each}${each.endsWith('/') ? 'x'.repeat(more) : ''}`,
      )
      const item = fittingItem({ infoHash: new Uint8Array(20).fill(5), urls })
      const bytes = bencode(itemMap(item))
      assert(bytes.length <= ITEM_BYTES_MAX && item.urls.length <= ITEM_URLS_MAX)
      const read = readItem(present(unbencodeMap(bytes), 'a map'))
      assert.deepEqual(read, item)
    }),
  )
})
