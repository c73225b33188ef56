import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { utf8 } from '../../base/bytes.ts'
import { ControlLines, type ControlLine } from './control-lines.ts'
import { LINE_BYTES_MAX } from './limits.ts'

const line = (text: string): ControlLine => ({ kind: 'line', text })
const taken = (...pieces: readonly (string | Iterable<number>)[]): ControlLine[] => {
  const lines = new ControlLines()
  return pieces.flatMap((piece) =>
    lines.take(typeof piece === 'string' ? utf8(piece) : Uint8Array.from(piece)),
  )
}

test('lines end with CR LF, or with LF alone, wherever pieces are cut', () => {
  const whole = 'USER ana\r\nPASS a b \nSTOR ñ 😀\r\n'
  const expected = [line('USER ana'), line('PASS a b '), line('STOR ñ 😀')]
  const bytes = utf8(whole)
  for (let at = 0; at <= bytes.length; at++) {
    assert.deepEqual(taken(bytes.subarray(0, at), bytes.subarray(at)), expected)
  }
})

test('Telnet commands are taken out, and what stands for a byte 255 stays no text', () => {
  const abort = [255, 244, 255, 242, ...utf8('ABOR\r\n')]
  assert.deepEqual(taken(abort), [line('ABOR')])
  // The last byte of urgent data gets lost.
  assert.deepEqual(taken([255, 244, 255, ...utf8('ABOR\r\n')]), [line('ABOR')])
  assert.deepEqual(taken([255, 251, 1, ...utf8('NOOP\r\n')]), [line('NOOP')])
  const doubled = taken([...utf8('CWD '), 255, 255, 13, 10])
  assert.deepEqual(doubled, [{ kind: 'bad', problem: 'not UTF-8' }])
})

test('an ABOR is taken at its CR, and its LF belongs to it', () => {
  assert.deepEqual(taken('abor\r'), [line('abor')])
  assert.deepEqual(taken('ABOR\r', '\nNOOP\r\n'), [line('ABOR'), line('NOOP')])
  assert.deepEqual(taken('ABOR\r', 'NOOP\r\n'), [line('ABOR'), line('NOOP')])
  assert.deepEqual(taken('NOOP\r'), [])
})

test('a line of a megabyte is one bad line, and the next one is taken', () => {
  const [bad, next, ...more] = taken('x'.repeat(1_000_000), 'y\r\nNOOP\r\n')
  assert.deepEqual([bad, next, more], [{ kind: 'bad', problem: 'too long' }, line('NOOP'), []])
  assert.deepEqual(taken(`${'x'.repeat(LINE_BYTES_MAX)}\n`), [line('x'.repeat(LINE_BYTES_MAX))])
})

test('NUL and CR within a line are told, and what is not UTF-8', () => {
  const control = { kind: 'bad', problem: 'a control character' }
  assert.deepEqual(taken('STOR a\0b\r\n'), [control])
  assert.deepEqual(taken('STOR a\rDELE b\r\n'), [control])
  assert.deepEqual(taken([0xc3, 0x28, 10]), [{ kind: 'bad', problem: 'not UTF-8' }])
})

test('whatever arrives is taken, and no line is longer than the bound', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 })
  fc.assert(
    fc.property(pieces, (given) => {
      const lines = new ControlLines()
      for (const piece of given) {
        for (const one of lines.take(piece)) {
          if (one.kind === 'line') assert.doesNotMatch(one.text, /[\0\r\n]/)
        }
      }
    }),
  )
})
