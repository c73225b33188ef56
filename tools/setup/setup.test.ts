import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'

import { hashOfFiles } from './files.mjs'
import { explain } from './npm.mjs'
import { packagesNeeded } from './packages.mjs'
import { pageNeeded } from './page.mjs'
import { placesOf } from './places.mjs'
import type { Places } from './places.mjs'
import { programNeeded } from './program.mjs'
import { isNewEnough, nodeFor } from './runtime.mjs'
import { setUp } from './setup.mjs'

let root = ''
let places: Places
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'anillo-setup-'))
  places = placesOf(root)
  writeFileSync(places.packageJson, '{}')
  writeLock(places.packageLock, { version: '1.0.0', integrity: 'sha512-a' })
})
afterEach(() => rmSync(root, { recursive: true }))

function writeLock(path: string, entry: Readonly<Record<string, unknown>>): void {
  writeFileSync(path, JSON.stringify({ packages: { '': {}, 'node_modules/a': entry } }))
}

function writeInstalled(entry: Readonly<Record<string, unknown>>): void {
  mkdirSync(places.nodeModules, { recursive: true })
  writeLock(places.installedLock, entry)
}

test('packagesNeeded() asks for an install in a fresh clone', () => {
  assert.equal(packagesNeeded(places), true)
})

test('packagesNeeded() is content with what npm put there by hand, stamp or not', () => {
  writeInstalled({ version: '1.0.0', integrity: 'sha512-a' })
  assert.equal(packagesNeeded(places), false)
})

test('packagesNeeded() sees another version, another hash, and what is absent', () => {
  writeInstalled({ version: '1.0.1', integrity: 'sha512-a' })
  assert.equal(packagesNeeded(places), true)
  writeInstalled({ version: '1.0.0', integrity: 'sha512-b' })
  assert.equal(packagesNeeded(places), true)
  writeFileSync(places.installedLock, '{"packages":{}}')
  assert.equal(packagesNeeded(places), true)
})

test('packagesNeeded() does without what is optional, such as other platforms’ binaries', () => {
  writeLock(places.packageLock, { version: '1.0.0', optional: true })
  mkdirSync(places.nodeModules)
  writeFileSync(places.installedLock, '{"packages":{}}')
  assert.equal(packagesNeeded(places), false)
})

test('packagesNeeded() leaves a linked node_modules to the checkout that it belongs to', () => {
  symlinkSync(tmpdir(), places.nodeModules)
  assert.equal(packagesNeeded(places), false)
})

test('pageNeeded() asks for a build only where there is a page', () => {
  assert.equal(pageNeeded(places), false)
  mkdirSync(places.pageSource)
  writeFileSync(join(places.pageSource, 'index.html'), '')
  assert.equal(pageNeeded(places), true)
})

test('hashOfFiles() is the same wherever a checkout stands', () => {
  const other = join(root, 'elsewhere')
  mkdirSync(other)
  cpSync(places.packageLock, join(other, 'package-lock.json'))
  const here = hashOfFiles(root, [places.packageLock])
  assert.equal(hashOfFiles(other, [join(other, 'package-lock.json')]), here)
  assert.notEqual(hashOfFiles(root, [places.packageJson]), here)
})

test('programNeeded() asks for a build where there are sources, and again when they change', () => {
  assert.equal(programNeeded(places), false)
  mkdirSync(dirname(places.programSource), { recursive: true })
  writeFileSync(places.programSource, 'one')
  assert.equal(programNeeded(places), true)
  mkdirSync(dirname(places.program), { recursive: true })
  writeFileSync(places.program, '')
  assert.equal(programNeeded(places), true)
})

test('setUp() runs with the Node at hand when that is new enough', async () => {
  writeInstalled({ version: '1.0.0', integrity: 'sha512-a' })
  const running = { version: 'v24.0.0', execPath: process.execPath, target: 'linux-x64' }
  const { node } = await setUp({ root, builds: false, running })
  assert.equal(node, process.execPath)
})

test('setUp() takes the pinned Node that is there already', async () => {
  writeInstalled({ version: '1.0.0', integrity: 'sha512-a' })
  const running = { version: 'v20.20.2', execPath: '/usr/bin/node', target: 'linux-x64' }
  const pinned = nodeFor(places.runtime, running)
  mkdirSync(join(pinned, '..'), { recursive: true })
  cpSync(places.packageJson, pinned)
  assert.equal((await setUp({ root, builds: false, running })).node, pinned)
})

test('isNewEnough() begins at 24', () => {
  for (const version of ['v20.20.2', 'v22.22.0', 'v9.0.0']) {
    assert.equal(isNewEnough(version), false, version)
  }
  for (const version of ['v24.0.0', 'v26.10.0', 'v100.0.0']) {
    assert.equal(isNewEnough(version), true, version)
  }
})

test('nodeFor() says what to do where no Node is packed', () => {
  const running = { version: 'v20.0.0', execPath: '/usr/bin/node', target: 'aix-ppc64' }
  assert.throws(() => nodeFor(places.runtime, running), /Install Node\.js 24 or newer/)
})

test('explain() says what to do about npm’s failures', () => {
  for (const [output, advice] of [
    ['npm error code ENOTFOUND', /Check the network/],
    ['npm error code EACCES', /as the owner/],
    ['npm error code ENOSPC', /disk is full/],
    ['npm error code EINTEGRITY', /Do not go on/],
    ['npm error something', /last words are above/],
  ] as const) {
    assert.match(explain(output, root), advice)
  }
})
