import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { present } from '../../../base/assert.ts'
import { utf8 } from '../../../base/bytes.ts'
import { MIB } from '../../../base/limits.ts'
import { barePicture } from './picture.ts'
import { jpeg, PLACE, png, webp } from './pictures.test-helper.ts'
import { sniffedType } from './sniffed-type.ts'

const PICTURES = { 'image/jpeg': jpeg(), 'image/png': png(30, 20), 'image/webp': webp() }

function bare(type: string, bytes: Uint8Array) {
  return present(barePicture(type, bytes), type)
}

for (const [type, bytes] of Object.entries(PICTURES)) {
  test(`${type}: known by its bytes; its size is told, where it was taken is not`, () => {
    assert.equal(sniffedType(bytes), type)
    assert.ok(Buffer.from(bytes).includes(PLACE))
    const picture = bare(type, bytes)
    assert.deepEqual([picture.width, picture.height], [30, 20])
    assert.equal(sniffedType(picture.bytes), type)
    assert.ok(!Buffer.from(picture.bytes).includes('GPS'))
    // What is bare stays as it is.
    assert.deepEqual(bare(type, picture.bytes), picture)
  })

  test(`${type}: a part of one is none, and no bytes make the reader fail`, () => {
    const whole = bare(type, bytes).bytes
    for (let end = 12; end < whole.length; end++) {
      assert.equal(barePicture(type, whole.subarray(0, end)), undefined, `${end} bytes`)
    }
    const drawn = fc.record({
      at: fc.nat({ max: bytes.length - 1 }),
      put: fc.uint8Array({ minLength: 1, maxLength: 12 }),
    })
    fc.assert(
      fc.property(fc.array(drawn, { minLength: 1, maxLength: 4 }), (changes) => {
        const broken = Uint8Array.from(bytes)
        for (const { at, put } of changes) broken.set(put.subarray(0, bytes.length - at), at)
        const told = barePicture(type, broken)
        if (told !== undefined) assert.ok(told.width > 0 && told.height > 0)
      }),
    )
  })
}

test('how a JPEG is turned stays, and its size is that of the turned picture', () => {
  for (const isLittle of [true, false]) {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const picture = bare('image/jpeg', jpeg({ orientation, isLittle, width: 30, height: 20 }))
      const isOnItsSide = orientation >= 5
      const size = isOnItsSide ? [20, 30] : [30, 20]
      assert.deepEqual([picture.width, picture.height], size, `orientation ${orientation}`)
      const isTold = Buffer.from(picture.bytes).includes('Exif')
      assert.equal(isTold, orientation > 1)
      const again = bare('image/jpeg', picture.bytes)
      assert.deepEqual([again.width, again.height], size)
    }
  }
})

test('colours, tables and all coded data of a JPEG stay', () => {
  const { bytes } = bare('image/jpeg', jpeg())
  const told = Buffer.from(bytes)
  for (const kept of ['JFIF', 'ICC_PROFILE']) assert.ok(told.includes(kept), kept)
  assert.ok(told.includes(Buffer.from([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 5])))
  assert.ok(told.includes(Buffer.from([6, 7])))
  assert.deepEqual([...told.subarray(-2)], [0xff, 0xd9])
  for (const gone of ['MPF', 'Photoshop', 'adobe']) assert.ok(!told.includes(gone), gone)
})

test('a WebP says no more that it has Exif, and is as long as it says', () => {
  const bytes = Buffer.from(bare('image/webp', webp()).bytes)
  assert.equal(bytes.readUInt32LE(4), bytes.length - 8)
  assert.equal(bytes[20], 0x10, 'that it is see-through stays')
})

test('GIF and AVIF tell their size; kinds that are shown are known by their beginning', () => {
  const gif = Buffer.from('GIF89a\u001e\0\u0014\0\0\0\0;', 'latin1')
  assert.deepEqual([bare('image/gif', gif).width, bare('image/gif', gif).height], [30, 20])
  const avif = Buffer.alloc(64)
  avif.write('\0\0\0\u0014ftypavif', 0, 'latin1')
  avif.write('ispe', 24, 'latin1')
  avif.writeUInt32BE(30, 32)
  avif.writeUInt32BE(20, 36)
  assert.deepEqual([bare('image/avif', avif).width, bare('image/avif', avif).height], [30, 20])
  const known = {
    '\0\0\0\u0018ftypmp42': 'video/mp4',
    'ID3\u0004': 'audio/mpeg',
    'RIFF\0\0\0\0WAVE': 'audio/wav',
    'OggS\0': 'audio/ogg',
    '%PDF-1.7': 'application/pdf',
    '\u001aE\u00df\u00a3\u0001B\u0082\u0084webm': 'video/webm',
  }
  for (const [head, type] of Object.entries(known)) {
    assert.equal(sniffedType(Buffer.from(head, 'latin1')), type)
  }
  for (const other of ['', '<svg xmlns="">', '<html>', 'MZ', '%!PS', 'constructor', '__proto__']) {
    assert.equal(sniffedType(utf8(other)), undefined, other)
    assert.equal(barePicture(other, utf8(other)), undefined)
  }
})

/** Behind the part that tells what it is. */
const HEAD_BYTES = { 'image/jpeg': 2, 'image/png': 33, 'image/webp': 30 } as const

function withParts(type: keyof typeof HEAD_BYTES, part: Uint8Array, count: number): Uint8Array {
  const { bytes } = bare(type, PICTURES[type])
  const [head, rest] = [bytes.subarray(0, HEAD_BYTES[type]), bytes.subarray(HEAD_BYTES[type])]
  const whole = Buffer.concat([head, Buffer.alloc(count * part.length, part), rest])
  if (type === 'image/webp') whole.writeUInt32LE(whole.length - 8, 4)
  return whole
}

for (const [type, part] of [
  ['image/jpeg', Uint8Array.from([0xff, 0xdb, 0, 2])],
  ['image/jpeg', Uint8Array.from([0xff, 0xfe, 0, 2])],
  ['image/png', Buffer.from('\0\0\0\0IDAT\0\0\0\0', 'latin1')],
  ['image/webp', Buffer.from('ANMF\0\0\0\0', 'latin1')],
] as const) {
  test(`${type}: of hundreds of parts it is one, of a million none, before it takes memory`, () => {
    assert.ok(barePicture(type, withParts(type, part, 500)) !== undefined)
    const bytes = withParts(type, part, 1_000_000)
    assert.equal(sniffedType(bytes), type)
    const before = process.memoryUsage().heapUsed
    assert.equal(barePicture(type, bytes), undefined)
    assert.ok(process.memoryUsage().heapUsed - before < 16 * MIB)
  })
}
