/** The longest and the most that the door takes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { KIB } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { testDoor } from './door.test-helper.ts'
import {
  IDLE_MS,
  PATH_BYTES_MAX,
  SESSIONS_MAX,
  SESSIONS_PER_USER_MAX,
  STRANGERS_PER_ADDRESS_MAX,
} from './limits.ts'
import { Sessions } from './sessions.ts'

const IDLE_SESSIONS = 1_000
/** With the client’s half of each, which is of this process too. */
const IDLE_BYTES_MAX = 40 * KIB

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function usedBytes(): number {
  collect()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

/** Logged in, from an address of its own for each account. */
async function idle(port: number, at: number): Promise<Socket> {
  const account = Math.floor(at / SESSIONS_PER_USER_MAX)
  const socket = connect({ host: '127.0.0.1', port, localAddress: `127.0.1.${account + 1}` })
  let said = ''
  const welcomed = Promise.withResolvers<void>()
  socket.on('data', (piece: Buffer) => {
    said += piece.toString('latin1')
    if (said.includes('230 ')) welcomed.resolve()
  })
  await once(socket, 'connect')
  socket.write(`USER user${account}\r\nPASS right\r\n`)
  await welcomed.promise
  return socket
}

test('a thousand idle sessions take little memory, let others in, and end at their time', async (t) => {
  const clock = new ManualClock()
  const { door, port, put, session } = await testDoor(t, { clock })
  await put('/shared/a', 'hello')
  await (await session()).download('RETR /shared/a')
  const before = usedBytes()
  const sockets: Socket[] = []
  for (let at = 0; at < IDLE_SESSIONS; at++) sockets.push(await idle(port, at))
  const each = (usedBytes() - before) / IDLE_SESSIONS
  assert.ok(each < IDLE_BYTES_MAX, `${Math.round(each)} bytes each`)

  const ftp = await session()
  assert.equal((await ftp.download('RETR /shared/a')).data.toString(), 'hello')
  clock.advance(IDLE_MS)
  while (door.connections > 0) await new Promise(setImmediate)
  assert.ok(sockets.every(({ readyState }) => readyState === 'closed'))
})

test('strangers of an address, and sessions in all, have a bound', async (t) => {
  const { client } = await testDoor(t)
  const strangers = []
  for (let at = 0; at < STRANGERS_PER_ADDRESS_MAX; at++) strangers.push(await client())
  for (const stranger of strangers) assert.equal((await stranger.answer()).code, 220)
  const late = await client()
  assert.equal((await late.answer()).code, 421)
  await late.closed()

  const sessions = new Sessions({ enter: async () => undefined })
  const leave = Array.from({ length: SESSIONS_MAX }, () => sessions.open())
  assert.equal(sessions.open(), undefined)
  leave[0]?.()
  assert.ok(sessions.open())
})

test('a path of 4,096 bytes works, one more is refused', async (t) => {
  const { content, session } = await testDoor(t)
  const ftp = await session()
  const names = Array.from({ length: 16 }, (_, at) => `${at}`.padEnd(255, 'ñ').slice(0, 127))
  await ftp.ask('CWD /shared')
  let path = '/shared'
  for (const name of names) {
    path += `/${name}`
    assert.equal(await ftp.code(`MKD ${path}`), 257, path)
  }
  const file = `${path}/${'x'.repeat(PATH_BYTES_MAX - Buffer.byteLength(path) - 1)}`
  assert.equal(Buffer.byteLength(file), PATH_BYTES_MAX)
  assert.equal((await ftp.upload(`STOR ${file}`, 'deep')).end.code, 226)
  assert.equal((await ftp.ask(`SIZE ${file}`)).text, '4')
  assert.equal(await content(file), 'deep')
  assert.equal(await ftp.code(`SIZE ${file}x`), 501)
  assert.equal(await ftp.code(`RNFR ${file}`), 350)
  assert.equal(await ftp.code(`RNTO ${file}x`), 501)
  assert.equal(await content(file), 'deep')
})

test('an LF in a name ends the line: the rest is a command of its own, and none', async (t) => {
  const { files, session } = await testDoor(t)
  const ftp = await session()
  ftp.write('MKD /shared/a\nb\r\n')
  assert.equal((await ftp.answer()).code, 257)
  assert.equal((await ftp.answer()).code, 500)
  const shared = files.tree.root.entries.get('shared')
  assert.deepEqual(shared?.kind === 'folder' && [...shared.entries.keys()], ['a'])
})

test('quotes in a path are doubled where it is told', async (t) => {
  const { session } = await testDoor(t)
  const ftp = await session()
  assert.match((await ftp.ask('MKD /shared/a "b" c')).text, /^"\/shared\/a ""b"" c" /)
  assert.equal(await ftp.code('CWD /shared/a "b" c'), 250)
  assert.match((await ftp.ask('PWD')).text, /^"\/shared\/a ""b"" c" /)
})
