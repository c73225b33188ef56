import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'

import { DAY_MS } from '../../base/limits.ts'
import { issuedDoor } from '../../platform/door-papers.test-helper.ts'
import { Findings, type Finding } from './finding.ts'
import { examineGivenPapers, examineTlsDoor } from './tls-doors.ts'

/** A door for `localhost`, whose certificate ends tomorrow. */
async function doorOf(t: TestContext) {
  const papers = await issuedDoor('localhost')
  const server = createTlsServer({ cert: papers.certificatePem, key: papers.privateKeyPem })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { ...papers, port: (server.address() as AddressInfo).port }
}

interface Looked {
  readonly url: string
  readonly authoritiesPem?: string
  readonly nowMs?: number
}

async function look({ authoritiesPem = '', nowMs = Date.now(), url }: Looked) {
  const all: Finding[] = []
  const door = { url, addresses: ['127.0.0.1'], authoritiesPem, nowMs }
  await examineTlsDoor(new Findings('n1', all), door)
  return all
}

const levels = (all: readonly Finding[]) => all.map(({ check, level }) => `${check} ${level}`)

test('examineTlsDoor() tells the authority of the ring, and a certificate that ends soon', async (t) => {
  const { authorityPem, port } = await doorOf(t)
  const all = await look({ url: `https://localhost:${port}`, authoritiesPem: authorityPem })
  assert.deepEqual(levels(all), ['door.dates notice', 'door.authority ok'])
  const { fingerprint256 } = new X509Certificate(authorityPem)
  assert.equal(all[1]?.text.split('ANILLO_CA=')[1], fingerprint256)
})

test('examineTlsDoor() tells an authority that nobody knows, and another ring’s', async (t) => {
  const { port } = await doorOf(t)
  const url = `https://localhost:${port}`
  const another = (await issuedDoor('localhost')).authorityPem
  for (const authoritiesPem of ['', another]) {
    assert.deepEqual(levels(await look({ url, authoritiesPem })).slice(1), [
      'door.authority notice',
    ])
  }
})

test('examineTlsDoor() tells names that are missing', async (t) => {
  const { authorityPem, port } = await doorOf(t)
  const all = await look({ url: `https://127.0.0.1:${port}`, authoritiesPem: authorityPem })
  assert.deepEqual(levels(all).slice(1), ['door.names wrong', 'door.authority ok'])
  assert.match(all[1]?.text ?? '', /not for 127\.0\.0\.1/)
  assert.match(all[1]?.advice ?? '', /DNS:localhost/)
})

test('examineTlsDoor() tells a certificate that has ended, or is not valid yet', async (t) => {
  const { authorityPem, port } = await doorOf(t)
  const door = { url: `https://localhost:${port}`, authoritiesPem: authorityPem }
  for (const offMs of [-2 * DAY_MS, 2 * DAY_MS]) {
    assert.deepEqual(levels(await look({ ...door, nowMs: Date.now() + offMs })), [
      'door.dates wrong',
    ])
  }
})

test('examineTlsDoor() tells a door where nobody answers, or something else', async (t) => {
  const other = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end('SSH-2.0\r\n', () => socket.destroy())
  })
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  t.after(() => other.close())
  assert.deepEqual(levels(await look({ url: `https://127.0.0.1:${port}` })), ['door wrong'])
  other.close()
  await once(other, 'close')
  assert.deepEqual(levels(await look({ url: `https://127.0.0.1:${port}` })), ['door wrong'])
})

test('examineGivenPapers() tells files that are no pair, are missing, or for other names', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'anillo-given-'))
  t.after(() => rm(directory, { recursive: true }))
  const [httpCertificate, httpKey] = [join(directory, 'c.pem'), join(directory, 'k.pem')]
  const given = async (httpNames = '') => {
    const all: Finding[] = []
    const settings = { httpCertificate, httpKey, httpNames }
    await examineGivenPapers(new Findings('data', all), settings, Date.now())
    return levels(all)
  }
  assert.deepEqual(await given(), ['door.key wrong'])
  const { certificatePem, privateKeyPem } = await issuedDoor('a.test')
  await writeFile(httpCertificate, certificatePem)
  await writeFile(httpKey, privateKeyPem)
  assert.deepEqual(await given('a.test'), ['door.dates notice'])
  assert.deepEqual(await given('b.test,a.test'), ['door.dates notice', 'door.names wrong'])
  await writeFile(httpKey, (await issuedDoor('a.test')).privateKeyPem)
  assert.deepEqual(await given('a.test'), ['door.dates notice', 'door.key wrong'])
  const none = { httpCertificate: '', httpKey: '', httpNames: '' }
  const all: Finding[] = []
  await examineGivenPapers(new Findings('data', all), none, Date.now())
  assert.deepEqual(all, [])
})
