/** What must not work over real sockets, and changes nothing. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { MIB } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { AccountSessions } from '../../services/files/doors/account-sessions.ts'
import { testDoor } from './door.test-helper.ts'
import { CLOSING_MS, IDLE_MS, LOGIN_MS, SESSIONS_PER_USER_MAX, STALL_MS } from './limits.ts'

test('a wrong password is 530, the third ends the connection, and nothing was reached', async (t) => {
  const { client } = await testDoor(t)
  const ftp = await client()
  await ftp.answer()
  for (const code of [530, 530, 421]) {
    await ftp.ask('USER ana')
    assert.equal(await ftp.code('PASS wrong'), code)
  }
  await ftp.closed()
})

test('guesses that the ring counts end the connection with 421', async (t) => {
  const { client } = await testDoor(t, {
    accounts: {
      asOfNow: async (who) => who,
      authenticateByPassword: async () => {
        throw new AnilloError('SLOW_DOWN', { minutes: 10 })
      },
    },
  })
  const ftp = await client()
  await ftp.answer()
  await ftp.ask('USER ana')
  assert.equal(await ftp.code('PASS wrong'), 421)
  await ftp.closed()
})

test('anonymous is let in only where guests are, and changes nothing then', async (t) => {
  const closed = await testDoor(t)
  const stranger = await closed.client()
  await stranger.answer()
  await stranger.ask('USER anonymous')
  assert.equal(await stranger.code('PASS me@example.org'), 530)

  const open = await testDoor(t, { hasGuests: true })
  const guest = await (await open.client()).logIn('anonymous', 'me@example.org')
  assert.match((await guest.ask('PWD')).text, /^"\/" /)
  assert.equal(await guest.code('MKD /shared/a'), 550)
  assert.equal((await guest.upload('STOR /shared/a', 'x')).end.code, 550)
})

test('the twenty-first session of an account is refused, until one ends', async (t) => {
  const { client, session } = await testDoor(t)
  const sessions = []
  for (let at = 0; at < SESSIONS_PER_USER_MAX; at++) sessions.push(await session())
  const late = await client()
  await late.answer()
  await late.ask('USER ana')
  assert.equal(await late.code('PASS right'), 421)
  const [first] = sessions
  assert.equal(await first?.code('QUIT'), 221)
  await first?.closed()
  await session()
})

test('sessions of an account at another member count, too', async (t) => {
  const max = SESSIONS_PER_USER_MAX
  const elsewhere = { ana: max - 1, ben: 0 } as Readonly<Record<string, number>>
  const ask = async (_: string, nicks: readonly string[]) =>
    nicks.map((nick) => elsewhere[nick] ?? 0)
  const clock = new ManualClock()
  const accountSessions = new AccountSessions({ max, clock, others: () => ['other'], ask })
  const { client, session } = await testDoor(t, { accountSessions })
  await session()
  for (const [nick, code] of [
    ['ana', 421],
    ['ben', 230],
  ] as const) {
    const late = await client()
    await late.answer()
    await late.ask(`USER ${nick}`)
    assert.equal(await late.code('PASS right'), code)
  }
})

test('names with NUL or CR, above the root, too long, and lines of a megabyte', async (t) => {
  const { files, put, session } = await testDoor(t)
  await put('/shared/a', 'x')
  const ftp = await session()
  assert.equal(await ftp.code('MKD a\0b'), 501)
  assert.equal(await ftp.code('MKD a\rb'), 501)
  assert.equal(await ftp.code(`MKD ${'ñ'.repeat(128)}`), 553)
  assert.equal(await ftp.code(`MKD ${'x'.repeat(5_000)}`), 501)
  assert.equal(await ftp.code('x'.repeat(1_000_000)), 500)
  assert.equal(await ftp.code('DELE ../../../../../shared/b'), 550)
  assert.equal(await ftp.code('RMD ..'), 550)
  assert.equal(await ftp.code('RMD /'), 550)
  assert.equal(await ftp.code('RNFR /shared'), 350)
  assert.equal(await ftp.code('RNTO /shared/y/z'), 550)
  ftp.write(Uint8Array.of(...Buffer.from('MKD '), 0xc3, 0x28, 13, 10))
  assert.equal((await ftp.answer()).code, 501)
  assert.deepEqual([...files.tree.root.entries.keys()], ['home', 'shared'])
})

test('names of 255 bytes, with quotes, spaces and any script work', async (t) => {
  const { session } = await testDoor(t)
  const ftp = await session()
  for (const name of [
    'x'.repeat(255),
    '😀'.repeat(63),
    'a "b" c',
    ' a ',
    'العربية',
    '-la',
    '日本語',
  ]) {
    assert.equal((await ftp.upload(`STOR ${name}`, 'x')).end.code, 226, name)
    assert.equal((await ftp.ask(`SIZE ${name}`)).text, '1', name)
    assert.match((await ftp.ask(`MLST ${name}`)).text, /Type=file/, name)
  }
})

test('over the quota, or with a full disk in the middle, the old content stays', async (t) => {
  let isFull = false
  const { content, put, session } = await testDoor(t, {
    bytesMax: 100_000,
    before: (call) => {
      if (isFull && call === 'push') throw new AnilloError('DISK_FULL', { path: 'it' })
    },
  })
  await put('/shared/a', 'old')
  const ftp = await session()
  assert.equal((await ftp.upload('STOR /shared/a', Buffer.alloc(200_000))).end.code, 552)
  assert.equal(await ftp.code('ALLO 200000'), 552)
  assert.equal(await ftp.code('ALLO 1000'), 200)
  assert.match((await ftp.ask('AVBL')).text, /^99997$/)
  isFull = true
  assert.equal((await ftp.upload('STOR /shared/a', 'new')).end.code, 452)
  assert.equal(await content('/shared/a'), 'old')
})

test('226 comes only once all is durable', async (t) => {
  const durable = Promise.withResolvers<void>()
  const { session } = await testDoor(t, {
    before: (call) => (call === 'commit' ? durable.promise : undefined),
  })
  const ftp = await session()
  let isAnswered = false
  const uploaded = ftp.upload('STOR /shared/a', 'x').finally(() => (isAnswered = true))
  const asker = await session()
  assert.equal(await asker.code('SIZE /shared/a'), 550)
  assert.equal(isAnswered, false)
  durable.resolve()
  assert.equal((await uploaded).end.code, 226)
})

test('a store that cannot keep it answers 451', async (t) => {
  const { session } = await testDoor(t, {
    before: (call) => {
      if (call === 'commit') throw new AnilloError('STORE_UNAVAILABLE', { problem: 'no majority' })
    },
  })
  const ftp = await session()
  assert.equal((await ftp.upload('STOR /shared/a', 'x')).end.code, 451)
})

test('a stranger that comes to the data port is closed, and the client gets in', async (t) => {
  const { logged, put, session } = await testDoor(t)
  await put('/shared/a', 'hello')
  const ftp = await session()
  const { text } = await ftp.ask('EPSV')
  const port = Number(/\|\|\|(\d+)\|/.exec(text)?.[1])
  const stranger = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2' })
  stranger.on('error', () => undefined)
  await once(stranger, 'close')
  const own = connect({ host: '127.0.0.1', port })
  let got = ''
  own.on('data', (piece: Buffer) => (got += piece.toString()))
  assert.equal(await ftp.code('RETR /shared/a'), 150)
  assert.equal((await ftp.answer()).code, 226)
  if (!own.closed) await once(own, 'close')
  assert.equal(got, 'hello')
  assert.ok(logged.includes('a data connection of a stranger'))
})

test('the member connects to the client itself alone', async (t) => {
  const { put, session } = await testDoor(t)
  await put('/shared/a', 'hello')
  const ftp = await session()
  assert.equal(await ftp.code('PORT 192,0,2,1,78,32'), 501)
  assert.equal(await ftp.code('EPRT |1|127.0.0.2|20000|'), 501)
  assert.equal(await ftp.code('PORT 127,0,0,1,0,22'), 501)
  assert.equal(await ftp.code('RETR /shared/a'), 425)
  for (const form of ['PORT', 'EPRT']) {
    const { came, port } = await ftp.ownPort()
    const told =
      form === 'PORT' ? `PORT 127,0,0,1,${port >> 8},${port & 255}` : `EPRT |1|127.0.0.1|${port}|`
    assert.equal(await ftp.code(told), 200)
    ftp.write('RETR /shared/a\r\n')
    const data = await came
    data.on('data', (piece: Buffer) => assert.equal(piece.toString(), 'hello'))
    assert.equal((await ftp.answer()).code, 150)
    assert.equal((await ftp.answer()).code, 226)
  }
  const { came, port } = await ftp.ownPort()
  void came
  const closed = connect({ host: '127.0.0.1', port })
  await once(closed, 'connect')
  closed.destroy()
  assert.equal(await ftp.code(`EPRT |1|127.0.0.1|${port}|`), 200)
  assert.equal(await ftp.code('RETR /shared/a'), 150)
  assert.equal((await ftp.answer()).code, 425)
})

test('a client that is gone in the middle leaves what came, and frees its session', async (t) => {
  const left = Promise.withResolvers<void>()
  const { door, files, session } = await testDoor(t)
  const ftp = await session()
  const data = await ftp.data()
  await ftp.ask('STOR /shared/a')
  data.write('01234')
  while ((await ftp.ask('STAT')).text !== 'Received 5 bytes so far.');
  ftp.close()
  data.destroy()
  const look = (): void => {
    if (files.tree.partials.size > 0 && door.connections === 0) left.resolve()
    else setImmediate(look)
  }
  look()
  await left.promise
})

test('who does nothing is told so, and closed; a transfer is no idleness', async (t) => {
  const clock = new ManualClock()
  const { client, put, session } = await testDoor(t, { clock })
  await put('/shared/a', new Uint8Array(9_000_000))
  const nobody = await client()
  await nobody.answer()
  const idle = await session()
  const busy = await session()
  const data = await busy.data()
  assert.equal(await busy.code('RETR /shared/a'), 150)
  clock.advance(LOGIN_MS)
  assert.equal((await nobody.answer()).code, 421)
  clock.advance(IDLE_MS - LOGIN_MS - 1)
  assert.equal(await idle.code('NOOP'), 200)
  clock.advance(IDLE_MS)
  assert.equal((await idle.answer()).code, 421)
  await idle.closed()
  // Neither taken nor broken off: it stalls.
  clock.advance(STALL_MS)
  assert.equal((await busy.answer()).code, 426)
  data.destroy()
})

test('a slow reader goes on for as long as it takes something now and then', async (t) => {
  const clock = new ManualClock()
  const { put, session } = await testDoor(t, { clock })
  const bytes = 48 * MIB
  await put('/shared/a', new Uint8Array(bytes))
  const ftp = await session()
  const data = await ftp.data()
  assert.equal(await ftp.code('RETR /shared/a'), 150)
  let taken = 0
  while (taken < 16 * MIB) {
    // What stands in buffers moves until they are full.
    for (let before = ''; ;) {
      const { code, text } = await ftp.ask('STAT')
      assert.equal(code, 213, text)
      if (text === before) break
      before = text
    }
    clock.advance(STALL_MS - 1)
    for (const wanted = taken + 2 * MIB; taken < wanted;) {
      const piece = data.read() as Buffer | null
      if (piece === null) await once(data, 'readable')
      else taken += piece.length
    }
  }
  data.on('data', (piece: Buffer) => (taken += piece.length))
  assert.equal((await ftp.answer()).code, 226)
  if (!data.closed) await once(data, 'close')
  assert.equal(taken, bytes)
})

test('a data connection that does not come is not waited for for ever', async (t) => {
  const clock = new ManualClock()
  const { put, session } = await testDoor(t, { clock })
  await put('/shared/a', 'hello')
  const ftp = await session()
  await ftp.ask('EPSV')
  assert.equal(await ftp.code('RETR /shared/a'), 150)
  clock.advance(60_000)
  assert.equal((await ftp.answer()).code, 425)
})

test('226 of a download waits for the client to close its end, but not for ever', async (t) => {
  const clock = new ManualClock()
  const { put, session } = await testDoor(t, { clock })
  await put('/shared/a', 'hello')
  const ftp = await session()
  for (const closes of [true, false]) {
    const { text } = await ftp.ask('EPSV')
    const port = Number(/\|\|\|(\d+)\|/.exec(text)?.[1])
    const data = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    assert.equal(await ftp.code('RETR /shared/a'), 150)
    await once(data.resume(), 'end')
    assert.equal((await ftp.ask('STAT')).text, 'Sent 5 bytes so far.')
    if (closes) data.end()
    else clock.advance(CLOSING_MS)
    assert.equal((await ftp.answer()).code, 226)
    data.destroy()
  }
})

test('PASV tells the public address to clients of other networks alone', async (t) => {
  const { session } = await testDoor(t, { publicAddress: '198.51.100.7' })
  const ftp = await session()
  assert.match((await ftp.ask('PASV')).text, /\(127,0,0,1,\d+,\d+\)$/)
})

test('a thousand commands sent ahead are all answered, in order', async (t) => {
  const { session } = await testDoor(t)
  const ftp = await session()
  ftp.write(`${'PWD\r\nMKD a\r\n'.repeat(500)}`)
  for (let at = 0; at < 1_000; at++) {
    assert.equal((await ftp.answer()).code, at % 2 === 0 || at === 1 ? 257 : 550)
  }
})

test('the door says goodbye when its member stops', async (t) => {
  const { door, session } = await testDoor(t)
  const ftp = await session()
  const closed = door.close()
  assert.equal((await ftp.answer()).code, 421)
  await ftp.closed()
  await closed
  assert.equal(door.connections, 0)
})
