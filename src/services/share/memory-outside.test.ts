import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isSigned, MemoryOutside } from './memory-outside.test-helper.ts'
import type { OutsideNetwork, OutsideValue } from './outside.ts'

const RECORD = { name: 'a', sequence: 1, expiresAtS: 9, urls: ['http://a/'], size: 1 }

async function all(network: OutsideNetwork, name: string): Promise<readonly OutsideValue[]> {
  const values: OutsideValue[] = []
  for await (const value of network.get(name)) values.push(value)
  return values
}

test('publishers stand beside each other, and take back their own', async () => {
  const network = new MemoryOutside()
  const [one, two] = [network.seenBy(), network.seenBy()]
  assert.ok((await one.set('a', 'x')) > 0)
  assert.ok((await one.publish({ ...RECORD, root: '11'.repeat(32) })) > 0)
  assert.ok((await two.publish({ ...RECORD, root: '22'.repeat(32) })) > 0)
  assert.equal(await two.publish({ ...RECORD, root: '33'.repeat(32) }), 0)
  const found = await all(two, 'a')
  assert.deepEqual(found[0], { kind: 'text', value: 'x' })
  const records = found.flatMap((value) => (value.kind === 'record' ? [value.record] : []))
  assert.deepEqual(
    records.map(({ root }) => root),
    ['11'.repeat(32), '22'.repeat(32)],
  )
  assert.ok(records.every(isSigned))
  await one.withdraw('a', 2)
  const urls = (await all(two, 'a')).map((value) =>
    value.kind === 'record' ? value.record.urls.length : -1,
  )
  assert.deepEqual(urls, [-1, 0, 1])
})

test('what cannot be signed is refused', async () => {
  const urls = ['ftp://a/']
  const said = { ...RECORD, urls, root: '11'.repeat(32) }
  await assert.rejects(new MemoryOutside().seenBy().publish(said), { code: 'BAD_REQUEST' })
})
