/** Clients that lie, break off, or come two at once: each over a connection of its own. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import { MIB } from '../../../base/limits.ts'
import type { FileUser } from '../../../services/files/types.ts'
import type { CallOptions } from '../../../store/types.ts'
import { NAME_BYTES_MAX, PATH_BYTES_MAX } from '../../../wire/file-limits.ts'
import { ASK_AGAIN_MS, UPLOADS_AT_ONCE } from '../limits.ts'
import { ANA, filesDoor } from './files-door.test-helper.ts'

type Door = Awaited<ReturnType<typeof filesDoor>>

interface Head {
  readonly port: number
  readonly token: string
  readonly method?: string
  readonly target: string
  readonly lines?: readonly string[]
}

/** A request as it stands on the wire, without its body. */
function begun({ lines = [], method = 'PUT', port, target, token }: Head): Socket {
  const connection = connect(port, '127.0.0.1')
  connection.on('error', () => undefined)
  const head = [
    `${method} ${target} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    ...lines,
  ]
  connection.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1')
  return connection
}

/** Status and code of an answer whose connection ends with it. */
async function answerOn(connection: Socket): Promise<string> {
  const answer = await text(connection)
  const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? ''
  return `${answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)} ${code}`.trim()
}

function asked(door: Door, port: number, target: string, method = 'GET'): Promise<string> {
  const { token } = door
  return answerOn(begun({ port, token, target, method, lines: ['Connection: close'] }))
}

test('a name may hold any bytes that are UTF-8, and stays what it was', async () => {
  await using door = await filesDoor()
  const { port } = await door.listen()
  const names = ['a b', 'ñ🌊', '%2F', '"quoted"', "it's", '#?&=+', '\\', '*', '<script>', '\u202e']
  for (const name of names) {
    const target = `/v1/files/shared/${encodeURIComponent(name)}`
    assert.equal(await asked(door, port, target, 'PUT'), '201', name)
    assert.equal(await asked(door, port, target), '200', name)
  }
  const listed = await door.files.list(ANA, '/shared')
  assert.deepEqual(new Set(listed.entries.map(({ name }) => name)), new Set(names))
})

test('a path that could lead elsewhere is refused, and nothing is made', async () => {
  await using door = await filesDoor()
  const { port } = await door.listen()
  const cases = [
    ['/v1/files/shared/..%2f..%2fx', '400 NAME_INVALID'],
    ['/v1/files/shared/../x', '400 NAME_INVALID'],
    ['/v1/files/shared/%2e%2e/x', '400 NAME_INVALID'],
    ['/v1/files/shared//x', '400 NAME_INVALID'],
    ['/v1/files/shared/a%00b', '400 NAME_INVALID'],
    ['/v1/files/shared/a%0d%0aSet-Cookie:x', '400 NAME_INVALID'],
    ['/v1/files/shared/%ff%fe', '400 BAD_REQUEST'],
    ['/v1/files/shared/%zz', '400 BAD_REQUEST'],
    [`/v1/files/shared/${'x'.repeat(NAME_BYTES_MAX + 1)}`, '400 NAME_INVALID'],
  ] as const
  for (const [target, expected] of cases) {
    for (const method of ['PUT', 'GET', 'DELETE', 'POST']) {
      const query = method === 'POST' ? '?op=mkdir' : ''
      const answer = await asked(door, port, `${target}${query}`, method)
      assert.equal(answer, expected, `${method} ${target}`)
    }
  }
  assert.deepEqual((await door.files.list(ANA, '/shared')).entries, [])
  assert.deepEqual((await door.files.list(ANA, '/')).entries.length, 2)
})

test('the longest name and the longest path have room in an address', async () => {
  await using door = await filesDoor()
  const { port } = await door.listen()
  const longest = `/v1/files/shared/${'%F0%9F%8C%8A'.repeat(63)}`
  assert.equal(await asked(door, port, longest, 'PUT'), '201')
  const deep = `/v1/files${'/%C3%B1'.repeat(Math.floor(PATH_BYTES_MAX / Buffer.byteLength('/ñ')))}`
  assert.equal(await asked(door, port, deep), '404 NO_ENTRY')
})

test('an upload whose client is gone stays as far as it came, and goes on', async () => {
  await using door = await filesDoor()
  const { port } = await door.listen()
  const { token } = door
  const target = '/v1/files/shared/a'
  const whole = Buffer.alloc(3 * MIB, 'The tide. ')
  const first = begun({ port, token, target, lines: [`Content-Length: ${whole.length}`] })
  first.write(whole.subarray(0, MIB))
  const arrived = Promise.withResolvers<void>()
  let pushed = 0
  const write = door.files.write.bind(door.files)
  door.files.write = async (...args) => {
    const upload = await write(...args)
    const push = upload.push.bind(upload)
    return {
      ...upload,
      push: async (piece) => {
        await push(piece)
        pushed += piece.length
        if (pushed === MIB) arrived.resolve()
      },
    }
  }
  await arrived.promise
  first.destroy()
  let offset: string | undefined
  while (offset === undefined) {
    await new Promise(setImmediate)
    const state = await door.asAna({ method: 'HEAD', url: '/v1/uploads/shared/a' })
    offset = state.headers['upload-offset']?.toString()
  }
  assert.equal(Number(offset), MIB)
  const absent = await door.asAna({ method: 'HEAD', url: target })
  assert.equal(absent.statusCode, 404)
  const range = `bytes ${offset}-${whole.length - 1}/${whole.length}`
  const rest = begun({
    port,
    token,
    target,
    lines: [
      `Content-Range: ${range}`,
      `Content-Length: ${whole.length - MIB}`,
      'Connection: close',
    ],
  })
  rest.write(whole.subarray(MIB))
  assert.equal(await answerOn(rest), '201')
  assert.ok(whole.equals(await door.content('/shared/a')))
})

test('a Content-Length that tells more than comes makes no file', async () => {
  await using door = await filesDoor()
  const { port } = await door.listen()
  const { token } = door
  const lines = ['Content-Length: 10', 'Connection: close']
  const short = begun({ port, token, target: '/v1/files/shared/a', lines })
  short.end('abc')
  assert.equal(await answerOn(short), '400 BAD_REQUEST')
  const two = begun({
    port,
    token,
    target: '/v1/files/shared/b',
    lines: ['Content-Length: 3', 'Transfer-Encoding: chunked', 'Connection: close'],
  })
  two.write('3\r\nabc\r\n0\r\n\r\n')
  assert.equal(await answerOn(two), '400 BAD_REQUEST')
  const bad = begun({ port, token, target: '/v1/files/shared/c', lines: ['Content-Length: x'] })
  assert.equal(await answerOn(bad), '400 BAD_REQUEST')
  assert.deepEqual((await door.files.list(ANA, '/shared')).entries, [])
})

test('of two writers at once one content stands at the end, whole', async () => {
  await using door = await filesDoor()
  const { port } = await door.listen()
  const { token } = door
  const bodies = ['a', 'b'].map((letter) => Buffer.alloc(MIB, letter))
  const writers = bodies.map((body) => {
    const lines = [`Content-Length: ${body.length}`, 'Connection: close']
    return { body, connection: begun({ port, token, target: '/v1/files/shared/a', lines }) }
  })
  for (let at = 0; at < MIB; at += MIB / 4) {
    for (const { body, connection } of writers) connection.write(body.subarray(at, at + MIB / 4))
  }
  const answers = await Promise.all(writers.map(({ connection }) => answerOn(connection)))
  for (const answer of answers) assert.match(answer, /^20[14]$/)
  const content = await door.content('/shared/a')
  assert.ok(bodies.some((body) => body.equals(content)))
})

test('more uploads than a member takes at once are refused, and have room once others end', async () => {
  await using door = await filesDoor()
  const { port } = await door.listen()
  const { token } = door
  const lines = ['Content-Length: 10']
  const open = Array.from({ length: UPLOADS_AT_ONCE }, (_, at) =>
    begun({ port, token, target: `/v1/files/shared/${at}`, lines }),
  )
  const answer = (): Promise<string> => asked(door, port, '/v1/files/shared/last', 'PUT')
  while ((await answer()) !== '503 BUSY');
  for (const connection of open) connection.destroy()
  let status = ''
  while (!status.startsWith('20')) status = await answer()
})

test('a download whose client is gone is read no further', async () => {
  const door = await filesDoor()
  await using _ = door
  await door.has('/shared/a', Buffer.alloc(64 * MIB))
  const { port } = await door.listen()
  const { token } = door
  const ended = Promise.withResolvers<void>()
  const open = door.files.open.bind(door.files)
  let sent = 0
  door.files.open = async (...args) => {
    const file = await open(...args)
    async function* read(range: { from: number; to: number }): AsyncIterable<Uint8Array> {
      try {
        for await (const piece of file.read(range)) {
          sent += piece.length
          yield piece
        }
      } finally {
        ended.resolve()
      }
    }
    return { entry: file.entry, read }
  }
  const reader = begun({ port, token, target: '/v1/files/shared/a', method: 'GET' })
  await once(reader, 'data')
  reader.destroy()
  await ended.promise
  assert.ok(sent < 32 * MIB, `${sent} bytes were read`)
})

test('an upload goes on only while its session holds', async () => {
  let nowMs = 0
  const pushed = Promise.withResolvers<void>()
  await using door = await filesDoor({
    nowMs: () => nowMs,
    before: (call) => {
      if (call === 'push') pushed.resolve()
    },
  })
  const { port } = await door.listen()
  const { token } = door
  const lines = ['Content-Length: 6', 'Connection: close']
  const upload = begun({ port, token, target: '/v1/files/shared/a', lines })
  upload.write('abc')
  await pushed.promise
  door.accounts.people.delete('ana')
  nowMs = ASK_AGAIN_MS
  upload.write('def')
  assert.equal(await answerOn(upload), '401 LOGIN_FIRST')
  assert.deepEqual((await door.files.list(ANA, '/shared')).entries, [])
})

test('a copy, folders and a combined file are not gone on with for somebody who is gone', async () => {
  await using door = await filesDoor()
  const { port } = await door.listen()
  const { files, token } = door
  const lines = ['Content-Type: application/json', 'Connection: close']
  for (const [op, body] of [
    ['copy', '{"to":"/shared/b"}'],
    ['combine', '{"parts":["/shared/b"]}'],
    ['mkdir', '{"parents":true}'],
  ] as const) {
    const [taken, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const work = ({ signal }: CallOptions = {}): Promise<never> =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new AnilloError('RPC_CANCELLED', { method: op }))
          ended.resolve()
        })
        taken.resolve()
      })
    Object.assign(files, {
      copy: (_who: FileUser, _from: string, _to: string, options: CallOptions) => work(options),
      combine: (_who: FileUser, _to: string, _parts: string[], options: CallOptions) =>
        work(options),
      makeFolder: (_who: FileUser, _path: string, options: CallOptions) => work(options),
    })
    const target = `/v1/files/shared/a?op=${op}`
    const length = `Content-Length: ${body.length}`
    const asking = begun({ port, token, target, method: 'POST', lines: [...lines, length] })
    asking.write(body)
    await taken.promise
    asking.destroy()
    await ended.promise
  }
})
