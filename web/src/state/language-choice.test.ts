import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ENGLISH } from '../texts/english.ts'
import { loadAny } from '../texts/load.ts'
import { SPANISH } from '../texts/spanish.ts'
import type { Language, LanguagePack } from '../texts/texts.ts'
import { LanguageChoice } from './language-choice.ts'

/** Files that arrive, or do not, when the test says so. */
function lateFiles() {
  const asked: { language: Language; end: PromiseWithResolvers<LanguagePack> }[] = []
  return {
    asked,
    load: (language: Language): Promise<LanguagePack> => {
      const end = Promise.withResolvers<LanguagePack>()
      asked.push({ language, end })
      return end.promise
    },
  }
}

test('choose() speaks the other language once it is there, and asks for none that is', async () => {
  const files = lateFiles()
  const choice = new LanguageChoice(ENGLISH, files.load)
  await choice.choose('en')
  assert.equal(files.asked.length, 0)
  const chosen = choice.choose('es')
  assert.equal(choice.pack.get().language, 'en')
  files.asked[0]?.end.resolve(SPANISH)
  await chosen
  assert.equal(choice.pack.get(), SPANISH)
})

test('choose() keeps to what was chosen last, whatever arrives later', async () => {
  const files = lateFiles()
  const choice = new LanguageChoice(ENGLISH, files.load)
  const first = choice.choose('es')
  await choice.choose('en')
  files.asked[0]?.end.resolve(SPANISH)
  await first
  assert.equal(choice.pack.get(), ENGLISH)
})

test('choose() tells of a language that is not to be had, and tries it again', async () => {
  const files = lateFiles()
  const choice = new LanguageChoice(ENGLISH, files.load)
  const failed = choice.choose('es')
  files.asked[0]?.end.reject(new TypeError('Failed to fetch'))
  await failed
  assert.deepEqual([choice.pack.get(), choice.missing.get()], [ENGLISH, 'es'])
  const again = choice.choose('es')
  assert.equal(choice.missing.get(), undefined)
  files.asked[1]?.end.resolve(SPANISH)
  await again
  assert.equal(choice.pack.get(), SPANISH)
})

test('loadAny() takes another language where the wanted one is not to be had', async () => {
  const onlyEnglish = (language: Language): Promise<LanguagePack> =>
    language === 'en' ? Promise.resolve(ENGLISH) : Promise.reject(new TypeError(language))
  assert.equal(await loadAny('es', onlyEnglish), ENGLISH)
  assert.equal(await loadAny('en', onlyEnglish), ENGLISH)
  const nothing = (language: Language): Promise<LanguagePack> =>
    Promise.reject(new TypeError(language))
  await assert.rejects(loadAny('es', nothing), TypeError)
})
