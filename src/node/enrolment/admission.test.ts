import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import { ENROL_VERSION, FromMember, FromNewcomer, type Newcomer } from '../../wire/enrol.ts'
import { diskBelow } from '../disk-below.ts'
import { EnrolChannel } from './channel.ts'
import { initRing } from './commands.ts'
import { ADMISSION_WAIT_MS, CODES_PER_MINUTE_MAX, STRANGERS_MAX, WAITING_MAX } from './door.ts'
import {
  joined,
  joinNow,
  newcomerOf,
  promoted,
  STRANGER_ID,
  waiter,
  type Waiter,
} from './group-steps.test-helper.ts'
import {
  filesIn,
  Group,
  rejectsWith,
  Said,
  selfOf,
  DISCOVERY_PORT,
  RPC_PORT,
  type GroupMember,
} from './group.test-helper.ts'
import { joinByDiscovery } from './join.ts'
import { askToJoin, type EnrolNews } from './newcomer.ts'

test('admit() lets in the machine whose code the person typed, at whichever member it waits', async () => {
  const group = new Group()
  await group.found()
  const berta = await joined(group, 'berta')
  const { said, done } = await waiter(group, 'carla')
  const [code] = said.codes
  assert.ok(code !== undefined && /^\d{6}$/.test(code))
  for (const member of group.members) {
    const waiting = await group.settle(member.enrolment.waiting())
    assert.deepEqual(
      waiting.map((one) => [one.code, one.name]),
      [[code, 'carla']],
    )
  }
  await group.settle(berta.enrolment.admit(code))
  const opened = await group.settle(done)
  assert.equal(opened.isNew, true)
  assert.deepEqual(await group.settle(berta.enrolment.waiting()), [])
})

test('nobody is let in before a person admits: after ten minutes the newcomer is refused', async () => {
  const group = new Group()
  const founder = await group.found()
  const { done } = await waiter(group, 'berta')
  let isOver = false
  done.catch(() => (isOver = true))
  await group.world.pass(ADMISSION_WAIT_MS - 2 * SECOND_MS)
  assert.equal(isOver, false)
  await rejectsWith('ADMISSION_REFUSED', group.settle(done))
  assert.deepEqual(await group.settle(founder.enrolment.waiting()), [])
})

test('admit() refuses codes that nobody shows, and a series of guesses', async () => {
  const group = new Group()
  const founder = await group.found()
  const { said } = await waiter(group, 'berta')
  const [code] = said.codes
  const wrong = code === '000000' ? '000001' : '000000'
  for (let i = 0; i < 10; i++) {
    await rejectsWith('ADMISSION_UNKNOWN', group.settle(founder.enrolment.admit(wrong)))
  }
  await rejectsWith('BUSY', group.settle(founder.enrolment.admit(code ?? '')))
  await group.world.pass(MINUTE_MS)
  await group.settle(founder.enrolment.admit(code ?? ''))
})

test('a newcomer that waits at a member that dies waits at the next, with another code', async () => {
  const group = new Group()
  const founder = await group.found()
  const berta = await joined(group, 'berta')
  await promoted(group, berta)
  const { said, done } = await waiter(group, 'carla')
  const first = said.asked[0] === founder.address ? founder : berta
  const second = first === founder ? berta : founder
  group.kill(first)
  await group.world.until(() => said.codes.length === 2, 'another code', MINUTE_MS)
  assert.notEqual(said.codes[0], said.codes[1])
  await group.settle(second.enrolment.admit(said.codes[1] ?? ''))
  assert.equal((await group.settle(done)).isNew, true)
})

test('a newcomer that leaves is no longer listed', async () => {
  const group = new Group()
  const founder = await group.found()
  const machine = group.world.machine()
  const effects = group.joinEffects(machine)
  const said = new Said()
  const gone = new AbortController()
  const options = { say: said.say, discoveryPort: DISCOVERY_PORT, askAt: [], signal: gone.signal }
  const done = joinByDiscovery(effects, selfOf('berta'), options)
  done.catch(() => undefined)
  await group.world.until(() => said.codes.length > 0, 'a code', MINUTE_MS)
  gone.abort()
  await rejectsWith('RPC_CANCELLED', group.settle(done))
  await group.world.pass(SECOND_MS)
  assert.deepEqual(await group.settle(founder.enrolment.waiting()), [])
})

test('admitLocalMs lets the local network in at any member, and not a moment longer', async () => {
  const group = new Group()
  const founder = await group.found({ admitLocalMs: 10 * MINUTE_MS })
  const said = new Said()
  const found = async (name: string, machine = group.world.machine()) => {
    const { say } = said
    const options = { say, discoveryPort: DISCOVERY_PORT, askAt: [] }
    const opened = await group.settle(
      joinByDiscovery(group.joinEffects(machine), selfOf(name), options),
    )
    return group.run(machine, opened)
  }
  const berta = await found('berta')
  await promoted(group, berta)
  // Only the other member hears this one, and must ask the founder whether the window is open.
  const machine = group.world.machine()
  group.world.links.block({ from: machine.address, to: founder.machine.address })
  const carla = await found('carla', machine)
  assert.deepEqual(said.codes, [], 'nobody needs to see a code')
  assert.deepEqual(carla.opened.files.identity.entryAddresses[0], berta.address)
  assert.ok(founder.enrolment.admitsLocalUntilMs() !== undefined)
  await group.world.pass(10 * MINUTE_MS)
  assert.equal(founder.enrolment.admitsLocalUntilMs(), undefined)
  const { done } = await waiter(group, 'dora')
  await rejectsWith('ADMISSION_REFUSED', group.settle(done, 2 * ADMISSION_WAIT_MS))
})

test('admitLocalMs lets nobody in from beyond a router', async () => {
  const group = new Group()
  const founder = await group.found({ admitLocalMs: HOUR_MS })
  const machine = group.world.machine({ segment: 7 })
  const said = new Said()
  const options = { say: said.say, discoveryPort: DISCOVERY_PORT, askAt: [founder.machine.address] }
  const done = joinByDiscovery(group.joinEffects(machine), selfOf('berta'), options)
  done.catch(() => undefined)
  await group.world.until(() => said.codes.length > 0, 'a code', MINUTE_MS)
  await group.world.pass(SECOND_MS)
  assert.equal((await group.settle(founder.enrolment.waiting())).length, 1)
  await rejectsWith('ADMISSION_REFUSED', group.settle(done, 2 * ADMISSION_WAIT_MS))
})

test('the door bounds who waits, how many codes a minute it gives, and who is connected', async () => {
  const group = new Group()
  const founder = await group.found()
  const waiters: Waiter[] = []
  for (let i = 0; i < WAITING_MAX; i++) waiters.push(await waiter(group, `w${i}`))
  await rejectsWith('BUSY', joinNow(group))
  assert.equal((await group.settle(founder.enrolment.waiting())).length, WAITING_MAX)
  for (let i = waiters.length + 1; i < CODES_PER_MINUTE_MAX; i++)
    await rejectsWith('BUSY', joinNow(group))
  const [first] = waiters
  await group.settle(founder.enrolment.admit(first?.said.codes[0] ?? ''))
  await rejectsWith('BUSY', joinNow(group))
  await group.world.pass(MINUTE_MS)
  await waiter(group, 'later')

  const machine = group.world.machine()
  const { net } = machine.effects()
  const endpoint = { host: founder.machine.address, port: 9300 }
  let closed = 0
  for (let i = 0; i < STRANGERS_MAX; i++) {
    const silent = await group.settle(net.connectAsStranger({ endpoint, timeoutMs: SECOND_MS }))
    silent.receive({ bytes: () => undefined, drained: () => undefined, closed: () => closed++ })
  }
  await rejectsWith('BUSY', joinNow(group))
  await group.world.pass(MINUTE_MS)
  assert.equal(closed, STRANGERS_MAX, 'who says nothing is not kept')
})

/**
 * Somebody in the middle: a ring of his own towards the newcomer, a newcomer of his own towards the
 * ring.
 */
async function middle(group: Group, founder: GroupMember) {
  const machine = group.world.machine()
  const own = await group.settle(
    initRing(
      { ...group.joinEffects(machine), disk: diskBelow(machine.effects().disk, 'his') },
      selfOf('middle'),
    ),
  )
  const his = await group.settle(filesIn(machine.effects(), `his/${own.directory}`))
  const told = Promise.withResolvers<Newcomer>()
  const effects = machine.effects()
  const { clock, net } = effects
  const shown: string[] = []
  const memberNonce = 'a'.repeat(64)
  await group.settle(
    net.listen({
      endpoint: { host: machine.address, port: RPC_PORT },
      credentials: () => his.files.credentials,
      connected: (connection) => connection.destroy(),
      refused: () => undefined,
      stranger: (connection) => {
        const channel = new EnrolChannel(connection, FromNewcomer, clock)
        void (async () => {
          const hello = await channel.next(SECOND_MS)
          if (hello.kind !== 'ask') return
          told.resolve(hello.newcomer)
          channel.send({ kind: 'nonce', nonce: memberNonce })
          await channel.next(SECOND_MS)
          channel.send({ kind: 'waiting', leftMs: MINUTE_MS })
        })()
      },
    }),
  )
  /** He shows the ring all that the newcomer showed him, but a key that he has. */
  const pass = async (): Promise<void> => {
    const newcomer = await told.promise
    const { requestPem } = await effects.crypto.makeRequest(founder.id)
    const claim = { kind: 'code' } as const
    const say = (news: EnrolNews): void => void (news.kind === 'code' && shown.push(news.code))
    const asking = {
      newcomer: { ...newcomer, requestPem },
      claim,
      addresses: [founder.address],
      say,
    }
    askToJoin(effects, asking).catch(() => undefined)
  }
  return { address: `${machine.address}:${RPC_PORT}`, pass, shown }
}

test('somebody in the middle gets another code at the ring than the newcomer shows', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const group = new Group(seed)
    const founder = await group.found()
    const between = await middle(group, founder)
    const victim = group.joinEffects(group.world.machine())
    const said = new Said()
    const { requestPem } = await victim.crypto.makeRequest(STRANGER_ID)
    const newcomer = newcomerOf(requestPem, 'berta')
    const addresses = [between.address]
    askToJoin(victim, { newcomer, claim: { kind: 'code' }, addresses, say: said.say }).catch(
      () => undefined,
    )
    void between.pass()
    const bothShow = (): boolean => said.codes.length > 0 && between.shown.length > 0
    await group.world.until(bothShow, 'both show a code', MINUTE_MS)
    const waiting = await group.settle(founder.enrolment.waiting())
    assert.deepEqual(
      waiting.map(({ code }) => code),
      between.shown,
    )
    assert.notDeepEqual(said.codes, between.shown)
    await rejectsWith(
      'ADMISSION_UNKNOWN',
      group.settle(founder.enrolment.admit(said.codes[0] ?? '')),
    )
  }
})

test('a newcomer that promised one nonce and tells another is refused', async () => {
  const group = new Group()
  const founder = await group.found()
  const { net, clock, crypto } = group.world.machine().effects()
  const endpoint = { host: founder.machine.address, port: RPC_PORT }
  const connection = await group.settle(net.connectAsStranger({ endpoint, timeoutMs: SECOND_MS }))
  const channel = new EnrolChannel(connection, FromMember, clock)
  const { requestPem } = await crypto.makeRequest(STRANGER_ID)
  const newcomer = newcomerOf(requestPem, 'berta')
  channel.send({ kind: 'ask', version: ENROL_VERSION, newcomer, commitment: '0'.repeat(64) })
  assert.equal((await group.settle(channel.next(SECOND_MS))).kind, 'nonce')
  channel.send({ kind: 'reveal', nonce: '0'.repeat(64) })
  const answer = await group.settle(channel.next(SECOND_MS))
  assert.ok(answer.kind === 'refused' && answer.code === 'BAD_REQUEST')
  assert.deepEqual(await group.settle(founder.enrolment.waiting()), [])
})

test('bytes that are no message end the connection and nothing else', async () => {
  const group = new Group()
  const founder = await group.found()
  const { net, random } = group.world.machine().effects()
  const endpoint = { host: founder.machine.address, port: RPC_PORT }
  const pieces = [
    Uint8Array.of(0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0, 0, 0, 2, 0x7b, 0x7d),
    Uint8Array.of(0, 0, 0, 1, 0xff),
    utf8('GET / HTTP/1.1\r\n\r\n'),
    random.bytes(5_000),
    utf8('\u0000\u0000\u0000\u0002[]'.repeat(100)),
  ]
  for (const bytes of pieces) {
    const connection = await group.settle(net.connectAsStranger({ endpoint, timeoutMs: SECOND_MS }))
    const closed = Promise.withResolvers<unknown>()
    connection.receive({ bytes: () => undefined, drained: () => undefined, closed: closed.resolve })
    connection.write(bytes)
    await group.settle(closed.promise, 2 * SECOND_MS)
  }
  await waiter(group, 'berta')
})
