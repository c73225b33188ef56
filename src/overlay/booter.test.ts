import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../base/errors.ts'
import { parseMemberId, parseRingId } from '../base/ids.ts'
import { SeededChance } from '../base/random.ts'
import type { Clock } from '../effects/clock.ts'
import type { Doing } from '../ring/state.ts'
import type { RpcClient, RpcServer } from '../rpc/types.ts'
import { contactOf, type Contact } from '../wire/contact.ts'
import { Booter } from './booter.ts'
import { RingDriver } from './ring-driver.ts'

const SELF = contactOf(parseMemberId('a'.repeat(32)), '10.0.0.1:9300')
const OTHER = contactOf(parseMemberId('b'.repeat(32)), '10.0.0.2:9300')

/** Nobody answers, and no time passes. */
const RPC: RpcClient & RpcServer = {
  call: async (target) => {
    throw new AnilloError('RPC_UNREACHABLE', { address: String(target.addresses[0]), problem: '' })
  },
  stream: () => assert.fail('boot reads no stream'),
  handle: () => undefined,
  handleStream: () => undefined,
}
const CLOCK: Clock = {
  nowMs: () => 0,
  wallMs: () => 0,
  after: () => ({ cancel: () => undefined }),
  soon: () => undefined,
}

/** What a member does that finds nobody. */
async function doingsOf(
  begins: boolean,
  remembered: readonly Contact[] | undefined,
): Promise<Doing['kind'][]> {
  const doings: Doing['kind'][] = []
  const driver = new RingDriver({
    clock: CLOCK,
    random: Object.assign(new SeededChance(1), { bytes: () => assert.fail('boot has no secrets') }),
    rpc: RPC,
    ringId: parseRingId('c'.repeat(32)),
    self: SELF,
    doubtsItself: () => false,
    heardFrom: () => undefined,
    silenceMs: () => Infinity,
    did: (doing) => doings.push(doing.kind),
  })
  const peers = { read: async () => remembered, write: async () => undefined }
  const booter = new Booter({ clock: CLOCK, rpc: RPC, driver, peers, begins, hints: () => [] })
  await booter.start()
  return doings
}

test('a Booter founds only where it was told to and the member never had a place', async () => {
  assert.deepEqual(await doingsOf(true, undefined), ['founded'])
  for (const remembered of [[], [OTHER]]) {
    assert.deepEqual(await doingsOf(true, remembered), ['resumed'])
    assert.deepEqual(await doingsOf(false, remembered), ['resumed'])
  }
})

/** A member with a place among `known` that was given `hints`; who answers, and whom it asks. */
async function lookOf(hints: readonly string[], known: readonly Contact[]) {
  const asked: string[] = []
  const heardOf: string[] = []
  const driver = {
    state: {
      phase: 'joined',
      self: SELF,
      successors: known,
      book: { peers: known.map((contact) => ({ contact, doubted: false })) },
    },
    dispatch: (event: { contacts: readonly Contact[] }) =>
      heardOf.push(...event.contacts.map(({ address }) => address)),
  }
  const call = async ({ addresses }: { addresses: readonly string[] }) => {
    const [address = ''] = addresses
    asked.push(address)
    return { id: OTHER.id, address, predecessor: null, successors: [] }
  }
  const booter = new Booter({
    clock: CLOCK,
    rpc: { ...RPC, call } as unknown as RpcClient,
    driver: driver as unknown as RingDriver,
    peers: { read: async () => [], write: async () => undefined },
    begins: false,
    hints: () => hints,
  })
  await booter.lookForOthers()
  return { asked, heardOf }
}

test('lookForOthers() asks at given addresses at which it knows nobody, though it has neighbours', async () => {
  const stranger = '10.0.0.3:9300'
  const hints = [SELF.address, OTHER.address, stranger]
  assert.deepEqual(await lookOf(hints, [OTHER]), { asked: [stranger], heardOf: [stranger] })
})

test('lookForOthers() asks nobody where all that were given are known, and everybody when alone', async () => {
  assert.deepEqual((await lookOf([OTHER.address], [OTHER])).asked, [])
  assert.deepEqual((await lookOf([OTHER.address], [])).asked, [OTHER.address])
})

test('a Booter without a place to take again, and not told to found, waits', async () => {
  assert.deepEqual(await doingsOf(false, undefined), [])
})
