import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { fromRoot } from './paths.ts'
import { missingIn, wholeLock, type LockFile } from './whole-lock.ts'

const read = (): LockFile =>
  JSON.parse(readFileSync(fromRoot('package-lock.json'), 'utf8')) as LockFile

test('package-lock.json names every package that one in it names, so that npm ci takes it', () => {
  const names = missingIn(read()).map(({ name }) => name)
  assert.deepEqual(names, [], 'mend it with: node bin/run tools/lock.ts')
})

test('package-lock.json names no registry', () => {
  const named = Object.entries(read().packages).filter(([, one]) => one.resolved !== undefined)
  assert.deepEqual(named, [])
})

test('wholeLock() adds what other platforms take, and nothing that is there', () => {
  const optionalDependencies = { '@a/b-linux-x64-musl': '1.2.3', '@a/b-win32-arm64-msvc': '1.2.3' }
  const there = { 'node_modules/@a/b-win32-arm64-msvc': { version: '1.2.3' } }
  const b = { version: '1.2.3', license: 'MIT', dev: true, optionalDependencies }
  const lock = { packages: { '': {}, 'node_modules/b': b, ...there } }
  const whole = wholeLock(lock)
  assert.deepEqual(missingIn(whole), [])
  assert.deepEqual(whole.packages['node_modules/@a/b-linux-x64-musl'], {
    version: '1.2.3',
    cpu: ['x64'],
    dev: true,
    libc: ['musl'],
    license: 'MIT',
    optional: true,
    os: ['linux'],
  })
  assert.deepEqual(wholeLock(whole), whole)
})

test('wholeLock() refuses a package that does not tell its platform', () => {
  const a = { version: '1.0.0', optionalDependencies: { fsevents: '~2.3.3' } }
  assert.throws(() => wholeLock({ packages: { 'node_modules/a': a } }), /fsevents@~2\.3\.3/)
})
