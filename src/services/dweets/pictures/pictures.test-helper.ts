/** Pictures made by hand: each as small as its format allows, with what cameras write. */
import { utf8 } from '../../../base/bytes.ts'
import { crc32 } from '../../../base/crc32.ts'

/** Stands in what cameras write, and nowhere else. */
export const PLACE = 'GPS 40.4168N 3.7038W'

function segment(marker: number, body: Uint8Array): Uint8Array {
  const length = body.length + 2
  return Uint8Array.from([0xff, marker, length >> 8, length & 0xff, ...body])
}

/** TIFF of one entry: the orientation; and behind it the place. */
function exif(orientation: number, isLittle: boolean): Uint8Array {
  const head = Buffer.alloc(26)
  const put16 = (value: number, at: number) =>
    isLittle ? head.writeUInt16LE(value, at) : head.writeUInt16BE(value, at)
  const put32 = (value: number, at: number) =>
    isLittle ? head.writeUInt32LE(value, at) : head.writeUInt32BE(value, at)
  head.write(isLittle ? 'II' : 'MM', 0, 'latin1')
  put16(42, 2)
  put32(8, 4)
  put16(1, 8)
  put16(0x0112, 10)
  put16(3, 12)
  put32(1, 14)
  put16(orientation, 18)
  return Buffer.concat([utf8('Exif\0\0'), head, utf8(PLACE)])
}

export interface JpegAsk {
  readonly width?: number
  readonly height?: number
  readonly orientation?: number
  readonly isLittle?: boolean
}

/** Its coded data hold bytes that look like markers; another picture hangs behind its end. */
export function jpeg({
  height = 20,
  isLittle = true,
  orientation = 1,
  width = 30,
}: JpegAsk = {}): Uint8Array {
  const frame = [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0]
  return Buffer.concat([
    Uint8Array.from([0xff, 0xd8]),
    segment(0xe0, utf8('JFIF\0\u0001\u0001\0\0\u0001\0\u0001\0\0')),
    segment(0xe1, exif(orientation, isLittle)),
    segment(0xe1, utf8(`http://ns.adobe.com/xap/1.0/\0${PLACE}`)),
    segment(0xe2, utf8('ICC_PROFILE\0\u0001\u0001colours')),
    segment(0xe2, utf8(`MPF\0${PLACE}`)),
    segment(0xed, utf8(`Photoshop 3.0\0${PLACE}`)),
    segment(0xfe, utf8(PLACE)),
    segment(0xdb, new Uint8Array(65)),
    segment(0xc2, Uint8Array.from(frame)),
    segment(0xda, Uint8Array.from([1, 1, 0, 0, 63, 0])),
    Uint8Array.from([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 5]),
    segment(0xc4, new Uint8Array(17)),
    segment(0xda, Uint8Array.from([1, 1, 0, 0, 63, 0])),
    Uint8Array.from([6, 7, 0xff, 0xff, 0xd9]),
    utf8(PLACE),
  ])
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const named = Buffer.concat([utf8(type), body])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(body.length, 0)
  ends.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)])
}

/** One grey pixel, whatever size it says. */
export function png(width = 1, height = 1): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  return Buffer.concat([
    Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('eXIf', utf8(PLACE)),
    chunk('tEXt', utf8(`Comment\0${PLACE}`)),
    chunk('iTXt', utf8(`XML:com.adobe.xmp\0\0\0\0\0${PLACE}`)),
    chunk('IDAT', Buffer.from('789c6360000000020001', 'hex')),
    chunk('IEND', new Uint8Array(0)),
    utf8(PLACE),
  ])
}

function riffChunk(type: string, body: Uint8Array): Uint8Array {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1')
  head.writeUInt32LE(body.length, 4)
  return Buffer.concat([head, body, new Uint8Array(body.length % 2)])
}

export function webp(width = 30, height = 20): Uint8Array {
  const extended = Buffer.alloc(10)
  extended[0] = 0x08 | 0x04 | 0x10
  extended.writeUIntLE(width - 1, 4, 3)
  extended.writeUIntLE(height - 1, 7, 3)
  const body = Buffer.concat([
    riffChunk('VP8X', extended),
    riffChunk('VP8L', Uint8Array.from([0x2f, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6])),
    riffChunk('EXIF', utf8(`${PLACE}!`)),
    riffChunk('XMP ', utf8(PLACE)),
  ])
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(4 + body.length, 4)
  return Buffer.concat([head, body])
}
