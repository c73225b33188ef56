import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import { platformSigning } from '../../platform/signing.ts'
import { packValue, unpackValue, type Packable } from './msgpack.ts'
import {
  decodeRecord,
  encodeRecord,
  encodeSignedRecord,
  recordProblem,
  signedBytes,
  type RecordContents,
} from './share-record.ts'

const signing = platformSigning()
const key = signing.makeKey()
const RECORD: RecordContents = {
  key: '11'.repeat(20),
  publisher: hexOf(key.publicKey),
  sequence: 7,
  expiresAtS: 1_900_000_000,
  urls: ['http://192.0.2.1:9400/share/n/a.txt'],
  size: 12_345,
  root: '22'.repeat(32),
}
const signed = (record: RecordContents): Uint8Array =>
  encodeRecord(record, signing.sign(key.privateKey, signedBytes(record)))

test('a record is read as it was written, and its signature holds', () => {
  const read = decodeRecord(signed(RECORD))
  assert.ok(read !== undefined)
  const { signature, ...contents } = read
  assert.deepEqual(contents, RECORD)
  assert.ok(signing.verify(key.publicKey, signedBytes(read), bytesOfHex(signature)))
  assert.deepEqual(encodeSignedRecord(read), signed(RECORD))
})

test('what is changed in any field is not what was signed', () => {
  const { signature, ...record } = decodeRecord(signed(RECORD)) ?? assert.fail()
  for (const other of [
    { ...record, key: '12'.repeat(20) },
    { ...record, sequence: 8 },
    { ...record, expiresAtS: 1 },
    { ...record, urls: [] },
    { ...record, urls: [...record.urls, ...record.urls] },
    { ...record, size: 0 },
    { ...record, root: '23'.repeat(32) },
  ]) {
    assert.ok(!signing.verify(key.publicKey, signedBytes(other), bytesOfHex(signature)))
  }
})

test('a record has one writing: every other is refused', () => {
  const map = unpackValue(signed(RECORD))
  assert.ok(map instanceof Map)
  const entries: readonly (readonly [string, Packable])[] = [...map]
  const refused = (changed: readonly (readonly [string, Packable])[]): void =>
    assert.equal(decodeRecord(packValue(new Map(changed))), undefined)
  refused([...entries].reverse())
  refused([...entries, ['more', 1]])
  for (const [name] of entries) refused(entries.filter(([other]) => other !== name))
  // `exp` as eight bytes where four would do.
  const long = hexOf(signed(RECORD)).replace('a3657870ce', 'a3657870cf00000000')
  assert.equal(decodeRecord(bytesOfHex(long)), undefined)
})

test('wrong types and bounds are refused', () => {
  const map = unpackValue(signed(RECORD))
  assert.ok(map instanceof Map)
  const wrong: readonly (readonly [string, Packable])[] = [
    ['v', 2],
    ['key', 'x'],
    ['pk', new Uint8Array(31)],
    ['seq', -1],
    ['seq', 1.5],
    ['exp', 2n ** 60n],
    ['size', '1'],
    ['root', null],
    ['sig', new Uint8Array(63)],
    ['urls', 'http://a/'],
    ['urls', ['ftp://a/']],
    ['urls', ['http://a/\n']],
    ['urls', ['http://ñ/']],
    ['urls', [`http://${'a'.repeat(200)}/`]],
    ['urls', Array.from({ length: 5 }, () => 'http://a/')],
  ]
  for (const [name, value] of wrong) {
    const changed = new Map<string, Packable>(map).set(name, value)
    assert.equal(decodeRecord(packValue(changed)), undefined, name)
  }
  assert.equal(decodeRecord(new Uint8Array(1_001)), undefined)
})

test('what cannot be a record is told in words before it is signed', () => {
  assert.equal(recordProblem(RECORD), undefined)
  assert.equal(recordProblem({ ...RECORD, urls: [] }), undefined)
  const problem = (change: Partial<RecordContents>) => recordProblem({ ...RECORD, ...change })
  assert.match(problem({ urls: ['a', 'b', 'c', 'd', 'e'] }) ?? '', /up to 4/)
  assert.match(problem({ urls: ['javascript:1'] }) ?? '', /javascript:1/)
  assert.match(problem({ size: 1.5 }) ?? '', /numbers/)
  const url = `http://${'a'.repeat(193)}`
  assert.match(problem({ urls: [url, url, url, url] }) ?? '', /too long together/)
})

test('any bytes, and any change of a record’s bytes, are read or refused', () => {
  const bytes = signed(RECORD)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const changed = bytes.slice()
      changed[at] = byte
      const read = decodeRecord(changed)
      if (read !== undefined) assert.deepEqual(encodeSignedRecord(read), changed)
    }),
  )
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (any) => void decodeRecord(any)))
})
