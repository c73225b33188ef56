/** Reads a ZIP by its central directory (APPNOTE 6.3.9, 4.3.12), as viewers of WACZ do. */
import assert from 'node:assert/strict'
import { crc32 } from 'node:zlib'

const END_BYTES = 22
const LOCAL_BYTES = 30
const CENTRAL_BYTES = 46

export interface Unzipped {
  readonly name: string
  readonly bytes: Uint8Array
  /** Day and time in the words of MS-DOS. */
  readonly stamp: number
}

/** Everything is stored: a viewer reads parts of a file by their offsets. */
export function unzipped(archive: Uint8Array): Unzipped[] {
  const zip = Buffer.from(archive)
  const end = zip.length - END_BYTES
  assert.equal(zip.readUInt32LE(end), 0x06054b50)
  const files: Unzipped[] = []
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    assert.equal(zip.readUInt32LE(at), 0x02014b50)
    assert.equal(zip.readUInt16LE(at + 10), 0, 'stored')
    const length = zip.readUInt32LE(at + 24)
    const nameLength = zip.readUInt16LE(at + 28)
    const local = zip.readUInt32LE(at + 42)
    assert.equal(zip.readUInt32LE(local), 0x04034b50)
    const from = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = new Uint8Array(zip.subarray(from, from + length))
    assert.equal(crc32(bytes), zip.readUInt32LE(at + 16))
    const name = zip.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength)
    files.push({ name, bytes, stamp: zip.readUInt32LE(at + 12) })
    at += CENTRAL_BYTES + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  assert.equal(at, end)
  return files
}
