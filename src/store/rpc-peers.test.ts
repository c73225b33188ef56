import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError, isAnilloError } from '../base/errors.ts'
import { parseMemberId, type MemberId } from '../base/ids.ts'
import type { MemberTarget, RpcClient, RpcNotices, RpcServer } from '../rpc/types.ts'
import { FRAME_BODY_BYTES_MAX } from '../wire/frame.ts'
import type { Method } from '../wire/method.ts'
import { partitionIdOf } from '../wire/partition.ts'
import type { Bundle } from '../wire/raft.ts'
import { RpcPeers } from './rpc-peers.ts'

const ANNA = parseMemberId('0'.repeat(31) + '1')
const BERTA = parseMemberId('0'.repeat(31) + '2')
const ASK: Method<number, number> = {
  name: 'test.ask',
  kind: 'unary',
  readQuestion: Number,
  readAnswer: Number,
  timeoutMs: 1_000,
  idempotent: true,
}

/** What is told arrives here again, as if from BERTA. */
class Rpc implements RpcClient, RpcServer, RpcNotices {
  readonly told: { readonly target: MemberTarget; readonly bytes: Uint8Array }[] = []
  readonly called: unknown[] = []
  lost: ((member: MemberId) => void) | undefined
  answer: ((question: never, context: never) => unknown) | undefined
  #receive: ((value: unknown) => void) | undefined

  tell: RpcNotices['tell'] = (target, notice, message) => {
    const bytes = notice.write?.(message)?.slice()
    assert.ok(bytes !== undefined)
    if (bytes.length > FRAME_BODY_BYTES_MAX) throw new AnilloError('TOO_LARGE', {})
    this.told.push({ target, bytes })
    this.#receive?.(bytes)
  }

  hear: RpcNotices['hear'] = (notice, receive) => {
    this.#receive = (value) => {
      const read = notice.read(value)
      if (read !== undefined) receive(read, BERTA)
    }
  }

  onLost: RpcNotices['onLost'] = (lost) => {
    this.lost = lost
    return () => undefined
  }

  isLost: RpcNotices['isLost'] = (_, addresses) => addresses().length === 0

  call: RpcClient['call'] = async (target, method, question, options) => {
    this.called.push({ target, name: method.name, question, options })
    return method.readAnswer(question) as never
  }

  stream: RpcClient['stream'] = () => assert.fail('no streams')

  handle: RpcServer['handle'] = (_method, answer) => {
    this.answer = answer
  }

  handleStream: RpcServer['handleStream'] = () => assert.fail('no streams')
}

function peersOf(addresses: readonly string[]) {
  const rpc = new Rpc()
  const peers = new RpcPeers({ rpc, addressesOf: (id) => (id === BERTA ? addresses : []) })
  return { rpc, peers }
}

const bundleOf = (dataBytes: number): Bundle => ({
  generation: 3,
  messages: [],
  proposals: Array.from({ length: 10 }, (_, token) => ({
    group: partitionIdOf(token),
    token,
    data: new Uint8Array(dataBytes),
  })),
})

test('send() reaches a member at its addresses, by its id, and the bundle arrives as it was', () => {
  const { rpc, peers } = peersOf(['a:1', 'b:2'])
  const got: Bundle[] = []
  peers.onBundle((from, bundle) => {
    assert.equal(from, BERTA)
    got.push(bundle)
  })
  peers.send(BERTA, bundleOf(10))
  assert.deepEqual(rpc.told[0]?.target, { addresses: ['a:1', 'b:2'], id: BERTA })
  assert.deepEqual(got, [bundleOf(10)])
})

test('send() cuts what is too large for a frame, and drops what has no address', () => {
  const { rpc, peers } = peersOf(['a:1'])
  const tokens: number[] = []
  peers.onBundle((_, { proposals = [] }) => tokens.push(...proposals.map(({ token }) => token)))
  peers.send(BERTA, bundleOf(1 << 20))
  assert.equal(rpc.told.length, 2)
  assert.deepEqual(tokens, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  peers.send(ANNA, bundleOf(1))
  assert.equal(rpc.told.length, 2)
})

test('ask() calls the member by id; one without an address is RPC_UNREACHABLE', async () => {
  const { rpc, peers } = peersOf(['a:1'])
  assert.equal(await peers.ask(BERTA, ASK, 5, { timeoutMs: 9 }), 5)
  const target = { addresses: ['a:1'], id: BERTA }
  assert.deepEqual(rpc.called, [
    { target, name: 'test.ask', question: 5, options: { timeoutMs: 9 } },
  ])
  await assert.rejects(peers.ask(ANNA, ASK, 5), (thrown) =>
    isAnilloError(thrown, 'RPC_UNREACHABLE'),
  )
})

test('handle() tells its handler who asks, onLost() who is lost', () => {
  const { rpc, peers } = peersOf([])
  const lost: MemberId[] = []
  peers.onLost((member) => lost.push(member))
  peers.handle(ASK, (question, from) => (from === ANNA ? question : -1))
  assert.equal(rpc.answer?.(7 as never, { caller: ANNA } as never), 7)
  rpc.lost?.(BERTA)
  assert.deepEqual(lost, [BERTA])
})
