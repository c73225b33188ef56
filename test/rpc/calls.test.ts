/**
 * Calls between members in the virtual world: answers, errors, deadlines, cancellation, retries.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Machine } from '../../sim/world/machine.ts'
import { World } from '../../sim/world/world.ts'
import { AnilloError, isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import { IN_FLIGHT_MAX } from '../../src/rpc/limits.ts'
import type { RpcNode } from '../../src/rpc/node.ts'
import type { CallContext } from '../../src/rpc/types.ts'
import type { Method } from '../../src/wire/method.ts'
import {
  gate,
  makeRing,
  memberIdOf,
  methodOf,
  startMember,
  type Ring,
} from './members.test-helper.ts'

const PORT = 9300
const ECHO = methodOf('test.echo')
const ASK_AGAIN = methodOf('test.askAgain', { idempotent: true })

class Trial {
  readonly world = new World({ seed: 7 })
  readonly machines: Machine[] = []
  readonly nodes: RpcNode[] = []
  ring: Ring | undefined

  /** Starts `count` members on machines of their own. */
  static async of(count: number): Promise<Trial> {
    const trial = new Trial()
    for (let i = 0; i < count; i++) await trial.addMember()
    return trial
  }

  async addMember(): Promise<RpcNode> {
    const machine = this.world.machine()
    this.machines.push(machine)
    return this.startOn(machine)
  }

  async startOn(machine: Machine): Promise<RpcNode> {
    const effects = machine.effects()
    this.ring ??= await makeRing(effects)
    const number = this.machines.indexOf(machine) + 1
    const place = { number, host: machine.address, port: PORT }
    const node = await this.within(startMember(effects, this.ring, place))
    this.nodes[number - 1] = node
    return node
  }

  node(number: number): RpcNode {
    const node = this.nodes[number - 1]
    assert.ok(node !== undefined)
    return node
  }

  machine(number: number): Machine {
    const machine = this.machines[number - 1]
    assert.ok(machine !== undefined)
    return machine
  }

  /** Waits in virtual time. */
  within<T>(promise: Promise<T>, forMs = 60_000): Promise<T> {
    return this.world.settle(promise, 'the promise', forMs)
  }

  /** Member 1 asks member 2, unless told otherwise. */
  ask(method: Method, question: unknown, to = [2]): Promise<unknown> {
    const addresses = to.map((number) => this.node(number).address)
    return this.within(this.node(1).call({ addresses }, method, question))
  }

  async fails(promise: Promise<unknown>, code: ErrorCode): Promise<AnilloError> {
    try {
      await this.within(promise)
    } catch (thrown) {
      assert.ok(isAnilloError(thrown, code), String(thrown))
      return thrown
    }
    return assert.fail(`no ${code}`)
  }
}

test('call() carries question and answer, of any shape, and bytes as bytes', async () => {
  const trial = await Trial.of(2)
  trial.node(2).handle(ECHO, (question) => question)
  for (const value of [1, 'text', null, false, [1, { a: [2] }], { body: 'x'.repeat(100_000) }]) {
    assert.deepEqual(await trial.ask(ECHO, value), value)
  }
  const bytes = new Uint8Array(3 << 20).fill(9)
  assert.deepEqual(await trial.ask(ECHO, bytes), bytes)
  assert.deepEqual(await trial.ask(ECHO, new Uint8Array(0)), new Uint8Array(0))
  assert.equal(trial.node(1).counters.connectionsOpened, 1)
  assert.equal(trial.node(2).counters.connectionsOpened, 1)
})

test('call() reaches this member itself, by address and by id', async () => {
  const trial = await Trial.of(1)
  const node = trial.node(1)
  node.handle(ECHO, (question, { caller }) => [question, caller])
  assert.deepEqual(await trial.ask(ECHO, 5, [1]), [5, memberIdOf(1)])
  const byId = { addresses: ['10.9.9.9:1'], id: memberIdOf(1) }
  assert.deepEqual(await trial.within(node.call(byId, ECHO, 6)), [6, memberIdOf(1)])
  await trial.within(node.stop())
})

test('requests are answered out of order', async () => {
  const trial = await Trial.of(2)
  const slow = gate()
  trial.node(2).handle(ECHO, async (question) => {
    if (question === 'slow') await slow.opened
    return question
  })
  const order: unknown[] = []
  const target = { addresses: [trial.node(2).address] }
  const first = trial
    .node(1)
    .call(target, ECHO, 'slow')
    .then((answer) => order.push(answer))
  const second = trial
    .node(1)
    .call(target, ECHO, 'fast')
    .then((answer) => order.push(answer))
  await trial.within(second)
  slow.open()
  await trial.within(first)
  assert.deepEqual(order, ['fast', 'slow'])
})

test('what a handler throws arrives with code and details, anything else as INTERNAL', async () => {
  const trial = await Trial.of(2)
  trial.node(2).handle(ECHO, (question) => {
    if (question === 'sync') throw new AnilloError('FETCH_TIMEOUT', { host: 'a', limitMs: 3 })
    return Promise.reject(new Error('secret'))
  })
  const error = await trial.fails(trial.ask(ECHO, 'sync'), 'FETCH_TIMEOUT')
  assert.deepEqual(error.details, { host: 'a', limitMs: 3 })
  const internal = await trial.fails(trial.ask(ECHO, 'async'), 'INTERNAL')
  assert.doesNotMatch(JSON.stringify(internal), /secret/)
})

test('an unknown method, a question and an answer of the wrong shape have errors of their own', async () => {
  const trial = await Trial.of(2)
  await trial.fails(trial.ask(methodOf('test.nobody'), 1), 'RPC_UNKNOWN_METHOD')
  const picky = { ...ECHO, readQuestion: () => undefined }
  trial.node(2).handle(picky, () => 1)
  await trial.fails(trial.ask(ECHO, 1), 'BAD_REQUEST')
  trial.node(2).handle(ASK_AGAIN, () => 1)
  await trial.fails(trial.ask({ ...ASK_AGAIN, readAnswer: () => undefined }, 1), 'RPC_GARBLED')
  // A handler that is added later is found on the same connection.
  trial.node(2).handle(methodOf('test.nobody'), () => 'here')
  assert.equal(await trial.ask(methodOf('test.nobody'), 1), 'here')
})

test('a question or an answer over the frame limit is TOO_LARGE, and the connection stays', async () => {
  const trial = await Trial.of(2)
  trial.node(2).handle(ECHO, () => new Uint8Array((8 << 20) + 1))
  await trial.fails(trial.ask(ECHO, new Uint8Array((8 << 20) + 1)), 'TOO_LARGE')
  await trial.fails(trial.ask(ECHO, 1), 'TOO_LARGE')
  assert.equal(trial.node(1).counters.connectionsOpened, 1)
})

test('call() ends at its deadline; the handler sees the time that is left, and the end of it', async () => {
  const trial = await Trial.of(2)
  let context: CallContext | undefined
  trial.node(2).handle(methodOf('test.hang', { timeoutMs: 500 }), (_, given) => {
    context = given
    return new Promise(() => undefined)
  })
  const startMs = trial.world.nowMs
  await trial.fails(trial.ask(methodOf('test.hang', { timeoutMs: 500 }), 1), 'RPC_TIMEOUT')
  const tookMs = trial.world.nowMs - startMs
  assert.ok(tookMs >= 500 && tookMs < 520, `${tookMs} ms`)
  assert.ok(context !== undefined && context.timeLeftMs > 450 && context.timeLeftMs <= 500)
  await trial.world.until(() => context?.signal.aborted === true, 'abort', 100)
  assert.equal(trial.node(1).counters.timedOut, 1)
})

test('an aborted call is RPC_CANCELLED at once, and the handler is told', async () => {
  const trial = await Trial.of(2)
  const arrived = gate()
  let signal: AbortSignal | undefined
  trial.node(2).handle(ECHO, (_, context) => {
    signal = context.signal
    arrived.open()
    return new Promise(() => undefined)
  })
  const abort = new AbortController()
  const target = { addresses: [trial.node(2).address] }
  const call = trial.node(1).call(target, ECHO, 1, { signal: abort.signal })
  await trial.within(arrived.opened)
  abort.abort()
  await trial.fails(call, 'RPC_CANCELLED')
  await trial.world.until(() => signal?.aborted === true, 'abort', 100)
  const late = trial.node(1).call(target, ECHO, 1, { signal: abort.signal })
  await trial.fails(late, 'RPC_CANCELLED')
})

test('a handler is told when its caller dies', async () => {
  const trial = await Trial.of(2)
  const arrived = gate()
  let signal: AbortSignal | undefined
  trial.node(2).handle(ECHO, (_, context) => {
    signal = context.signal
    arrived.open()
    return new Promise(() => undefined)
  })
  const target = { addresses: [trial.node(2).address] }
  trial
    .node(1)
    .call(target, ECHO, 1)
    .catch(() => undefined)
  await trial.within(arrived.opened)
  trial.machine(1).kill()
  await trial.world.until(() => signal?.aborted === true, 'abort', 1_000)
})

test('the addresses of a target are tried one by one', async () => {
  const trial = await Trial.of(3)
  trial.node(3).handle(ECHO, () => 'three')
  const { address } = trial.node(3)
  const addresses = ['10.0.0.1:1', trial.node(2).address.replace('9300', '9301'), address]
  assert.equal(await trial.within(trial.node(1).call({ addresses }, ECHO, 1)), 'three')
})

test('an address behind a wall takes its share of the time only', async () => {
  const trial = await Trial.of(3)
  trial.node(3).handle(ECHO, () => 'three')
  const [one, two] = [trial.machine(1).address, trial.machine(2).address]
  trial.world.links.block({ from: one, to: two })
  const startMs = trial.world.nowMs
  assert.equal(await trial.ask(ECHO, 1, [2, 3]), 'three')
  assert.ok(trial.world.nowMs - startMs < 1_100)
})

test('an idempotent call whose connection breaks is asked again, another one is not', async () => {
  const trial = await Trial.of(3)
  for (const number of [2, 3]) {
    trial.node(number).handle(ECHO, () => new Promise(() => undefined))
    trial
      .node(number)
      .handle(ASK_AGAIN, (_, { timeLeftMs }) =>
        number === 2 ? new Promise(() => undefined) : timeLeftMs,
      )
  }
  const addresses = [trial.node(2).address, trial.node(3).address]
  const once = trial.node(1).call({ addresses }, ECHO, 1)
  const again = trial.node(1).call({ addresses }, ASK_AGAIN, 1)
  await trial.world.pass(100)
  trial.machine(2).kill()
  await trial.fails(once, 'RPC_UNREACHABLE')
  const left = await trial.within(again)
  assert.ok(typeof left === 'number' && left < 1_950, 'the deadline of the first try holds')
})

test('a kept connection that died unnoticed costs an idempotent call nothing', async () => {
  const trial = await Trial.of(2)
  const machine = trial.machine(2)
  trial.node(2).handle(ASK_AGAIN, () => 'before')
  assert.equal(await trial.ask(ASK_AGAIN, 1), 'before')
  machine.losePower()
  machine.givePower()
  const node = await trial.startOn(machine)
  node.handle(ASK_AGAIN, () => 'after')
  assert.equal(await trial.ask(ASK_AGAIN, 1), 'after')
})

test('a member that is gone fails at once, and is found again when it is back', async () => {
  const trial = await Trial.of(2)
  trial.node(2).handle(ECHO, () => 'before')
  await trial.ask(ECHO, 1)
  trial.machine(2).kill()
  await trial.world.pass(50)
  const startMs = trial.world.nowMs
  for (let i = 0; i < 20; i++) await trial.fails(trial.ask(ECHO, 1), 'RPC_UNREACHABLE')
  assert.ok(trial.world.nowMs - startMs < 200, 'refused connections are not waited for')
  const node = await trial.startOn(trial.machine(2))
  node.handle(ECHO, () => 'after')
  await trial.world.pass(2_100)
  assert.equal(await trial.ask(ECHO, 1), 'after')
})

test('another member at the address is RPC_WRONG_MEMBER, and is not called anew each time', async () => {
  const trial = await Trial.of(2)
  const target = { addresses: [trial.node(2).address], id: memberIdOf(9) }
  for (let i = 0; i < 3; i++) {
    await trial.fails(trial.node(1).call(target, ECHO, 1), 'RPC_WRONG_MEMBER')
  }
  assert.equal(trial.node(2).counters.connectionsOpened, 1)
})

test('beyond what may be under way the caller is told BUSY, and nothing is lost of the rest', async () => {
  const trial = await Trial.of(2)
  const open = gate()
  trial.node(2).handle(ECHO, async () => {
    await open.opened
    return 1
  })
  await trial.within(Promise.resolve())
  const target = { addresses: [trial.node(2).address] }
  const opening = trial.node(1).call(target, ECHO, 0)
  await trial.world.pass(20)
  const calls = Array.from({ length: IN_FLIGHT_MAX + 9 }, () => trial.node(1).call(target, ECHO, 1))
  const settled = Promise.allSettled([opening, ...calls])
  await trial.world.pass(20)
  open.open()
  const results = await trial.within(settled)
  const busy = results.filter((r) => r.status === 'rejected' && isAnilloError(r.reason, 'BUSY'))
  const done = results.filter((r) => r.status === 'fulfilled')
  assert.equal(done.length, IN_FLIGHT_MAX)
  assert.equal(busy.length, 10)
})

test('stop() lets what is under way finish, and refuses what comes after', async () => {
  const trial = await Trial.of(3)
  const open = gate()
  for (const number of [2, 3]) {
    trial.node(number).handle(ECHO, async () => {
      if (number === 2) await open.opened
      return number
    })
  }
  const target = { addresses: [trial.node(2).address] }
  const underWay = trial.node(1).call(target, ECHO, 1)
  await trial.world.pass(20)
  const stopped = trial.node(2).stop()
  await trial.world.pass(20)
  await trial.fails(trial.node(1).call(target, ECHO, 1), 'RPC_UNREACHABLE')
  assert.equal(await trial.ask(ECHO, 1, [2, 3]), 3)
  open.open()
  assert.equal(await trial.within(underWay), 2)
  await trial.within(stopped, 1_000)
})

test('stop() waits no longer than its bound for a handler that hangs', async () => {
  const trial = await Trial.of(2)
  trial.node(2).handle(ECHO, () => new Promise(() => undefined))
  const call = trial.node(1).call({ addresses: [trial.node(2).address] }, ECHO, 1, {
    timeoutMs: 60_000,
  })
  call.catch(() => undefined)
  await trial.world.pass(20)
  const startMs = trial.world.nowMs
  await trial.within(trial.node(2).stop())
  assert.ok(trial.world.nowMs - startMs <= 3_100)
  await trial.fails(call, 'RPC_UNREACHABLE')
})
