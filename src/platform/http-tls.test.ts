/** Sites with certificates, good and bad, on loopback. */
import 'reflect-metadata'
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { test } from 'node:test'

import * as x509 from '@peculiar/x509'

import { isAnilloError } from '../base/errors.ts'
import type { IncomingResponse } from '../effects/http.ts'
import { createPlatformHttp } from './http.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const HOUR_MS = 3_600_000

test('request() over TLS verifies the chain and the name, and shows the name to the site', async () => {
  x509.cryptoProvider.set(webcrypto)
  const authority = await makeAuthority()
  const site = await startTlsSite(authority)
  const trusting = createPlatformHttp({ authorities: [authority.certificate.toString('pem')] })
  const good = await ask(trusting, `https://bay.example:${site.port}/`)
  assert.equal(good.status, 200)
  assert.deepEqual(site.names, ['bay.example'])
  assert.equal((await ask(trusting, `https://127.0.0.1:${site.port}/`)).status, 200)
  await assert.rejects(
    ask(trusting, `https://other.example:${site.port}/`),
    (thrown) => isAnilloError(thrown, 'FETCH_TLS') && thrown.details['host'] === 'other.example',
  )
  await assert.rejects(ask(createPlatformHttp(), `https://bay.example:${site.port}/`), (thrown) =>
    isAnilloError(thrown, 'FETCH_TLS'),
  )
  assert.equal(site.requests(), 2)
  await site.close()
})

interface Authority {
  readonly keys: CryptoKeyPair
  readonly certificate: x509.X509Certificate
}

type CryptoKeyPair = webcrypto.CryptoKeyPair

async function makeAuthority(): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test authority',
    ...dates(),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  })
  return { keys, certificate }
}

async function startTlsSite(authority: Authority) {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=bay.example',
    issuer: authority.certificate.subject,
    ...dates(),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'bay.example' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  })
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  )
  const names: string[] = []
  let requests = 0
  const server = createServer({ key, cert: certificate.toString('pem') }, (_request, response) => {
    requests++
    response.end('x')
  })
  server.on('secureConnection', ({ servername }) => {
    if (typeof servername === 'string') names.push(servername)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    names,
    requests: () => requests,
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

function dates() {
  return { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + HOUR_MS) }
}

function ask(
  client: ReturnType<typeof createPlatformHttp>,
  url: string,
): Promise<IncomingResponse> {
  return client.request({
    url: new URL(url),
    address: { address: '127.0.0.1', family: 4 },
    method: 'GET',
    headers: [
      ['Host', new URL(url).host],
      ['Connection', 'close'],
    ],
    connectTimeoutMs: 5_000,
    headersTimeoutMs: 5_000,
    headerBytesMax: 65_536,
    headersCountMax: 200,
    signal: new AbortController().signal,
  })
}
