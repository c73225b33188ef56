import assert from 'node:assert/strict'
import { test } from 'node:test'

import { inOneLine, line, type Sink, typeHint } from './io.ts'

test('line() keeps colours, and nothing else that steers a terminal', () => {
  const written: string[] = []
  const sink: Sink = {
    write: (text) => void written.push(text),
    writeBytes: () => Promise.resolve(),
    isTerminal: true,
    columns: 80,
  }
  line(sink, '\u001b[32mgreen\u001b[0m\tétéㅤ😀\nsecond')
  line(sink, '\u001b[2J\u001b]0;title\u0007\u009b31m\u202eevil\u2066\r')
  assert.deepEqual(written, ['\u001b[32mgreen\u001b[0m\tétéㅤ😀\nsecond\n', '[2J]0;title31mevil\n'])
})

test('who sits at a terminal is told what is waited for', () => {
  const said =
    'anillo: waiting for the text: type it here; Ctrl-D at the begin of a line ends it.\n'
  assert.equal(typeHint('the text'), said)
})

test('inOneLine() leaves nobody a line of their own', () => {
  assert.equal(inOneLine('a\n\nset at 20 nodes\tb'), 'a set at 20 nodes b')
})
