import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  addressOf,
  childOf,
  cleanPath,
  crumbsOf,
  freeName,
  homeOf,
  isWithin,
  nameFault,
  nameOf,
  nameWithin,
  parentOf,
  partsOf,
} from './file-paths.ts'

test('nameWithin() is the way from a folder down', () => {
  assert.equal(nameWithin('/a/b/c.txt', '/a'), 'b/c.txt')
  assert.equal(nameWithin('/c.txt', '/'), 'c.txt')
})

test('homeOf() is the own folder of an account, and the root without one', () => {
  assert.equal(homeOf('ana'), childOf('/home', 'ana'))
  assert.equal(homeOf(undefined), '/')
})

test('childOf(), parentOf() and nameOf() go down and up, and the root is its own parent', () => {
  assert.equal(childOf('/', 'a'), '/a')
  assert.equal(childOf('/a', 'b c'), '/a/b c')
  assert.equal(parentOf('/a/b'), '/a')
  assert.equal(parentOf('/a'), '/')
  assert.equal(parentOf('/'), '/')
  assert.equal(nameOf('/a/b'), 'b')
  assert.equal(nameOf('/'), '')
})

test('isWithin() takes a name for no beginning of another', () => {
  assert.ok(isWithin('/a/b', '/a'))
  assert.ok(isWithin('/a', '/a'))
  assert.ok(isWithin('/a', '/'))
  assert.ok(!isWithin('/ab', '/a'))
  assert.ok(!isWithin('/a', '/a/b'))
})

test('addressOf() leaves nothing that an address would take for its own', () => {
  assert.equal(addressOf('/'), '/')
  assert.equal(addressOf('/a b/ü?#%.txt'), '/a%20b/%C3%BC%3F%23%25.txt')
})

test('crumbsOf() leads from the root to the folder', () => {
  assert.deepEqual(crumbsOf('/a/b'), [
    { name: '', path: '/' },
    { name: 'a', path: '/a' },
    { name: 'b', path: '/a/b' },
  ])
})

test('cleanPath() makes a path of whatever stands in the address of the page', () => {
  assert.equal(cleanPath(undefined), '/')
  assert.equal(cleanPath('a//b/'), '/a/b')
  assert.equal(cleanPath('/../../etc/./x'), '/etc/x')
})

test('nameFault() says what is wrong with a name', () => {
  assert.equal(nameFault('Ünï çødé.txt'), undefined)
  assert.equal(nameFault(' '), 'empty')
  assert.equal(nameFault('..'), 'dots')
  assert.equal(nameFault('a/b'), 'slash')
  assert.equal(nameFault('a\nb'), 'control')
  assert.equal(nameFault('é'.repeat(128)), 'long')
  assert.equal(nameFault('e\u0301', ['\u00e9']), 'taken')
})

test('partsOf() keeps extensions apart, also double ones, and finds none where there is none', () => {
  assert.deepEqual(partsOf('photo.jpg'), { stem: 'photo', extension: '.jpg' })
  assert.deepEqual(partsOf('all.tar.gz'), { stem: 'all', extension: '.tar.gz' })
  assert.deepEqual(partsOf('.profile'), { stem: '.profile', extension: '' })
  assert.deepEqual(partsOf('Dr. Who and more'), { stem: 'Dr. Who and more', extension: '' })
})

test('freeName() finds what nobody is called', () => {
  assert.equal(freeName('a.txt', new Set()), 'a.txt')
  assert.equal(freeName('a.txt', new Set(['a.txt', 'a (2).txt'])), 'a (3).txt')
  assert.equal(freeName('e\u0301', new Set(['\u00e9'])), 'e\u0301 (2)')
})
