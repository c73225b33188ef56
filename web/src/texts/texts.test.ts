import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { ERRORS_ES } from '../../../src/base/errors.es.ts'
import { ERRORS } from '../../../src/base/errors.ts'
import { AUDIT_WHATS } from '../../../src/wire/audit.ts'
import { ENGLISH } from './english.ts'
import { detailsHaveCome, SPANISH } from './spanish.ts'
import { chooseLanguage, parseLanguage, sentence } from './texts.ts'

before(() => detailsHaveCome)

const placeholders = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()

for (const [code, row] of Object.entries(ERRORS)) {
  test(`ERRORS_ES.${code} fills the same placeholders as the English sentence`, () => {
    const spanish = Object.entries(ERRORS_ES).find(([key]) => key === code)?.[1] ?? ''
    assert.deepEqual(placeholders(spanish), placeholders(row.text))
    if (code !== 'USAGE') assert.notEqual(spanish, row.text)
  })
}

test('ERRORS_ES has no sentence for a code that is not', () => {
  assert.deepEqual(Object.keys(ERRORS_ES).toSorted(), Object.keys(ERRORS).toSorted())
})

/** Every text, functions called with stand-ins. */
function flatten(texts: object, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) => {
    const name = `${path}${key}`
    if (typeof value === 'string') return [[name, value] as const]
    if (typeof value === 'function') return [[name, String(value(STAND_IN))] as const]
    return typeof value === 'object' && value !== null ? flatten(value, `${name}.`) : []
  })
}

const STAND_IN = {
  member: 'm1',
  other: 'm2',
  page: 'a.test',
  count: 2,
  bytes: ' 1 KiB',
  duration: ' 2 ms',
  hops: '',
  text: '',
  why: 'W',
  date: 'D',
  site: 'S',
  members: 2,
  pages: 3,
  name: 'N',
  address: 'A',
  door: 'D',
}

test('the texts have words for everything in both languages, and Spanish is not English', () => {
  const english = flatten({ ...ENGLISH.texts, fillings: {} })
  const spanish = new Map(flatten({ ...SPANISH.texts, fillings: {} }))
  assert.ok(english.length > 120, `${english.length} texts`)
  for (const [name, text] of english) {
    assert.ok(text.trim() !== '', `${name} is empty`)
    assert.ok((spanish.get(name) ?? '').trim() !== '', `${name} is empty in Spanish`)
  }
  const same = english.filter(([name, text]) => spanish.get(name) === text).map(([name]) => name)
  assert.deepEqual(same.toSorted(), ['accounts.views.dweets', 'title'])
})

test('chooseLanguage() takes the first that the page has, else English', () => {
  assert.equal(chooseLanguage(['de-DE', 'es-MX', 'en']), 'es')
  assert.equal(chooseLanguage(['EN-gb', 'es']), 'en')
  assert.equal(chooseLanguage(['fr']), 'en')
  assert.equal(parseLanguage('fr'), undefined)
})

test('sentence() fills in both languages, translates known fillings, and keeps what it does not know', () => {
  const trouble = {
    code: 'FETCH_TIMEOUT',
    details: { host: 'a.test', phase: 'headers', limitMs: 15000 },
    text: 'x',
  }
  assert.equal(sentence(ENGLISH, trouble), 'a.test did not answer in time (headers, 15,000 ms).')
  assert.equal(
    sentence(SPANISH, trouble),
    'a.test no respondió a tiempo (cabeceras, 15.000 ms). Inténtalo más tarde.',
  )
  assert.equal(
    sentence(SPANISH, { code: 'OF_TOMORROW', details: {}, text: 'Told by the member.' }),
    'Told by the member.',
  )
  assert.match(
    sentence(ENGLISH, { code: 'FETCH_REFUSED', details: {}, text: '' }),
    /^\{host\} refused/,
  )
})

test('the audit log has words for whatever it tells of, in both languages', () => {
  for (const what of AUDIT_WHATS) {
    const [english, spanish] = [ENGLISH.texts, SPANISH.texts].map(
      (texts) => texts.accounts.audit.whats[what],
    )
    assert.ok(english && spanish, what)
    assert.notEqual(english, spanish, what)
  }
})
