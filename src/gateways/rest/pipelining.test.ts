import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

import { PIPELINED_MAX } from './limits.ts'
import { recordsDoor } from './records-door.test-helper.ts'

const QUESTION = 'GET /v1/kv/t/p/k HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** The status of each answer, all asked for at once. */
async function statusesOf(url: string, questions: number): Promise<readonly string[]> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(QUESTION.repeat(questions - 1))
  socket.end(QUESTION.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
  let text = ''
  for await (const piece of socket) text += String(piece)
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status ?? '')
}

test('a door answers what a connection asks ahead, and refuses what is too much of it', async () => {
  await using door = await recordsDoor()
  await fetch(`${door.url}/v1/kv/t/p/k`, { method: 'PUT', body: 'x' })
  const few = await statusesOf(door.url, PIPELINED_MAX)
  assert.deepEqual(
    few,
    Array.from({ length: PIPELINED_MAX }, () => '200'),
  )
  const many = await statusesOf(door.url, 400)
  assert.equal(many.length, 400)
  assert.ok(many.filter((status) => status === '503').length > 300)
  assert.equal(many.filter((status) => status === '200')[PIPELINED_MAX - 1], '200')
})

test('a connection may ask ahead again when it has its answers', async () => {
  await using door = await recordsDoor()
  await fetch(`${door.url}/v1/kv/t/p/k`, { method: 'PUT', body: 'x' })
  const socket = connect(Number(new URL(door.url).port), '127.0.0.1')
  const answers = socket[Symbol.asyncIterator]()
  for (let round = 0; round < 3; round++) {
    socket.write(QUESTION.repeat(PIPELINED_MAX))
    let text = ''
    while (text.split('HTTP/1.1 200').length <= PIPELINED_MAX) {
      const { done, value } = await answers.next()
      assert.equal(done, false)
      text += String(value)
      assert.doesNotMatch(text, /HTTP\/1\.1 503/)
    }
  }
  socket.destroy()
})

test('who asks ahead what is no HTTP is not told that what came before was not carried out', async () => {
  await using door = await recordsDoor()
  for (const query of ['', '?']) {
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1')
    const put = `PUT /v1/kv/t/p/k${query} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx`
    socket.write(`${put}this is no HTTP\r\n\r\n`)
    assert.doesNotMatch(await text(socket), /^HTTP\/1\.1 400/)
  }
  assert.equal((await fetch(`${door.url}/v1/kv/t/p/k`)).status, 200)
})
