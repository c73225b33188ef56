import assert from 'node:assert/strict'
import { test } from 'node:test'

import { listed, onlyFor, parseRight, shutsOut, withRight } from './file-grants.ts'

test('withRight() gives, changes and takes away, and leaves the others', () => {
  const ana = withRight(onlyFor(undefined), 'ana', 'read')
  const both = withRight(ana, 'alf', 'own')
  assert.deepEqual(listed(both.people), [
    ['alf', 'own'],
    ['ana', 'read'],
  ])
  const without = withRight(both, 'alf', undefined)
  assert.deepEqual(without, ana)
})

test('onlyFor() and shutsOut(): nobody locks the door with themselves outside', () => {
  const own = onlyFor('ana')
  assert.ok(!shutsOut(own, 'ana'))
  assert.ok(shutsOut(own, 'beto'))
  assert.ok(shutsOut(withRight(own, 'ana', 'write'), 'ana'))
  assert.ok(!shutsOut({ ...onlyFor('beto'), everyone: 'own' }, 'ana'))
  const lessThanAll = withRight({ ...own, everyone: 'own' }, 'ana', 'read')
  assert.ok(shutsOut(lessThanAll, 'ana'))
})

test('parseRight() knows the four', () => {
  assert.equal(parseRight('nothing'), 'nothing')
  assert.equal(parseRight('root'), undefined)
})
