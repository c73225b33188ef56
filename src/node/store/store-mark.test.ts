import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { isAnilloError } from '../../base/errors.ts'
import { fakeDisk } from '../enrolment/fakes.test-helper.ts'
import { DISK_FORMAT, markStoreBegun, refuseLostStore } from './store-mark.ts'

const LOG = 'store/log'

test('refuseLostStore() lets a member begin, and go on with its log', async () => {
  const disk = fakeDisk()
  await refuseLostStore(disk, LOG)
  disk.files.set(`${LOG}/manifest`, Uint8Array.of(1))
  await markStoreBegun(disk)
  await refuseLostStore(disk, LOG)
})

test('refuseLostStore() refuses a member that keeps its identity and has lost its log', async () => {
  const disk = fakeDisk()
  disk.files.set(`${LOG}/manifest`, Uint8Array.of(1))
  await markStoreBegun(disk)
  disk.files.delete(`${LOG}/manifest`)
  await assert.rejects(refuseLostStore(disk, LOG), (error) => isAnilloError(error, 'DATA_DAMAGED'))
})

test('refuseLostStore() refuses what a newer build wrote, and takes the first format', async () => {
  const disk = fakeDisk()
  disk.files.set(`${LOG}/manifest`, Uint8Array.of(1))
  disk.files.set('stores', utf8('begun\n'))
  await refuseLostStore(disk, LOG)
  disk.files.set('stores', utf8(`begun ${DISK_FORMAT + 1}\n`))
  await assert.rejects(refuseLostStore(disk, LOG), (error) => isAnilloError(error, 'DATA_TOO_NEW'))
})

test('markStoreBegun() writes once', async () => {
  const disk = fakeDisk()
  await markStoreBegun(disk)
  await markStoreBegun(disk)
  assert.deepEqual(disk.written, ['stores'])
})
