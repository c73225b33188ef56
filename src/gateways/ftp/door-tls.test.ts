/** Encryption as clients demand it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'

import { testDoor } from './door.test-helper.ts'
import type { ScriptedClient } from './scripted-client.test-helper.ts'

async function secureSession(client: () => Promise<ScriptedClient>): Promise<ScriptedClient> {
  const ftp = await client()
  await ftp.answer()
  await ftp.secure()
  await ftp.ask('USER ana')
  await ftp.ask('PASS right')
  await ftp.ask('TYPE I')
  return ftp
}

test('150 comes before the handshake, which may wait for it', async (t) => {
  const { client, content } = await testDoor(t)
  const ftp = await secureSession(client)
  const raw = await ftp.data()
  assert.equal(await ftp.code('STOR /shared/a'), 150)
  const data = ftp.encrypted(raw)
  data.end('hello')
  assert.equal((await ftp.answer()).code, 226)
  assert.equal(await content('/shared/a'), 'hello')
})

test('a STOR that is closed before any handshake is an empty file', async (t) => {
  const { client, content } = await testDoor(t)
  const ftp = await secureSession(client)
  const raw = await ftp.data()
  assert.equal(await ftp.code('STOR /shared/a'), 150)
  raw.end()
  assert.equal((await ftp.answer()).code, 226)
  assert.equal(await content('/shared/a'), '')
})

test('an end without close_notify keeps every byte; a reset is no end', async (t) => {
  const { client, content, files, logged } = await testDoor(t)
  const ftp = await secureSession(client)
  for (const how of ['end', 'reset']) {
    const raw = await ftp.data()
    assert.equal(await ftp.code(`STOR /shared/${how}`), 150)
    const data = ftp.encrypted(raw)
    await once(data, 'secureConnect')
    await new Promise<void>((resolve) => void data.write('hello', () => resolve()))
    while ((await ftp.ask('STAT')).text !== 'Received 5 bytes so far.');
    if (how === 'end') raw.end()
    else raw.resetAndDestroy()
    assert.equal((await ftp.answer()).code, how === 'end' ? 226 : 426)
  }
  assert.ok(logged.includes('an upload ended without its close_notify'))
  assert.equal(await content('/shared/end'), 'hello')
  assert.equal(files.tree.partials.size, 1)
})

test('an end in the middle of a TLS record is none; with close_notify it is', async (t) => {
  const { client, content, files, logged } = await testDoor(t)
  const ftp = await secureSession(client)
  const whole = Buffer.alloc(100_000, 'anillo')
  assert.equal((await ftp.upload('STOR /shared/whole', whole)).end.code, 226)
  assert.equal(await content('/shared/whole'), whole.toString())
  assert.ok(!logged.includes('an upload ended without its close_notify'))

  const raw = await ftp.data()
  assert.equal(await ftp.code('STOR /shared/cut'), 150)
  const data = ftp.encrypted(raw)
  await once(data, 'secureConnect')
  await new Promise<void>((resolve) => void data.write(whole, () => resolve()))
  while ((await ftp.ask('STAT')).text !== `Received ${whole.length} bytes so far.`);
  // The head of a record of 16 KiB, of which little comes.
  raw.end(Uint8Array.of(23, 3, 3, 0x40, 0, 1, 2, 3))
  const { code, text } = await ftp.answer()
  assert.equal(code, 426)
  assert.match(text, /in the middle of a TLS record/)
  assert.equal((await ftp.ask('SIZE /shared/cut')).text, `${whole.length}`)
  assert.equal(files.tree.partials.size, 1)
})

test('where reuse is demanded, data goes on with the session of its commands alone', async (t) => {
  const { client, put } = await testDoor(t, { demandsReuse: true })
  await put('/shared/a', 'hello')
  const ftp = await secureSession(client)
  assert.equal((await ftp.download('RETR /shared/a')).data.toString(), 'hello')
  ftp.reusesSession = false
  assert.equal((await ftp.download('RETR /shared/a')).end.code, 522)
})

test('what is no handshake on the data port ends the transfer with 425', async (t) => {
  const { client } = await testDoor(t)
  const ftp = await secureSession(client)
  const raw = await ftp.data()
  assert.equal(await ftp.code('STOR /shared/a'), 150)
  raw.end('plain text')
  assert.equal((await ftp.answer()).code, 425)
  assert.equal(await ftp.code('SIZE /shared/a'), 550)
})

test('commands that were sent before the handshake are not carried out', async (t) => {
  const { client, files } = await testDoor(t)
  const ftp = await (await client()).logIn()
  ftp.write('AUTH TLS\r\nMKD /shared/injected\r\n')
  assert.equal((await ftp.answer()).code, 234)
  await ftp.shakeHands()
  assert.equal(await ftp.code('NOOP'), 200)
  assert.equal(await ftp.code('PWD'), 530)
  const shared = files.tree.root.entries.get('shared')
  assert.equal(shared?.kind === 'folder' && shared.entries.size, 0)
})

test('PROT C has data plain again, and CCC is refused', async (t) => {
  const { client, put } = await testDoor(t)
  await put('/shared/a', 'hello')
  const ftp = await client()
  await ftp.answer()
  await ftp.ask('AUTH TLS')
  await ftp.shakeHands()
  await ftp.ask('USER ana')
  await ftp.ask('PASS right')
  assert.equal((await ftp.download('RETR /shared/a')).data.toString(), 'hello')
  assert.equal(await ftp.code('CCC'), 534)
})

test('an implicit door begins with the handshake', async (t) => {
  const { client } = await testDoor(t, { isImplicit: true })
  const ftp = await client()
  await ftp.shakeHands()
  assert.equal((await ftp.answer()).code, 220)
  assert.equal(await ftp.code('USER ana'), 331)
})

test('without a certificate there is no AUTH, and FEAT does not tell of it', async (t) => {
  const { session } = await testDoor(t, { papers: async () => undefined })
  const ftp = await session()
  assert.equal(await ftp.code('AUTH TLS'), 431)
  assert.doesNotMatch((await ftp.ask('FEAT')).text, /AUTH/)
})
