import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { isAnilloError, type ErrorCode } from '../base/errors.ts'
import { issuedDoor } from '../platform/door-papers.test-helper.ts'
import { doorFetch } from './door-fetch.ts'
import { EXIT } from './failure.ts'
import { keptIo } from './io.test-helper.ts'
import { runProgram } from './program.ts'

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

const failsWith = (code: ErrorCode, text: RegExp) => (thrown: unknown) =>
  isAnilloError(thrown, code) && text.test(thrown.message)

test('a door whose authority nobody named is not trusted, and it is told how to name it', async (t) => {
  const { data, url } = await doorOf(t)
  const ask = doorFetch(keptIo(), data)
  for (let times = 0; times < 2; times++) {
    await assert.rejects(ask(url, {}), failsWith('DOOR_NOT_TRUSTED', /ANILLO_CA=FILE/))
  }
})

test('a command says that a member answers and is not trusted, not that none answers', async (t) => {
  const { data, url } = await doorOf(t)
  const io = keptIo({ env: { ANILLO_DATA: data } })
  assert.equal(await runProgram(['status', '--at', new URL(url).origin], io), EXIT.failed)
  assert.match(io.errText(), /A member answers at .*, but is not trusted: .*\[DOOR_NOT_TRUSTED\]/)
  assert.doesNotMatch(io.errText(), /npm start/)
})

test('a door of another authority than the one known is told as such', async (t) => {
  const [known, { data, url }] = [await doorOf(t), await doorOf(t)]
  await writeFile(join(data, 'ca.pem'), known.authorityPem)
  const other = failsWith('AUTHORITY_OTHER', /another authority .*npx anillo status/)
  await assert.rejects(doorFetch(keptIo(), data)(url, {}), other)
})

test('a certificate for other names tells them', async (t) => {
  const { authorityPem, data, url } = await doorOf(t)
  await writeFile(join(data, 'ca.pem'), authorityPem)
  const byAddress = url.replace('localhost', '127.0.0.1')
  await assert.rejects(
    doorFetch(keptIo(), data)(byAddress, {}),
    failsWith('DOOR_NOT_TRUSTED', /its certificate is for localhost, not for 127\.0\.0\.1/),
  )
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

test('ANILLO_CA that names a file which is not there is told by its name', async (t) => {
  const { data, url } = await doorOf(t)
  const absent = join(data, 'absent.pem')
  const io = keptIo({ env: { ANILLO_CA: absent } })
  const problem = `ANILLO_CA: There is no file ${absent}.`
  await assert.rejects(
    async () => doorFetch(io, '/nowhere')(url, {}),
    (thrown) => isAnilloError(thrown, 'USAGE') && thrown.message === problem,
  )
})

test('an authority with another fingerprint is not taken', async (t) => {
  const { url } = await doorOf(t)
  const io = keptIo({ env: { ANILLO_CA: 'ab'.repeat(32) } })
  const other = failsWith('AUTHORITY_OTHER', /than the one known here \((?:ab){32}\)/)
  await assert.rejects(doorFetch(io, '/nowhere')(url, {}), other)
})
