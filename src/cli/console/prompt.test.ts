import assert from 'node:assert/strict'
import { test } from 'node:test'

import { NOTHING_KEPT, withRecords } from './kept.ts'
import { languageOf } from './languages.ts'
import { completionsOf, promptOf } from './prompt.ts'
import { initialState, type ConsoleState } from './state.ts'
import { widthOf, wrapped } from './text-width.ts'
import { EN } from './texts.en.ts'
import { ES } from './texts.es.ts'
import { commandIn, VERBS } from './verbs.ts'

const people = ['ben', 'bea', 'eva'].map((nick) => ({
  kind: 'profile' as const,
  profile: { nick, name: nick, bio: '', joinedAt: '', dweets: 0, following: 0, followers: 0 },
}))

const STATE: ConsoleState = {
  ...initialState('en', { columns: 80, rows: 24, isTerminal: true }),
  account: { nick: 'ana' },
  kept: withRecords(NOTHING_KEPT, people),
}

test('the characters of a text that is to be published are counted, and no others', () => {
  const prompted = (line: string, more: Partial<ConsoleState> = {}) =>
    promptOf({ ...STATE, ...more }, line).text
  assert.equal(prompted('follow ben'), 'ana> ')
  assert.equal(prompted('dweet ñandú 🦜'), 'ana [7/225]> ')
  assert.equal(prompted('publicar n\u0303'), 'ana [1/225]> ')
  assert.equal(prompted('reply 3 yes', { link: 'offline' }), 'ana (offline) [3/225]> ')
  assert.equal(prompted('search words'), 'ana> ')
  assert.equal(prompted('', { account: undefined }), 'dweet> ')
  assert.equal(prompted('half', { question: { ask: 'text', dweet: {} } }), 'Text: [4/225] ')
})

test('passwords alone are typed unseen', () => {
  const isSecret = (question: ConsoleState['question']) => promptOf({ ...STATE, question }).isSecret
  assert.ok(isSecret({ ask: 'password', nick: 'ana' }))
  assert.ok(isSecret({ ask: 'newPassword', nick: 'ana', name: 'Ana' }))
  assert.ok(isSecret({ ask: 'samePassword', nick: 'ana', name: 'Ana', password: 'x' }))
  assert.ok(!isSecret({ ask: 'name', nick: 'ana' }))
})

test('Tab completes verbs in one’s language, nicks that were seen, mentions, flags', () => {
  const completed = (line: string, language: 'en' | 'es' = 'en') =>
    completionsOf({ ...STATE, language }, line)[0]
  assert.deepEqual(completed('pro'), ['profile '])
  assert.deepEqual(completed('p', 'es'), ['publicar ', 'perfil '])
  assert.deepEqual(completed('mas', 'es'), ['mas '])
  assert.deepEqual(completed('follow b'), ['bea ', 'ben '])
  assert.deepEqual(completed('seguir ben'), ['ben '])
  assert.deepEqual(completed('dweet hola @e'), ['@eva '])
  assert.deepEqual(completed('logout --f'), ['--forget '])
  assert.deepEqual(completed('lang '), ['en ', 'es '])
  assert.deepEqual(completed('like '), [])
  assert.deepEqual(completed('nonsense b'), [])
})

test('the verbs of document 3 are known in Spanish, with accents or without', () => {
  const verbs = 'registrar entrar publicar republicar seguir perfil nuevos salir mas más Nuevos'
  assert.deepEqual(
    verbs.split(' ').map((word) => commandIn(word)?.verb),
    'register login dweet redweet follow profile new logout more more new'.split(' '),
  )
  assert.deepEqual(commandIn('  dweet  two  words '), {
    verb: 'dweet',
    word: 'dweet',
    rest: 'two  words',
  })
  assert.equal(commandIn('   '), undefined)
})

test('help names each verb, and fits a screen of 80 x 24', () => {
  const named = (help: typeof EN.help) =>
    help
      .map(([words]) => words)
      .join(' ')
      .split(/[ ,]+/)
  for (const verb of Object.keys(VERBS).filter((one) => one !== 'help')) {
    assert.ok(named([...EN.help, ...EN.helpMore]).includes(verb), verb)
    const { es } = VERBS[verb as keyof typeof VERBS]
    assert.ok(named([...ES.help, ...ES.helpMore]).includes(es), verb)
  }
  for (const { helpEnd } of [EN, ES]) assert.ok(widthOf(helpEnd) <= 80, helpEnd)
  for (const help of [EN, ES].flatMap((one) => [one.help, one.helpMore])) {
    assert.ok(help.length + 1 < 24)
    const width = Math.max(...help.map(([words]) => widthOf(words)))
    for (const [, does] of help) assert.ok(width + 2 + widthOf(does) <= 80, does)
  }
})

test('the language is that of the locale', () => {
  assert.equal(languageOf({ LANG: 'es_ES.UTF-8' }), 'es')
  assert.equal(languageOf({ LANG: 'es_ES.UTF-8', LC_ALL: 'C.UTF-8' }), 'en')
  assert.equal(languageOf({ LANG: '', LC_MESSAGES: 'es' }), 'es')
  assert.equal(languageOf({ LANG: 'et_EE.UTF-8' }), 'en')
  assert.equal(languageOf({}), 'en')
})

test('lines break between words, never within a picture or a letter with its marks', () => {
  assert.deepEqual(wrapped('one two three', 7), ['one two', 'three'])
  assert.deepEqual(wrapped('a\n\nb', 7), ['a', '', 'b'])
  assert.deepEqual(wrapped('日本語の文', 4), ['日本', '語の', '文'])
  assert.deepEqual(wrapped('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 4), ['👩‍👩‍👧👩‍👩‍👧', '👩‍👩‍👧'])
  assert.deepEqual([widthOf('n\u0303'), widthOf('ñ'), widthOf('🇪🇸'), widthOf('♥️')], [1, 1, 2, 2])
})
