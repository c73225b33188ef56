import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { utf8Bytes } from '../../../wire/record-limits.ts'
import { NAME_BYTES_MAX, PATH_BYTES_MAX } from './limits.ts'
import { namesOf, pathOf, withSuffix } from './paths.ts'
import { nameKey } from './places.ts'

/** Names as people give them: any script, spaces, quotes, dots. */
const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((name) => !/[/\r\n\0]/.test(name) && name !== '.' && name !== '..')

test('a path of names is those names, whatever stands between them', () => {
  const between = fc.constantFrom('/', '//', '/./', '/x/../', '///././')
  fc.assert(
    fc.property(fc.array(fc.tuple(between, names), { maxLength: 8 }), between, (parts, end) => {
      const wanted = parts.map(([, name]) => name)
      const path = parts.map((part) => part.join('')).join('') + end
      assert.deepEqual(namesOf(path), wanted)
      assert.deepEqual(namesOf(pathOf(wanted)), wanted)
    }),
  )
})

test('no path leads above the root', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('..', '.', '', 'a', 'b'), { maxLength: 20 }), (parts) => {
      const found = namesOf(`/${parts.join('/')}`)
      assert.ok(found.every((name) => name === 'a' || name === 'b'))
    }),
  )
  assert.deepEqual(namesOf('/../../etc/..//passwd/'), ['passwd'])
  assert.deepEqual(namesOf('relative/path'), ['relative', 'path'])
  assert.deepEqual(namesOf('/...'), ['...'])
})

test('names with line ends or NUL, names and paths that are too long, and half characters are refused', () => {
  const name = 'é'.repeat(NAME_BYTES_MAX / 2 - 0.5)
  const refused = [
    '/a\rb',
    '/a\nb',
    '/a\0b',
    `/${'a'.repeat(NAME_BYTES_MAX + 1)}`,
    `/${name}é`,
    // Fits as NFC alone.
    `/${'e\u0301'.repeat(NAME_BYTES_MAX / 3 + 1)}`,
    '/a'.repeat(PATH_BYTES_MAX / 2 + 1),
    '/\ud800',
  ]
  for (const path of refused) {
    assert.throws(
      () => namesOf(path),
      (thrown) => {
        assert.ok(isAnilloError(thrown, 'NAME_INVALID'), path)
        assert.ok(!/[\r\n\0]/.test(thrown.message))
        return thrown.message.isWellFormed()
      },
    )
  }
  assert.deepEqual(namesOf(`/${name}`), [name])
  assert.equal(namesOf('/a'.repeat(PATH_BYTES_MAX / 2)).length, PATH_BYTES_MAX / 2)
  // What a path passes over need not be a name.
  assert.deepEqual(namesOf('/a/../b'), ['b'])
})

test('names that are equal in NFC have one key, others have not', () => {
  assert.equal(nameKey('caf\u00e9'), nameKey('cafe\u0301'))
  assert.notEqual(nameKey('a'), nameKey('A'))
  fc.assert(
    fc.property(names, names, (one, other) => {
      const isEqual = one.normalize('NFC') === other.normalize('NFC')
      assert.equal(nameKey(one) === nameKey(other), isEqual)
      assert.equal(nameKey(one), nameKey(one.normalize('NFD')))
    }),
  )
})

test('a suffix stands before the extension, and what comes of it is a name', () => {
  assert.equal(withSuffix('notes.txt', ' (2)'), 'notes (2).txt')
  assert.equal(withSuffix('.profile', ' (2)'), '.profile (2)')
  assert.equal(withSuffix('no extension', ' (2)'), 'no extension (2)')
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 200 }), (name, times) => {
      const made = withSuffix(name.repeat(times), ' (2)')
      assert.ok(utf8Bytes(made) <= NAME_BYTES_MAX && made.isWellFormed())
    }),
  )
})
