import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { FileGrants } from './api-files.ts'
import { listedRights, onlyFor, parseRight, rightOf, upwards, withRight } from './file-grants.ts'

const ana = { nick: 'ana', groups: [] }

test('withRight() gives, changes and takes away, and leaves the others', () => {
  const lab = withRight(onlyFor('ana'), { kind: 'groups', name: 'lab' }, 'read')
  const both = withRight(lab, { kind: 'people', name: 'alf' }, 'own')
  assert.deepEqual(listedRights(both.people), [
    ['alf', 'own'],
    ['ana', 'own'],
  ])
  assert.deepEqual(withRight(both, { kind: 'people', name: 'alf' }, undefined), lab)
  assert.deepEqual(withRight(lab, { kind: 'groups', name: 'lab' }, undefined), onlyFor('ana'))
})

test('rightOf() counts a person before groups, of which the most, and those before everyone', () => {
  const grants: FileGrants = {
    everyone: 'own',
    guests: 'read',
    people: { ana: 'read' },
    groups: { lab: 'read', desk: 'write' },
  }
  assert.equal(rightOf(grants, { nick: 'ana', groups: ['desk'] }), 'read')
  assert.equal(rightOf(grants, { nick: 'ben', groups: ['lab', 'desk'] }), 'write')
  assert.equal(rightOf(grants, { nick: 'ben', groups: ['other', 'constructor'] }), 'own')
  assert.equal(rightOf(grants, { nick: 'constructor', groups: [] }), 'own')
  assert.equal(rightOf(grants, { nick: undefined, groups: ['desk'] }), 'read')
  assert.equal(rightOf(onlyFor('ben'), ana), 'nothing')
})

test('parseRight() knows the four', () => {
  assert.equal(parseRight('nothing'), 'nothing')
  assert.equal(parseRight('root'), undefined)
})

test('upwards() goes from a path to the root', () => {
  assert.deepEqual(upwards('/x/y/z'), ['/x/y/z', '/x/y', '/x', '/'])
  assert.deepEqual(upwards('/'), ['/'])
})
