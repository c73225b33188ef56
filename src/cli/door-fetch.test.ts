import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { issuedDoor } from '../platform/door-papers.test-helper.ts'
import { doorFetch } from './door-fetch.ts'
import { keptIo } from './io.test-helper.ts'

/** A door with an authority of its own, which no earlier trial has come to trust. */
async function doorOf(t: TestContext) {
  const { authorityPem, certificatePem: cert, privateKeyPem: key } = await issuedDoor('localhost')
  const server = createServer({ cert, key }, (_request, answer) => answer.end('here'))
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const data = await mkdtemp(join(tmpdir(), 'anillo-trust-'))
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await rm(data, { recursive: true })
  })
  const { port } = server.address() as AddressInfo
  const { fingerprint256 } = new X509Certificate(authorityPem)
  return { url: `https://localhost:${port}/`, authorityPem, fingerprint256, data }
}

async function told(fetched: Promise<Response>): Promise<string> {
  return (await fetched).text()
}

test('a door whose authority nobody named is not trusted, and a person is told once', async (t) => {
  const { data, url } = await doorOf(t)
  const io = keptIo()
  const ask = doorFetch(io, data)
  await assert.rejects(ask(url, {}))
  await assert.rejects(ask(url, {}))
  assert.equal(io.errText().match(/is not trusted/g)?.length, 1, io.errText())
  assert.match(io.errText(), /ANILLO_CA=FILE/)
})

test('the authority in DATA is trusted', async (t) => {
  const { authorityPem, data, url } = await doorOf(t)
  await writeFile(join(data, 'ca.pem'), authorityPem)
  assert.equal(await told(doorFetch(keptIo(), data)(url, {})), 'here')
})

test('ANILLO_CA names a file, or a fingerprint in any way of writing', async (t) => {
  const door = await doorOf(t)
  const path = join(door.data, 'given.pem')
  await writeFile(path, door.authorityPem)
  const byFile = doorFetch(keptIo({ env: { ANILLO_CA: path } }), '/nowhere')
  assert.equal(await told(byFile(door.url, {})), 'here')
  for (const write of [
    (text: string) => text,
    (text: string) => text.replaceAll(':', '').toLowerCase(),
  ]) {
    const { fingerprint256, url } = await doorOf(t)
    const io = keptIo({ env: { ANILLO_CA: write(fingerprint256) } })
    assert.equal(await told(doorFetch(io, '/nowhere')(url, {})), 'here')
  }
})

test('an authority with another fingerprint is not taken', async (t) => {
  const { url } = await doorOf(t)
  const io = keptIo({ env: { ANILLO_CA: 'ab'.repeat(32) } })
  await assert.rejects(doorFetch(io, '/nowhere')(url, {}))
  assert.match(io.errText(), /not the one with this fingerprint/)
})
