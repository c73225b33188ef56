/** What strangers do to the open door: refused, bounded, and served again after. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'

import { MIB } from '../../base/limits.ts'
import { plainServer } from '../../services/share/share-world.test-helper.ts'
import { DAWDLE_MS, PIPELINED_MAX, SOUGHT_AT_ONCE, SOUGHT_PER_ADDRESS_MAX } from './limits.ts'
import { atDoor, type Door } from './share-door.test-helper.ts'
import { Sought } from './sought.ts'

async function connected({ port }: Door): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  return socket
}

/** All that comes until the door closes. */
async function textOf(socket: Socket): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of socket) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('latin1')
}

test('of many requests at once on one connection a few are worked on', () =>
  atDoor(async (door) => {
    const socket = await connected(door)
    const asking = `GET /share/${door.root}/tree HTTP/1.1\r\nHost: x\r\n\r\n`
    const last = asking.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
    socket.write(asking.repeat(500) + last)
    const text = await textOf(socket)
    const served = text.split('HTTP/1.1 200').length - 1
    assert.equal(text.split('HTTP/1.1 ').length - 1, 501)
    assert(served <= PIPELINED_MAX + 1, `${served} of 501 were served`)
    assert.equal((await door.ask(`/share/${door.root}/tree`)).status, 200)
  }))

test('hashes, pieces and torrents take the places that bytes do', () =>
  atDoor(
    async (door) => {
      const reader = await connected(door)
      reader.write(`GET /share/${door.root} HTTP/1.1\r\nHost: x\r\n\r\n`)
      await once(reader, 'data')
      for (const what of ['tree', 'have', 'torrent']) {
        assert.equal((await door.ask(`/share/${door.root}/${what}`)).status, 503, what)
      }
      reader.destroy()
      while ((await door.ask(`/share/${door.root}/tree`)).status !== 200);
    },
    { transfersMax: 1, bytesPerSecond: MIB },
  ))

test('who leaves before the answer is ready gives the place back', () =>
  atDoor(
    async (door) => {
      const { server, shares } = door
      const servedOf = shares.servedOf.bind(shares)
      const [asked, ready] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      shares.servedOf = async (...of) => {
        asked.resolve()
        await ready.promise
        return servedOf(...of)
      }
      const [[seen], leaver] = await Promise.all([once(server, 'connection'), connected(door)])
      leaver.write(`GET /share/${door.root}/tree HTTP/1.1\r\nHost: x\r\n\r\n`)
      await asked.promise
      leaver.destroy()
      await once(seen as Socket, 'close')
      ready.resolve()
      const beganMs = performance.now()
      while ((await door.ask(`/share/${door.root}/tree`)).status !== 200);
      assert(performance.now() - beganMs < DAWDLE_MS / 2, 'the place was taken away, not given')
    },
    { transfersMax: 1 },
  ))

test('a head without end, and one that is none, close the connection', () =>
  atDoor(async (door) => {
    const endless = await connected(door)
    endless.on('error', () => undefined)
    endless.write('GET /share/n/a HTTP/1.1\r\n')
    for (let line = 0; line < 2_000; line++) endless.write(`x-${line}: ${'a'.repeat(100)}\r\n`)
    assert.match(await textOf(endless).catch(() => '431'), /^$|431/)
    for (const bytes of ['\0\x01\x02\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n']) {
      const socket = await connected(door)
      socket.on('error', () => undefined)
      socket.write(bytes, 'latin1')
      assert.doesNotMatch(await textOf(socket).catch(() => ''), / 200 /)
    }
    assert.equal((await door.ask(`/share/${door.root}`, {}, 'HEAD')).status, 200)
  }))

test('a thousand ranges are one answer, and overlapping ones no more than all of it', () =>
  atDoor(async ({ ask, root }) => {
    const whole = Number((await ask(`/share/${root}`, {}, 'HEAD')).headers['content-length'])
    for (const range of [
      `bytes=${Array.from({ length: 1_000 }, (_, at) => `${at}-${at}`).join(',')}`,
      'bytes=0-,0-,0-,0-',
      'bytes=5-1',
      'bytes=-0,-0',
      `bytes=${'9'.repeat(40)}-`,
    ]) {
      const { body, status } = await ask(`/share/${root}`, { range })
      assert(status === 200 || status === 206 || status === 416, `${range.slice(0, 20)} ${status}`)
      assert(status === 416 || body.length === whole)
    }
  }))

test('an address that could break a header leads nowhere, or as what it means', () =>
  atDoor(async ({ ask, outside, web }) => {
    web.servers.set('http://there', plainServer(new Uint8Array(9)))
    const odd = [
      'http://there/a\r\nSet-Cookie: x=1',
      'http://there/\u202efdp.exe\u2603',
      'http://there/\u001b[31m',
    ]
    for (const [at, text] of odd.entries()) {
      outside.texts.set(`odd ${at}`, text)
      const { headers, status } = await ask(`/share/n/odd%20${at}`)
      assert.equal(status, 302, text)
      assert.match(String(headers.location), /^http:\/\/there\/[\x21-\x7e]+$/)
      assert.equal(headers['set-cookie'], undefined)
    }
  }))

test('one stranger looks for few names at once, all of them for some', async () => {
  const clock = { nowMs: () => 0 }
  const held = Promise.withResolvers<undefined>()
  let asked = 0
  const sought = new Sought(clock, async () => {
    asked++
    return held.promise
  })
  const find = (name: string, address: string) => sought.find(name, address)
  const waiting: Promise<unknown>[] = []
  for (let at = 0; at < SOUGHT_PER_ADDRESS_MAX; at++) waiting.push(find(`a${at}`, '203.0.113.1'))
  await assert.rejects(find('more', '203.0.113.1'), /look-ups/)
  // What is looked for already costs nothing more.
  waiting.push(find('a0', '203.0.113.1'))
  for (let at = asked; at < SOUGHT_AT_ONCE; at++) waiting.push(find(`b${at}`, `203.0.113.${at}`))
  await assert.rejects(find('last', '203.0.113.99'), /look-ups/)
  assert.equal(asked, SOUGHT_AT_ONCE)
  held.resolve(undefined)
  await Promise.all(waiting)
  assert.equal(await find('last', '203.0.113.1'), undefined)
})
