import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { DETAILS_ES, detailInSpanish, EXPECTED_ES } from '../../../src/base/details.es.ts'
import { errorInSpanish } from '../../../src/base/spanish-errors.ts'
import { ES } from './es.ts'
import { detailsHaveCome, SPANISH } from './spanish.ts'
import { sentence } from './texts.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Whose words reach a person by the page. */
const SOURCES = [
  'src/services/scrape',
  'src/services/accounts',
  'src/services/files/links',
  'src/services/dweets',
  'src/gateways/rest',
  'src/wire/file-address.ts',
  'src/wire/http-conditions.ts',
  'src/platform/browser',
  'src/platform/gzip.ts',
  'src/platform/http.ts',
  'src/platform/unpack.ts',
]

function filesIn(path: string): readonly string[] {
  if (path.endsWith('.ts')) return [path]
  return readdirSync(ROOT + path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test(-helper)?\.ts$/.test(file))
    .filter((file) => !PROGRAMS_ALONE.test(file))
    .map((file) => `${path}/${file}`)
}

/** Records and locks, whose requests the page makes whole; and reasons that have texts by name. */
const PROGRAMS_ALONE =
  /^(?:etags|locks|record-query|records)\.ts$|^(?:politeness|scope)\/|testimony\/verdict\.ts$/

/** What is told of an error, as the source writes it: `problem: '...'`, `what = \`...\``, ... */
const TOLD = /\b(?:problem|what|reason|why|phase)(?:: | = |\()(?:'([^'\n]+)'|`([^`\n]+)`)/g
/** Functions that make an error of a text. */
const MAKERS = /\b(?:broken|failed|wrong|bad|Places)\((?:[\w.]+, )?(?:'([^'\n]+)'|`([^`\n]+)`)/g

/** Met by members, by programs, and in logs; a page never leads to them. */
const NOT_ON_THE_PAGE = new Set([
  // Of records that are damaged, which a person can do nothing about.
  'a list is none',
  'first words are none',
  'what was drawn is none',
  'a page is none',
  'content does not unpack',
  // Between members.
  'it downloaded the page',
  'it is stopping',
  'it is not led here',
  'what was found',
  'a seed',
  '“{}” is no host of this partition',
  // Headers and questions of programs: the page makes those of its own whole.
  'If-None-Match of a write can only be *',
  'If-Match and If-None-Match cannot both hold',
  'If-Match must be * or ETags in quotes',
  'If-Match of a DELETE names one ETag',
  'a record is written whole, without Content-Range',
  'Repr-Digest must be “sha-256=:BASE64:”',
  'Content-Range must be “bytes FIRST-LAST/ALL”, where ALL may be *',
  'Content-Length is another than Content-Range says',
  '“modifiedAt” must be an instant in ISO 8601 from 1970 on',
  'its Content-Type must be {}',
  'Upload-Offset must be a whole number',
  'Upload-Complete must be ?1 or ?0',
  // Put together of what stands beside it.
  '“{}” {}',
  'the pattern “{}” {} at character {}',
  '{} {} schedules; delete one first',
  'somebody else began this {}',
  '{} with this id',
  'a secret is {} and {} bytes in base64',
  // Headers that no page sends, and addresses that it makes itself.
  'Accept-Datetime is no date, such as Sat, 31 Jan 2026 12:00:00 GMT',
  'the address begins with no time, such as /20260131120000/',
])

/** Names of things in logs and of fields, which no error tells. */
const NO_WORDS = /^[a-z]+\.[a-z{}.]+$|^(?:crawl|schedule|orders|schedules|webhooks|running|done|…)$/

function told(): ReadonlyMap<string, string> {
  const all = new Map<string, string>()
  for (const file of SOURCES.flatMap(filesIn)) {
    const source = readFileSync(ROOT + file, 'utf8')
    for (const [, plain, template] of [...source.matchAll(TOLD), ...source.matchAll(MAKERS)]) {
      const text = (plain ?? template ?? '').replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '{}')
      // A template within a template is none that can be read so.
      if (!NO_WORDS.test(text) && !text.includes('${')) all.set(text, file)
    }
  }
  return all
}

before(() => detailsHaveCome)

test('whatever the source tells of an error that a page can show has Spanish words', () => {
  const all = told()
  assert.ok(all.size > 90, `${String(all.size)} were found`)
  const missing = [...all].filter(([text]) => {
    if (NOT_ON_THE_PAGE.has(text)) return false
    const shown = text.replaceAll('{}', 'x')
    const isPart = text.includes(' ') && DETAILS_ES.some(([english]) => english.includes(text))
    return !isPart && detailInSpanish(shown) === undefined && !Object.hasOwn(ES.fillings, shown)
  })
  const hint = 'say it in details.es.ts, or name it here where no page leads to it'
  assert.deepEqual(missing, [], `${hint}: ${missing.map(([text]) => text).join('; ')}`)
})

test('what is not on the page is still told somewhere', () => {
  const all = told()
  const gone = [...NOT_ON_THE_PAGE].filter((text) => !all.has(text))
  assert.deepEqual(gone, [])
})

test('a detail has as many gaps in Spanish as in English, and is not English', () => {
  const gaps = (text: string): readonly string[] => text.match(/\{…?\}/g) ?? []
  for (const [english, spanish] of [...DETAILS_ES, ...EXPECTED_ES]) {
    assert.deepEqual(gaps(spanish), gaps(english), english)
    assert.notEqual(spanish, english)
  }
  const once = new Set(DETAILS_ES.map(([english]) => english))
  assert.equal(once.size, DETAILS_ES.length)
})

test('detailInSpanish() keeps what was typed, and translates what it ought to be', () => {
  const cases = {
    '“* * *” is not five fields: minute, hour, day, month, day of the week':
      '«* * *» no son cinco campos: minuto, hora, día, mes y día de la semana',
    'the pattern “a, or text” is no regular expression at character 3':
      'el patrón «a, or text» no es una expresión regular en el carácter 3',
    'text is missing': 'falta text',
    '1.5 MiB': '1,5 MiB',
    'limit is “a number”, and ought to be 9 at most':
      'limit es “a number”, y debe ser 9 como máximo',
    'url ought to be 4 characters at least': 'url debe ser 4 caracteres como mínimo',
    'q is empty, and ought to be 1 character at least':
      'q está vacío, y debe ser 1 carácter como mínimo',
    'seeds ought to be a list of 1 item at least':
      'seeds debe ser una lista de 1 elemento como mínimo',
    'extract.fields.price ought to be one of “a”, “b”, or text, or an object':
      'extract.fields.price debe ser uno de “a”, “b”, o texto, o un objeto',
    'ana has 20 schedules; delete one first': 'ana tiene 20 horarios; borra antes uno',
    'guests have 20 schedules; delete one first':
      'los invitados tienen 20 horarios; borra antes uno',
  }
  for (const [english, spanish] of Object.entries(cases)) {
    assert.equal(detailInSpanish(english), spanish)
  }
  assert.equal(detailInSpanish('write EPROTO 0:error'), undefined)
  const trouble = { code: 'NOT_FOUND', details: { what: 'crawl with this id' }, text: '' }
  assert.equal(sentence(SPANISH, trouble), 'No existe: un rastreo con este identificador.')
})

test('names that people typed are said as they are, even where they are known words', () => {
  assert.equal(detailInSpanish('session'), 'esa sesión')
  for (const nick of ['nobody', 'session', 'key', 'name']) {
    const trouble = { code: 'NO_USER', details: { nick }, text: '' }
    const expected = `No existe el usuario "${nick}".`
    assert.equal(sentence(SPANISH, trouble), expected)
    assert.equal(errorInSpanish('NO_USER', { nick }), expected)
  }
})
