/**
 * Answers as Python’s pickle, protocol 2, which Python 2.3 and later read: a list of texts, or one
 * text (pickletools has the format). It is written, and never read: who reads a pickle runs it.
 */
import { concat, utf8 } from '../../base/bytes.ts'

const PROTOCOL_2 = Uint8Array.of(0x80, 2)
const EMPTY_LIST = Uint8Array.of(0x5d)
const MARK = Uint8Array.of(0x28)
const APPENDS = Uint8Array.of(0x65)
const STOP = Uint8Array.of(0x2e)
const BINUNICODE = 0x58

export function pickledText(text: string): Uint8Array {
  return concat([PROTOCOL_2, unicode(text), STOP])
}

/** As many of the texts as fit that many bytes, from the first on. */
export function pickledList(texts: readonly string[], bytesMax: number): Uint8Array {
  const fit: Uint8Array[] = []
  let left = bytesMax - PROTOCOL_2.length - 4
  for (const text of texts) {
    const one = unicode(text)
    left -= one.length
    if (left < 0) break
    fit.push(one)
  }
  return concat([PROTOCOL_2, EMPTY_LIST, MARK, ...fit, APPENDS, STOP])
}

function unicode(text: string): Uint8Array {
  const bytes = utf8(text)
  const head = new Uint8Array(5)
  head[0] = BINUNICODE
  new DataView(head.buffer).setUint32(1, bytes.length, true)
  return concat([head, bytes])
}
