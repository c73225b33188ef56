/** What every Disk keeps while nothing crashes. */
import assert from 'node:assert/strict'

import { AssertionError } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import type { Disk } from '../../src/effects/disk.ts'
import { promise, type Suite } from './subject.ts'

/** Rejects with this code and no other. */
export async function rejectsWith(code: ErrorCode, run: () => Promise<unknown>): Promise<void> {
  await assert.rejects(run, (error) => {
    assert.ok(isAnilloError(error, code), `${String(error)} instead of ${code}`)
    return true
  })
}

async function put(disk: Disk, path: string, text: string): Promise<void> {
  const file = await disk.open(path, 'write')
  await file.write(0, utf8(text))
  await file.close()
}

async function text(disk: Disk, path: string): Promise<string | undefined> {
  const bytes = await disk.read(path)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

export function diskSuite(suite: Suite<'disk'>): void {
  fileSuite(suite)
  wholeSuite(suite)
  placeSuite(suite)
  nameSuite(suite)
  lockSuite(suite)
}

function fileSuite(suite: Suite<'disk'>): void {
  promise(suite, 'DiskFile.read() gives what write() put', async ({ disk }) => {
    const file = await disk.open('a', 'write')
    await file.write(0, utf8('hello world'))
    await file.write(6, utf8('there'))
    assert.deepEqual(await file.read(0, 5), utf8('hello'))
    assert.deepEqual(await file.read(6, 100), utf8('there'))
    assert.deepEqual(await file.read(11, 4), new Uint8Array(0))
    assert.equal(await file.size(), 11)
    await file.sync()
    await file.close()
    assert.equal(await text(disk, 'a'), 'hello there')
  })

  promise(suite, 'DiskFile.write() past the end leaves zeros between', async ({ disk }) => {
    const file = await disk.open('gap', 'create')
    await file.write(3, utf8('x'))
    assert.deepEqual(await file.read(0, 10), new Uint8Array([0, 0, 0, 120]))
    await file.close()
  })

  promise(suite, 'DiskFile.write() does not keep the caller’s array', async ({ disk }) => {
    const file = await disk.open('own', 'create')
    const bytes = utf8('abc')
    await file.write(0, bytes)
    bytes.fill(0)
    assert.deepEqual(await file.read(0, 3), utf8('abc'))
    await file.close()
  })

  promise(suite, 'DiskFile.writeSynced() writes as write() does', async ({ disk }) => {
    const file = await disk.open('synced', 'create')
    await file.truncate(12)
    const bytes = utf8('hello')
    await file.writeSynced(0, bytes)
    bytes.fill(0)
    await file.write(5, utf8(' there'))
    await file.writeSynced(6, utf8('world'))
    assert.deepEqual(await file.read(0, 12), utf8('hello world\0'))
    await disk.remove('synced')
    await file.writeSynced(0, utf8('HELLO'))
    assert.deepEqual(await file.read(0, 5), utf8('HELLO'))
    await file.close()
  })

  promise(suite, 'DiskFile.truncate() cuts and lengthens', async ({ disk }) => {
    const file = await disk.open('cut', 'write')
    await file.write(0, utf8('abcdef'))
    await file.truncate(2)
    assert.equal(await file.size(), 2)
    await file.truncate(4)
    assert.deepEqual(await file.read(0, 9), new Uint8Array([97, 98, 0, 0]))
    await file.close()
  })

  promise(suite, 'DiskFile keeps working after its name was removed', async ({ disk }) => {
    const file = await disk.open('gone', 'write')
    await disk.remove('gone')
    await file.write(0, utf8('still'))
    assert.deepEqual(await file.read(0, 5), utf8('still'))
    await file.close()
    assert.equal(await disk.read('gone'), undefined)
  })
}

function wholeSuite(suite: Suite<'disk'>): void {
  promise(suite, 'Disk.write() puts a whole file in the place of one', async ({ disk }) => {
    const bytes = utf8('hello world')
    await disk.write('whole', bytes)
    bytes.fill(0)
    assert.equal(await text(disk, 'whole'), 'hello world')
    await disk.write('whole', utf8('there'))
    assert.equal(await text(disk, 'whole'), 'there')
    await disk.write('whole', new Uint8Array(0))
    assert.equal(await text(disk, 'whole'), '')
    await rejectsWith('NOT_FOUND', () => disk.write('nowhere/whole', utf8('x')))
  })
}

function placeSuite(suite: Suite<'disk'>): void {
  promise(suite, 'Disk.read() puts into a place what fits there', async ({ disk }) => {
    await put(disk, 'a', 'hello world')
    const place = new Uint8Array(20).fill(9)
    const whole = await disk.read('a', (bytes) => place.subarray(0, bytes))
    assert.deepEqual(whole, utf8('hello world'))
    assert.deepEqual(place.subarray(9, 13), new Uint8Array([108, 100, 9, 9]))
    assert.deepEqual(await disk.read('a', () => place), utf8('hello world'))
    assert.deepEqual(await disk.read('a', () => place.subarray(0, 5)), utf8('hello'))
    assert.equal(await disk.read('b', () => assert.fail('there is no file')), undefined)
  })
}

function nameSuite(suite: Suite<'disk'>): void {
  promise(suite, 'Disk.open() keeps to its mode', async ({ disk }) => {
    await rejectsWith('NOT_FOUND', () => disk.open('a', 'read'))
    await put(disk, 'a', 'first')
    await rejectsWith('DISK_EXISTS', () => disk.open('a', 'create'))
    const kept = await disk.open('a', 'write')
    assert.equal(await kept.size(), 5)
    await kept.close()
    const read = await disk.open('a', 'read')
    assert.deepEqual(await read.read(0, 9), utf8('first'))
    await read.close()
  })

  promise(suite, 'Disk.open() makes no directories', async ({ disk }) => {
    await rejectsWith('NOT_FOUND', () => disk.open('no/such/file', 'write'))
  })

  promise(suite, 'Disk.read() and list() of nothing are empty', async ({ disk }) => {
    assert.equal(await disk.read('nothing'), undefined)
    assert.deepEqual(await disk.list('nothing'), [])
  })

  promise(suite, 'Disk.list() gives the sorted names of one directory', async ({ disk }) => {
    await disk.makeDirectory('d/e')
    await disk.makeDirectory('d/e')
    for (const name of ['b', 'a', 'c', 'e/x', 'B']) await put(disk, `d/${name}`, name)
    assert.deepEqual(await disk.list('d'), ['B', 'a', 'b', 'c', 'e'])
    await disk.syncDirectory('d')
  })

  promise(suite, 'Disk.rename() replaces what has the new name', async ({ disk }) => {
    await put(disk, 'old', 'new text')
    await put(disk, 'target', 'a longer old text')
    await disk.rename('old', 'target')
    assert.equal(await text(disk, 'target'), 'new text')
    assert.equal(await disk.read('old'), undefined)
    await rejectsWith('NOT_FOUND', () => disk.rename('old', 'target'))
  })

  promise(suite, 'Disk.rename() takes a directory with all in it', async ({ disk }) => {
    await disk.makeDirectory('from/deep')
    await put(disk, 'from/deep/file', 'inside')
    await disk.rename('from', 'to')
    assert.equal(await text(disk, 'to/deep/file'), 'inside')
    assert.deepEqual(await disk.list('from'), [])
  })

  promise(suite, 'Disk.remove() takes files, trees and nothing', async ({ disk }) => {
    await disk.makeDirectory('tree/deep')
    await put(disk, 'tree/deep/file', 'x')
    await disk.remove('tree')
    await disk.remove('tree')
    assert.deepEqual(await disk.list('tree'), [])
    assert.equal(await disk.read('tree/deep/file'), undefined)
  })

  promise(suite, 'Disk refuses a path that leads out', async ({ disk }) => {
    await assert.rejects(async () => disk.read('../secret'), AssertionError)
    await assert.rejects(async () => disk.open('/etc/passwd', 'read'), AssertionError)
  })
}

function lockSuite(suite: Suite<'disk'>): void {
  promise(suite, 'Disk.freeBytes() tells what may still be written', async ({ disk }) => {
    await put(disk, 'a', 'some')
    assert.ok((await disk.freeBytes()) > 0)
  })

  promise(suite, 'Disk.lock() is held until release()', async ({ disk }) => {
    const lock = await disk.lock('data/member')
    await rejectsWith('DATA_IN_USE', () => disk.lock('data/member'))
    const other = await disk.lock('data/other')
    await lock.release()
    await lock.release()
    const again = await disk.lock('data/member')
    await again.release()
    await other.release()
  })
}
