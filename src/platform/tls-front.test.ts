import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { connect } from 'node:tls'

import { ClientListener } from './client-listener.ts'
import { readCertificate } from './crypto.ts'
import { issuedDoor } from './door-papers.test-helper.ts'
import { proveMember } from './proven-peer.ts'
import { CLIENT_HANDSHAKES_PER_REMOTE_MAX, type DoorPapers, type TlsFront } from './tls-front.ts'

const HOST = '127.0.0.1'
const TIMES = { keepAliveMs: 5_000, requestMs: 6_000, stallMs: 5_000 }

const listener = new ClientListener({ log: { warn: () => undefined } })
let authorityPem = ''
let first: DoorPapers
let second: DoorPapers
let server: Server
let front: TlsFront
let port = 0

before(async () => {
  second = await issuedDoor('other.test')
  const issued = await issuedDoor('anillo.test', HOST)
  first = issued
  authorityPem = issued.authorityPem
  server = listener.makeServer((asked, answer) => {
    answer.end(`encrypted: ${'encrypted' in asked.socket}`)
  }, TIMES)
  front = listener.tlsFront(server)
  front.show(first)
  const bound = await front.listen({ host: HOST, port: 0 })
  port = bound.port
})

after(() => {
  front.close()
  server.closeAllConnections()
})

function ask(options: { readonly ca?: string; readonly servername?: string } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  request({ host: HOST, port, agent: false, ...options }, (answer) => {
    text(answer).then(resolve, reject)
  })
    .on('error', reject)
    .end()
  return promise
}

test('a client that trusts the authority gets in under each told name, and no other', async () => {
  const ca = authorityPem
  assert.equal(await ask({ ca }), 'encrypted: true')
  assert.equal(await ask({ ca, servername: 'anillo.test' }), 'encrypted: true')
  await assert.rejects(ask({ ca, servername: 'else.test' }), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
  await assert.rejects(ask(), { code: 'SELF_SIGNED_CERT_IN_CHAIN' })
})

test('plain HTTP gets no answer, and old TLS none either', async () => {
  const plain = connectPlain(port, HOST)
  plain.on('error', () => undefined)
  plain.end('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  assert.doesNotMatch(await text(plain).catch(() => ''), /HTTP/)
  const old = connect({ host: HOST, port, ca: authorityPem, maxVersion: 'TLSv1.2' })
  const [error] = await once(old, 'error')
  assert.match(String(error), /protocol version/)
})

test('the certificate of a door proves no member', () => {
  const proof = proveMember(readCertificate(first.certificatePem), readCertificate(authorityPem))
  assert.equal(proof.kind, 'refused')
})

test('show() counts from the next connection on, and leaves all as it was where it fails', async () => {
  assert.throws(() => front.show({ ...first, privateKeyPem: second.privateKeyPem }))
  assert.throws(() => front.show({ ...first, certificatePem: 'nothing' }))
  assert.equal(await ask({ ca: authorityPem }), 'encrypted: true')
  const shown = async (): Promise<string | undefined> => {
    const socket = connect({ host: HOST, port, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { subjectaltname } = socket.getPeerCertificate()
    socket.destroy()
    return subjectaltname
  }
  front.show(second)
  assert.equal(await shown(), 'DNS:other.test')
  front.show(first)
  assert.equal(await shown(), `DNS:anillo.test, IP Address:${HOST}`)
})

test('who begins handshakes and never ends them keeps nobody else out', async () => {
  const idle = Array.from({ length: CLIENT_HANDSHAKES_PER_REMOTE_MAX }, () =>
    connectPlain(port, HOST).on('error', () => undefined),
  )
  await Promise.all(idle.map((socket) => once(socket, 'connect')))
  await assert.rejects(ask({ ca: authorityPem }), { code: 'ECONNRESET' })
  const socket = connectPlain({ host: HOST, port, localAddress: '127.0.0.2' })
  const elsewhere = connect({ host: HOST, socket, ca: authorityPem })
  await once(elsewhere, 'secureConnect')
  elsewhere.destroy()
  for (const socket of idle) socket.destroy()
  await Promise.all(idle.map((socket) => once(socket, 'close')))
  let told: string | undefined
  while (told === undefined) told = await ask({ ca: authorityPem }).catch(() => undefined)
  assert.equal(told, 'encrypted: true')
})

test('a connection counts with all others once its handshake is done', async () => {
  const socket = connect({ host: HOST, port, ca: authorityPem })
  await once(socket, 'secureConnect')
  while (listener.connections === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(listener.connections, 1)
  socket.destroy()
  while (listener.connections > 0) await new Promise((resolve) => setImmediate(resolve))
})
