import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import { BIO_CHARS_MAX, DWEET_CHARS_MAX, WARNING_CHARS_MAX } from '../../../wire/dweet-limits.ts'
import { requireBio, requireDweetText, requireWarning } from './fit-text.ts'

function refuses(work: () => unknown, code: ErrorCode, details: object = {}): void {
  assert.throws(work, (thrown) => {
    assert.ok(isAnilloError(thrown, code), String(thrown))
    assert.deepEqual({ ...thrown.details, ...details }, thrown.details)
    return true
  })
}

test('225 characters pass, whatever they are; 226 are told', () => {
  for (const one of ['a', 'ñ', '😀', 'e\u0301']) {
    const text = one.repeat(DWEET_CHARS_MAX)
    assert.equal(requireDweetText(text), text.normalize('NFC'))
    const details = { limit: DWEET_CHARS_MAX, length: DWEET_CHARS_MAX + 1 }
    refuses(() => requireDweetText(text + one), 'DWEET_TOO_LONG', details)
  }
})

test('what nobody sees is empty', () => {
  for (const text of [
    '',
    ' ',
    '\n\t \n',
    '\u200b\u2060',
    '\u3164',
    '\u0301',
    '\u00a0\u3000',
    '\ufe0f',
  ]) {
    refuses(() => requireDweetText(text), 'DWEET_EMPTY')
  }
})

test('controls, escapes of terminals and turned text are refused by name', () => {
  const unfit = [
    '\0',
    '\u001b[2J',
    '\u0007',
    '\u009b',
    '\u202e',
    '\u2066',
    '\u2069',
    '\ufeff',
    '\ud800',
  ]
  for (const one of unfit) {
    const code = one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    refuses(() => requireDweetText(`a${one}b`), 'DWEET_UNFIT', { character: `U+${code}` })
    refuses(() => requireWarning(`a${one}b`), 'WARNING_UNFIT')
    refuses(() => requireBio(`a${one}b`), 'BIO_UNFIT')
  }
})

test('line ends are one kind, tabs are spaces, and texts of right-to-left scripts stay', () => {
  assert.equal(requireDweetText('a\r\nb\rc\u2028d\te'), 'a\nb\nc\nd e')
  for (const text of ['שלום \u200f!', '👩‍👩‍👧 🏳️‍🌈', 'می\u200cخواهم', 'a\u061c']) {
    assert.equal(requireDweetText(text), text.normalize('NFC'))
  }
})

test('a warning is one line; a blank one is none', () => {
  assert.equal(requireWarning('  plot \u0065\u0301  '), 'plot \u00e9')
  assert.equal(requireWarning(' \n '), undefined)
  refuses(() => requireWarning('a\nb'), 'WARNING_UNFIT', { max: WARNING_CHARS_MAX })
  refuses(() => requireWarning('a'.repeat(WARNING_CHARS_MAX + 1)), 'WARNING_UNFIT')
})

test('a bio may be empty, and not too long', () => {
  assert.equal(requireBio(' '), '')
  assert.equal(requireBio('ñ'.repeat(BIO_CHARS_MAX)).length, BIO_CHARS_MAX)
  refuses(() => requireBio('ñ'.repeat(BIO_CHARS_MAX + 1)), 'BIO_UNFIT', { max: BIO_CHARS_MAX })
})
