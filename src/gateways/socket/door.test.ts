import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { platformClock } from '../../platform/clock.ts'
import { platformLocalListen } from '../../platform/local-listen.ts'
import { platformLog } from '../../platform/log.ts'
import { MemoryOutside } from '../../services/share/memory-outside.test-helper.ts'
import { outsideCommands, type SocketCommands } from './commands.ts'
import { SocketDoor } from './door.ts'
import { pickledList, pickledText } from './pickle.ts'

interface Opened {
  readonly door: SocketDoor
  readonly path: string
  /** All that is answered to what is sent at once, or to each piece in turn. */
  readonly say: (bytes: string | Uint8Array, ends?: boolean) => Promise<Buffer>
}

async function open(
  t: TestContext,
  { answers = 'json', more = {} }: { answers?: 'json' | 'iic2523'; more?: SocketCommands } = {},
): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'anillo-socket-'))
  const path = join(folder, 'share.sock')
  const { log } = platformLog({ level: 'error', fields: {} })
  const commands = { ...outsideCommands(new MemoryOutside().seenBy()), ...more }
  const door = new SocketDoor({ clock: platformClock(), log, commands, answers })
  const listener = await platformLocalListen.listen(path, (stream) => door.connected(stream))
  t.after(async () => {
    door.close()
    await listener.close()
    await rm(folder, { recursive: true })
  })
  const say = async (bytes: string | Uint8Array, ends = true): Promise<Buffer> => {
    const socket = connect(path)
    const pieces: Buffer[] = []
    socket.on('data', (piece: Buffer) => pieces.push(piece))
    socket.on('error', () => undefined)
    socket.write(bytes)
    if (ends) socket.end()
    await new Promise((resolve) => socket.once('close', resolve))
    return Buffer.concat(pieces)
  }
  return { door, path, say }
}

const lines = (said: Buffer): readonly unknown[] =>
  said
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))

test('what is set is got, a line a command, in order', async (t) => {
  const { say } = await open(t)
  const said = await say(`set 'my file' "http://a/my file"\nget 'my file'\n\nget other\n`)
  assert.deepEqual(lines(said), [
    { ok: true, taken: 3 },
    { ok: true, values: ['http://a/my file'], records: [] },
    { ok: true, values: [], records: [] },
  ])
})

test('the socket is its owner’s alone', async (t) => {
  const { path } = await open(t)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('a path that is too long is told, not cut', async () => {
  const path = `/tmp/${'x'.repeat(120)}`
  await assert.rejects(
    platformLocalListen.listen(path, () => undefined),
    { code: 'DATA_NOT_WRITABLE' },
  )
})

test('what is no command is refused in words, and the next line is heard', async (t) => {
  const { say } = await open(t)
  const said = await say(
    Buffer.concat([
      Buffer.from(`shutdown\nget\nget a b\nset a\nget 'a\n__proto__ a\nconstructor\n`),
      Buffer.of(0xff, 0xfe, 0x0a),
      Buffer.from(`get ${'n'.repeat(9_000)}\nget a\n`),
    ]),
  )
  const answers = lines(said) as readonly {
    readonly ok: boolean
    readonly error?: { code: string }
  }[]
  const codes = answers.map(({ error }) => error?.code ?? 'ok')
  assert.deepEqual(
    codes.slice(0, 8),
    Array.from({ length: 8 }, () => 'BAD_REQUEST'),
  )
  assert.equal(codes.at(-1), 'ok')
})

test('a line without end is cut off; others are served meanwhile', async (t) => {
  const { say } = await open(t)
  const [said] = lines(await say('x'.repeat(100_000), false))
  assert.equal((said as { error: { code: string } }).error.code, 'TOO_LARGE')
  assert.equal(lines(await say('get a\n')).length, 1)
})

test('too many commands, or connections, end what brings them', async (t) => {
  const { door, path, say } = await open(t, {
    more: { wait: { usage: 'wait', words: [0, 0], run: () => new Promise(() => undefined) } },
  })
  await say('wait\n'.repeat(300), false)
  const sockets = Array.from({ length: 80 }, () => connect(path).on('error', () => undefined))
  await Promise.all(
    sockets.slice(64).map((socket) => new Promise((resolve) => socket.once('close', resolve))),
  )
  assert.equal(door.connections, 64)
  for (const socket of sockets) socket.destroy()
})

test('what is under way when the door closes is broken off', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { door, say } = await open(t, {
    more: {
      wait: {
        usage: 'wait',
        words: [0, 0],
        run: async (_, signal) => {
          signal.addEventListener('abort', () => resolve())
          setImmediate(() => door.close())
          await promise
          throw new AnilloError('BUSY', { what: 'nothing' })
        },
      },
    },
  })
  assert.equal((await say('wait\n', false)).length, 0)
  await promise
  assert.equal(door.connections, 0)
})

test('as --iic2523 what comes at once is the command, and the answer is a pickle', async (t) => {
  const { say } = await open(t, { answers: 'iic2523' })
  assert.deepEqual(await say('set a http://b/c', false), Buffer.alloc(0))
  assert.deepEqual(await say('get a', false), Buffer.from(pickledList(['http://b/c'], 1_024)))
  assert.deepEqual(await say('get a\n', true), Buffer.from(pickledList(['http://b/c'], 1_024)))
  assert.deepEqual(await say('get nothing', false), Buffer.from(pickledText('Not found.')))
  assert.deepEqual(await say('run away', false), Buffer.from(pickledText('Not found.')))
})

test('as --iic2523 a connection has one command, whatever comes behind it', async (t) => {
  const { say } = await open(t, { answers: 'iic2523' })
  const long = await say(`get ${'n'.repeat(30_000)}`, false)
  assert.deepEqual(long, Buffer.from(pickledText('Not found.')))
  const { log } = platformLog({ level: 'error', fields: {} })
  const commands = outsideCommands(new MemoryOutside().seenBy())
  const clock = platformClock()
  const door = new SocketDoor({ clock, log, commands, answers: 'iic2523' })
  const said: Uint8Array[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const at = { host: 'socket', port: 0 }
  door.connected({
    remote: at,
    local: at,
    receive: ({ bytes }) => {
      for (let piece = 0; piece < 3; piece++) void bytes(Buffer.from('get a'))
    },
    send: async (bytes) => void said.push(bytes),
    finish: async () => true,
    destroy: resolve,
  })
  await promise
  assert.deepEqual(said, [pickledText('Not found.')])
})

test('a pickle is what Python writes of protocol 2, and fits one read', () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  // python3 -c "import pickle; print(pickle.dumps(['ñ', 'b'], 2).hex())", without its memo.
  assert.equal(hex(pickledList(['ñ', 'b'], 1_024)), '80025d285802000000c3b1580100000062652e')
  assert.equal(hex(pickledText('x')), '80025801000000782e')
  const many = Array.from({ length: 500 }, (_, at) => `http://host-${at}/file`)
  assert.ok(pickledList(many, 1_024).length <= 1_024)
})
