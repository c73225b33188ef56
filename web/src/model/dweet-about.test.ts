import assert from 'node:assert/strict'
import { test } from 'node:test'

import { dweetAbout } from './dweet-about.ts'
import { parsePlace } from './dweet-place.ts'

const URL_OF_A = 'https://a.example/'

function textOf(title: string, url: string): string {
  const place = parsePlace(dweetAbout(title, url).at)
  assert.equal(place.kind, 'write')
  return place.kind === 'write' ? place.text : ''
}

test('a dweet about something has its title and its address, and fits', () => {
  assert.equal(textOf(' High tide ', URL_OF_A), `High tide ${URL_OF_A}`)
  assert.equal(textOf(URL_OF_A, URL_OF_A), URL_OF_A)
  const cut = textOf('ñ'.repeat(400), URL_OF_A)
  assert.ok(Array.from(cut).length <= 225 && cut.endsWith(`… ${URL_OF_A}`), cut)
  const long = `https://a.example/${'x'.repeat(300)}`
  assert.equal(textOf('High tide', long), long)
})
