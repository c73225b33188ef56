import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import { parseMemberId, parsePosition, type Position } from '../../../base/ids.ts'
import type { Log } from '../../../effects/log.ts'
import type { OwnerAnswer } from '../../../overlay/types.ts'
import type { RpcClient, Target } from '../../../rpc/types.ts'
import { tellHosts } from '../../../wire/crawls.ts'
import { SILENT } from '../pages/page-ring.test-helper.ts'
import { tellOwners, type Word } from './tell-owners.ts'

const SELF = '0'

/** Things are digits; who owns one is told by the table. */
function trial(ownerOf: Readonly<Record<string, string>>, call?: () => Promise<null>) {
  const told: { readonly to: string | undefined; readonly hosts: unknown }[] = []
  const errors: string[] = []
  const log: Log = { ...SILENT, error: (message) => void errors.push(message) }
  const owner = async (position: Position): Promise<OwnerAnswer> => {
    const at = ownerOf[position.slice(0, 1)]
    if (at === undefined) throw new AnilloError('RING_NOT_READY')
    const id = parseMemberId(at.repeat(32))
    const ref = { id, position, name: at, address: `m${at}:1` }
    return { owner: ref, hops: [], isSelf: at === SELF }
  }
  const rpc = {
    call: async (target: Target, _method: unknown, { hosts }: { readonly hosts: unknown }) => {
      told.push({ to: target.addresses[0], hosts })
      return (await call?.()) ?? null
    },
  } as unknown as RpcClient
  const word: Word<string, { hosts: string[] }> = {
    positionOf: (thing) => parsePosition(thing.repeat(64)),
    method: tellHosts,
    question: (some) => ({ hosts: [...some] }),
    most: 2,
    hear: (hosts) => told.push({ to: 'self', hosts }),
  }
  const tell = async (...things: readonly string[]): Promise<void> => {
    tellOwners({ log, overlay: { owner }, rpc }, things, word)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { told, errors, tell }
}

test('each owner is told once of what it owns, this member itself without a call', async () => {
  const { tell, told } = trial({ a: '1', b: '2', c: '1', d: SELF })
  await tell('a', 'b', 'c', 'a', 'd')
  assert.deepEqual(told, [
    { to: 'm1:1', hosts: ['a', 'c'] },
    { to: 'm2:1', hosts: ['b'] },
    { to: 'self', hosts: ['d'] },
  ])
})

test('more than one word bears goes in several', async () => {
  const { tell, told } = trial({ a: '1', b: '1', c: '1' })
  await tell('a', 'b', 'c')
  assert.deepEqual(
    told.map(({ hosts }) => hosts),
    [['a', 'b'], ['c']],
  )
})

test('an owner that is not found or does not answer is nobody’s trouble; a bug is logged', async () => {
  await trial({}).tell('a')
  const silent = trial({ a: '1' }, () => Promise.reject(new AnilloError('STORE_UNAVAILABLE')))
  await silent.tell('a')
  assert.deepEqual(silent.errors, [])
  const broken = trial({ a: '1' }, () => Promise.reject(new TypeError('a bug')))
  await broken.tell('a')
  assert.equal(broken.errors.length, 1)
})
