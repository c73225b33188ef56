import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { linksDoor } from '../../gateways/rest/links/links-door.test-helper.ts'
import { HOME } from '../../services/files/links/links.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

const FILE = `${HOME}/notes.txt`

async function links() {
  const door = await linksDoor()
  await door.world.write(FILE, 'some words')
  await door.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = door.server.server.address() as AddressInfo
  const url = `http://localhost:${String(port)}`
  return {
    ...door,
    async run(words: readonly string[], secrets: readonly string[] = []) {
      const io = keptIo({ env: { ANILLO_TOKEN: door.token }, secrets })
      const code = await runProgram([...words, '--at', url], io)
      return { code, out: io.outText(), err: io.errText() }
    },
    async [Symbol.asyncDispose]() {
      door.server.server.closeAllConnections()
      await door[Symbol.asyncDispose]()
    },
  }
}

test('link prints what opens the file, links lists it, and unlink revokes it', async () => {
  await using door = await links()
  const made = await door.run(['link', FILE])
  assert.equal(made.code, EXIT.done, made.err)
  assert.match(made.out, /^http:\/\/localhost:\d+\/s\/[A-Za-z0-9]{27}\n$/)
  assert.match(made.err, /works until it is revoked; “npx anillo unlink [0-9a-f]{32}” revokes it/)
  const got = await fetch(made.out.trim())
  assert.equal(await got.text(), 'some words')
  const listed = await door.run(['links'])
  assert.ok(listed.out.includes(made.out.trim()) && listed.out.includes(FILE), listed.out)
  const revoked = await door.run(['unlink', made.out.trim()])
  assert.deepEqual([revoked.code, revoked.out], [EXIT.done, ''])
  assert.equal((await fetch(made.out.trim())).status, 404)
  assert.match((await door.run(['links'])).err, /there are no such links/)
  assert.equal((await door.run(['unlink', made.out.trim()])).code, EXIT.failed)
})

test('link takes an end, a password that is asked for, and a number of downloads', async () => {
  await using door = await links()
  const words = ['link', FILE, '--expires', '7d', '--downloads', '2', '--password', '--json']
  const made = await door.run(words, ['open sesame'])
  assert.equal(made.code, EXIT.done, made.err)
  const link = JSON.parse(made.out)
  assert.deepEqual([link.hasPassword, link.downloadsMax, link.state], [true, 2, 'open'])
  assert.ok(Date.parse(link.expiresAt) > Date.now() + 6 * 86_400_000)
  assert.equal((await fetch(link.url)).status, 401)
  const authorization = `Basic ${Buffer.from(':open sesame').toString('base64')}`
  assert.equal((await fetch(link.url, { headers: { authorization } })).status, 200)
  const listed = await door.run(['links', FILE])
  assert.match(listed.out, /works +\d{4}-.* +yes +1 of 2 /)
  for (const wrong of [
    ['--expires', 'soon'],
    ['--downloads', '0'],
    ['--downloads', 'x'],
  ]) {
    assert.equal((await door.run(['link', FILE, ...wrong])).code, EXIT.usedWrongly, wrong.join(' '))
  }
  assert.equal((await door.run(['link', FILE, '--password'], ['short'])).code, EXIT.usedWrongly)
})

test('unlink takes a path for all that lead there, an id, and goes on after one that fails', async () => {
  await using door = await links()
  await door.world.write(`${HOME}/other`, 'x')
  const made = []
  for (const path of [FILE, FILE, `${HOME}/other`]) {
    made.push(JSON.parse((await door.run(['link', path, '--json'])).out))
  }
  const ran = await door.run(['unlink', `${HOME}/absent`, FILE, made[2].id])
  assert.equal(ran.code, EXIT.failed)
  for (const { id } of made) assert.ok(ran.err.includes(`the link ${id} is revoked`), ran.err)
  assert.equal((await door.run(['links', '--json'])).out, '')
  assert.equal((await door.run(['links', '--everybody'])).code, EXIT.failed)
})
