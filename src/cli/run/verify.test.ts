import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test, type TestContext } from 'node:test'

import { sha256Hex } from '../../base/hash.ts'
import type { KeyAndCertificate } from '../../effects/crypto.ts'
import type { Signer } from '../../services/scrape/testimony/statements.ts'
import {
  crypto,
  makeAuthority,
  said,
  signerOf,
  textOf,
} from '../../services/scrape/testimony/testimony.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runVerify, type VerifyFlags } from './verify.ts'

const CONTENT = 'what was seen'
const SEEN = { hash: sha256Hex(CONTENT), bytes: CONTENT.length }

let authority: KeyAndCertificate
let signers: readonly Signer[]

before(async () => {
  authority = await makeAuthority()
  signers = await Promise.all(['1', '2', '3'].map((digit) => signerOf(authority, digit)))
})

async function verified(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  flags: VerifyFlags = {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'anillo-verify-'))
  t.after(() => rm(directory, { recursive: true }))
  const at = (name: string): string => join(directory, name)
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text)
  const io = keptIo()
  const given = {
    ...flags,
    ...(flags.content === undefined ? {} : { content: at(flags.content) }),
    ...(flags.authority?.endsWith('.pem') === true ? { authority: at(flags.authority) } : {}),
  }
  const exit = await runVerify(io, at('testimony.json'), given)
  return { exit, out: io.outText() }
}

const all = (): string => textOf(signers.map((signer) => said(signer, SEEN)))

test('runVerify() believes a testimony, its content and its authority', async (t) => {
  const files = { 'testimony.json': all(), page: CONTENT, 'ca.pem': authority.certificatePem }
  const { exit, out } = await verified(t, files, { content: 'page', authority: 'ca.pem' })
  assert.equal(exit, EXIT.done)
  assert.match(out, /^verified: 3 of 3 members saw the same\n/)
  assert.match(out, /it is what 3 of 3 saw/)
  assert.match(out, new RegExp(crypto.fingerprint(authority.certificatePem)))
  assert.doesNotMatch(out, /Is that your ring/)
})

test('runVerify() asks whose authority it is where nobody said', async (t) => {
  const { exit, out } = await verified(t, { 'testimony.json': all() })
  assert.equal(exit, EXIT.done)
  assert.match(out, /Is that your ring\?/)
})

test('runVerify() takes a fingerprint in any way of writing', async (t) => {
  const fingerprint = crypto.fingerprint(authority.certificatePem)
  const colons = fingerprint.toUpperCase().replaceAll(/..(?!$)/g, '$&:')
  for (const given of [fingerprint, colons]) {
    assert.equal((await verified(t, { 'testimony.json': all() }, { authority: given })).exit, 0)
  }
  const other = await verified(t, { 'testimony.json': all() }, { authority: 'ab'.repeat(32) })
  assert.equal(other.exit, EXIT.failed)
  assert.match(other.out, /^NOT verified\n {2}it is of another authority\n/)
})

test('runVerify() tells that the content is another', async (t) => {
  const files = { 'testimony.json': all(), page: `${CONTENT}!` }
  const { exit, out } = await verified(t, files, { content: 'page' })
  assert.equal(exit, EXIT.failed)
  assert.match(out, /^NOT that content\n/)
  assert.match(out, /nobody saw this content/)
})

test('runVerify() tells of whom saw something else, and that too few agree', async (t) => {
  const [first, second, third] = signers
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  const other = { ...SEEN, hash: 'b'.repeat(64) }
  const two = textOf([said(first, SEEN), said(second, SEEN), said(third, other)])
  const most = await verified(t, { 'testimony.json': two })
  assert.equal(most.exit, EXIT.done)
  assert.match(most.out, /^verified: 2 of 3 members saw the same\n/)
  assert.match(most.out, /3333.*another: 200, sha256 bbbbbbbbbbbbbbbb…/)
  const few = await verified(t, { 'testimony.json': textOf([said(first, SEEN)]) })
  assert.equal(few.exit, EXIT.failed)
  assert.match(few.out, /^NOT agreed: only 1 of 3 members saw the same\n/)
})

test('runVerify() says what does not hold, and never with 0', async (t) => {
  const changed = all().replace('status: 200', 'status: 404')
  const { exit, out } = await verified(t, { 'testimony.json': changed })
  assert.equal(exit, EXIT.failed)
  assert.match(out, /^NOT verified\n {2}statement 1: the signature does not hold/)
  assert.equal((await verified(t, { 'testimony.json': 'x'.repeat(100_000) })).exit, EXIT.failed)
})

test('runVerify() prints one document for programs', async (t) => {
  const { exit, out } = await verified(t, { 'testimony.json': all() }, { json: true })
  assert.equal(exit, EXIT.done)
  const told = JSON.parse(out)
  assert.deepEqual([told.isGood, told.agree, told.problems], [true, 3, []])
})

test('runVerify() refuses files that are not there, or hold no certificate', async (t) => {
  const usage = { code: 'USAGE' }
  await assert.rejects(verified(t, {}), usage)
  await assert.rejects(verified(t, { 'testimony.json': all() }, { content: 'none' }), usage)
  const files = { 'testimony.json': all(), 'ca.pem': 'no certificate' }
  await assert.rejects(verified(t, files, { authority: 'ca.pem' }), usage)
})
