/** An authority of the moment, and one certificate of it for all members on this host. */
import 'reflect-metadata'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

import { DAY_MS } from '../../src/base/limits.ts'
import { HOST } from './cluster.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Writes `ca.pem`, `node.pem` and `node-key.pem`. */
export async function writeCertificates(directory: string): Promise<void> {
  const authorityKeys = await makeKeys()
  const validity = {
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
  }
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=bench authority',
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    ...validity,
    extensions: [new BasicConstraintsExtension(true)],
  })
  const keys = await makeKeys()
  const node = await X509CertificateGenerator.create({
    subject: 'CN=node',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    ...validity,
    extensions: [
      new SubjectAlternativeNameExtension([{ type: 'ip', value: HOST }]),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    ],
  })
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  await writeFile(join(directory, 'ca.pem'), authority.toString('pem'))
  await writeFile(join(directory, 'node.pem'), node.toString('pem'))
  await writeFile(join(directory, 'node-key.pem'), PemConverter.encode(key, 'PRIVATE KEY'))
}

function makeKeys() {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}
