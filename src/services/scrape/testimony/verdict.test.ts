import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { DAY_MS, MINUTE_MS } from '../../../base/limits.ts'
import type { KeyAndCertificate } from '../../../effects/crypto.ts'
import type { TestimonyVerdict } from '../../../wire/api-testimony.ts'
import { testimonyText } from '../../../wire/testimony.ts'
import { sayHere, type SaidHere, type Signer } from './statements.ts'
import {
  crypto,
  makeAuthority,
  NONCE,
  NOW_MS,
  said,
  SEEN,
  signerOf,
  testimonyOf,
  textOf,
} from './testimony.test-helper.ts'
import { TESTIMONY_SPREAD_MS_MAX, verdictOn } from './verdict.ts'

let authority: KeyAndCertificate
let foreign: KeyAndCertificate
let signers: readonly Signer[]

before(async () => {
  authority = await makeAuthority()
  foreign = await makeAuthority()
  signers = await Promise.all(['1', '2', '3'].map((digit) => signerOf(authority, digit)))
})

const signer = (at: number): Signer => present(signers[at], 'one of three')
const three = (): SaidHere[] => signers.map((one) => said(one))
const codes = ({ problems }: TestimonyVerdict): string[] => problems.map(({ code }) => code)

test('verdictOn() believes three members that saw the same', () => {
  const verdict = verdictOn(textOf(three()), crypto)
  assert.deepEqual(verdict.problems, [])
  assert.deepEqual([verdict.asked, verdict.told, verdict.agree], [3, 3, 3])
  assert.equal(verdict.isMajority, true)
  assert.equal(verdict.url, SEEN.url)
  assert.deepEqual(verdict.authorities, [crypto.fingerprint(authority.certificatePem)])
  assert.deepEqual(
    verdict.witnesses.map(({ group, status }) => [group, status]),
    [
      [0, 200],
      [0, 200],
      [0, 200],
    ],
  )
})

test('verdictOn() tells who saw something else', () => {
  const other = { hash: 'b'.repeat(64) }
  const verdict = verdictOn(
    textOf([said(signer(0), other), said(signer(1)), said(signer(2))]),
    crypto,
  )
  assert.deepEqual(verdict.problems, [])
  assert.deepEqual(
    verdict.witnesses.map(({ group }) => group),
    [1, 0, 0],
  )
  assert.equal(verdict.agree, 2)
  assert.equal(verdict.isMajority, true)
  const alone = verdictOn(textOf([said(signer(0), other), said(signer(1))]), crypto)
  assert.deepEqual([alone.agree, alone.told, alone.isMajority], [1, 2, false])
})

test('verdictOn() tells which of them saw the content', () => {
  const all = textOf([said(signer(0)), said(signer(1), { hash: 'b'.repeat(64) }), said(signer(2))])
  const groupOf = (sha256: string, bytes = SEEN.bytes): number | undefined =>
    verdictOn(all, crypto, { content: { sha256, bytes } }).contentGroup
  assert.equal(groupOf(SEEN.hash), 0)
  assert.equal(groupOf('b'.repeat(64)), 1)
  assert.equal(groupOf('c'.repeat(64)), -1)
  assert.equal(groupOf(SEEN.hash, SEEN.bytes + 1), -1)
  assert.equal('contentGroup' in verdictOn(all, crypto), false)
})

test('verdictOn() refuses authorities that are not the one that counts', async () => {
  const fingerprint = crypto.fingerprint(authority.certificatePem)
  assert.deepEqual(codes(verdictOn(textOf(three()), crypto, { authorities: [fingerprint] })), [])
  const other = crypto.fingerprint(foreign.certificatePem)
  assert.deepEqual(codes(verdictOn(textOf(three()), crypto, { authorities: [other] })), [
    'authority',
  ])
  const stranger = await signerOf(foreign, '4')
  const mixed = textOf([said(signer(0)), said(signer(1)), said(stranger)])
  assert.deepEqual(codes(verdictOn(mixed, crypto, { authorities: [fingerprint] })), ['authority'])
  const idle = { ...testimonyOf(three()) }
  idle.authorities = [...idle.authorities, foreign.certificatePem]
  assert.deepEqual(codes(verdictOn(testimonyText(idle), crypto)), ['authority'])
})

test('verdictOn() refuses a certificate of another authority, or of another member', async () => {
  const stranger = said(await signerOf(foreign, '4'))
  const smuggled = { ...stranger, authority: authority.certificatePem }
  assert.deepEqual(verdictOn(textOf([said(signer(0)), smuggled]), crypto).problems, [
    { code: 'certificate', statement: 1 },
  ])
  const borrowed = said({ ...signer(0), memberId: signer(1).memberId })
  assert.deepEqual(codes(verdictOn(textOf([borrowed]), crypto)), ['certificate', 'authority'])
})

test('verdictOn() refuses an authority as a member', () => {
  const { certificatePem, privateKeyPem } = authority
  const credentials = { authorityPem: certificatePem, certificatePem, privateKeyPem }
  const itself = said({ ...signer(0), credentials: () => credentials })
  assert.deepEqual(codes(verdictOn(textOf([itself]), crypto)), ['certificate', 'authority'])
})

test('verdictOn() refuses what another key signed', () => {
  const one = said(signer(0))
  const { signature } = said(signer(1)).statement
  const forged = { ...one, statement: { ...one.statement, signature } }
  assert.deepEqual(verdictOn(textOf([forged, said(signer(1))]), crypto).problems, [
    { code: 'signature', statement: 0 },
  ])
})

test('verdictOn() refuses what was said while the certificate did not hold', () => {
  for (const passedMs of [-2 * DAY_MS, 2 * DAY_MS]) {
    const late = said(signer(0), { receivedMs: NOW_MS + passedMs })
    assert.deepEqual(codes(verdictOn(textOf([late]), crypto)), ['dates'])
  }
})

test('verdictOn() refuses what was said before or after its authority held', async () => {
  const centuryMs = 100 * 365 * DAY_MS
  for (const validFromMs of [NOW_MS + DAY_MS, NOW_MS - DAY_MS - centuryMs]) {
    const one = said(await signerOf(await makeAuthority(validFromMs), '1'))
    assert.deepEqual(codes(verdictOn(textOf([one]), crypto)), ['dates'])
  }
})

test('verdictOn() refuses one member alone as the majority of one that was asked', () => {
  for (const witnesses of [0, 1, 6, 1_000]) {
    const alone = sayHere(SEEN, { nonce: NONCE, witnesses }, signer(0))
    const verdict = verdictOn(textOf([alone]), crypto)
    assert.deepEqual([codes(verdict), verdict.isMajority], [['statement', 'authority'], false])
  }
})

test('verdictOn() refuses hostile documents, at once', () => {
  const good = testimonyOf(three())
  const text = testimonyText(good)
  const first = present(good.statements[0], 'the first')
  const hostile = [
    '['.repeat(50_000),
    '{"a":'.repeat(10_000),
    `${'['.repeat(25_000)}${']'.repeat(25_000)}`,
    text.replace('{', '{ "__proto__": { "format": 1 },'),
    text.replace('"format"', '"__proto__"'),
    text.replace('"authorities"', '"constructor"'),
    text.replace('"statements"', '"statements": [],\n  "statements"'),
    testimonyText({ ...good, statements: Array.from({ length: 6 }, () => first) }),
    testimonyText({ ...good, authorities: [] }),
    `\ufeff${text}`,
    text.replaceAll('\n', '\r\n'),
    text.padEnd(100_000_000),
  ]
  for (const one of hostile) assert.deepEqual(codes(verdictOn(one, crypto)), ['unreadable'])
  const swapped = good.statements.map((one, at) => {
    const next = good.statements[(at + 1) % good.statements.length]
    const { certificate } = present(next, 'the next')
    return { ...one, certificate }
  })
  const found = verdictOn(testimonyText({ ...good, statements: swapped }), crypto)
  assert.deepEqual(codes(found), ['certificate', 'certificate', 'certificate', 'authority'])
  const junk = good.statements.map((one) => ({ ...one, certificate: `${one.certificate}x` }))
  const refused = verdictOn(testimonyText({ ...good, statements: junk }), crypto)
  assert.deepEqual(codes(refused), ['certificate', 'certificate', 'certificate', 'authority'])
})

test('verdictOn() counts a member once', () => {
  const verdict = verdictOn(textOf([said(signer(0)), said(signer(0)), said(signer(1))]), crypto)
  assert.deepEqual(codes(verdict), ['twice'])
})

test('verdictOn() refuses statements of different requests', () => {
  const others: readonly SaidHere[] = [
    said(signer(1), {}, '6'.repeat(64)),
    said(signer(1), { url: 'https://example.org/other' }),
  ]
  for (const other of others) {
    assert.deepEqual(codes(verdictOn(textOf([said(signer(0)), other]), crypto)), ['another'])
  }
})

test('verdictOn() refuses times that are far from each other, or that run backwards', () => {
  const spread = (ms: number): string[] => {
    const other = said(signer(1), { receivedMs: NOW_MS + ms })
    return codes(verdictOn(textOf([said(signer(0)), other]), crypto))
  }
  assert.deepEqual(spread(TESTIMONY_SPREAD_MS_MAX), [])
  assert.deepEqual(spread(TESTIMONY_SPREAD_MS_MAX + 1), ['times'])
  assert.deepEqual(spread(-5 * MINUTE_MS), ['times'])
  const backwards = said(signer(0), { durationMs: -1_000 })
  assert.deepEqual(codes(verdictOn(textOf([backwards]), crypto)), ['times'])
})

test('verdictOn() refuses more witnesses than were asked for', async () => {
  const fourth = said(await signerOf(authority, '4'))
  assert.deepEqual(codes(verdictOn(textOf([...three(), fourth]), crypto)), ['tooMany'])
})

test('verdictOn() refuses a statement that is none, and what is no testimony', () => {
  const one = said(signer(0))
  const text = one.statement.text.replace('status: 200', 'status: 0200')
  const written = { ...one, statement: { ...one.statement, text } }
  assert.deepEqual(codes(verdictOn(textOf([written]), crypto)), ['statement', 'authority'])
  for (const none of ['', '{}', 'null', textOf(three()).trim(), `${textOf(three())} `]) {
    assert.deepEqual(codes(verdictOn(none, crypto)), ['unreadable'])
  }
})

test('verdictOn() believes the example of the specification', () => {
  const path = new URL('../../../../test/fixtures/testimony.json', import.meta.url)
  const content = 'High water at 04:12 and 16:38.\n'
  const verdict = verdictOn(readFileSync(path, 'utf8'), crypto, {
    authorities: ['21f87c8def9c0c9034f5c9f5076e2037ff5d52669b8b3a9d7395aef56b749010'],
    content: { sha256: sha256Hex(content), bytes: content.length },
  })
  assert.deepEqual(verdict.problems, [])
  assert.deepEqual([verdict.agree, verdict.asked, verdict.contentGroup], [2, 3, 0])
})

test('verdictOn() sees every single flipped byte of a testimony', () => {
  const text = textOf([said(signer(0))])
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at++) {
    const bit = 1 << (at % 7)
    const flipped = Buffer.from(bytes)
    flipped[at] = (bytes[at] ?? 0) ^ bit
    const verdict = verdictOn(flipped.toString('utf8'), crypto)
    assert.notDeepEqual(verdict.problems, [], `byte ${at}, bit ${bit}`)
  }
})
