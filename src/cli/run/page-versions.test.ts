import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { PageDiff } from '../../wire/api-pages.ts'
import type { Paint } from '../paint.ts'
import { diffTexts, versionLine } from './page-versions.ts'

const PLAIN: Paint = (_colour, text) => text
const COLOURED: Paint = (colour, text) => `<${colour}>${text}</>`
const SIDE = {
  fetchedAt: '2026-01-02T00:00:00.000Z',
  status: 200,
  hash: 'ab',
  bytes: 5,
  title: null,
}
const DIFF: PageDiff = {
  of: 'text',
  from: { ...SIDE, at: '2026-01-01T00:00:00.000Z' },
  to: { ...SIDE, at: '2026-01-02T00:00:00.000Z' },
  removed: 1,
  added: 1,
  hunks: [
    {
      from: 4,
      to: 4,
      lines: [
        { kind: 'same', parts: [{ text: 'a\tb\u001B[2J' }] },
        { kind: 'removed', parts: [{ text: 'at ' }, { text: 'four', isChanged: true }] },
        { kind: 'added', parts: [{ text: 'at ' }, { text: 'five', isChanged: true }] },
      ],
    },
  ],
}

test('diffTexts() writes a unified diff, without what would steer the terminal', () => {
  assert.deepEqual(diffTexts(DIFF, PLAIN), [
    '--- 2026-01-01T00:00:00.000Z',
    '+++ 2026-01-02T00:00:00.000Z',
    '@@ -4,2 +4,2 @@',
    ' a\tb[2J',
    '-at four',
    '+at five',
  ])
  const painted = diffTexts(DIFF, COLOURED)
  assert.equal(painted.at(-1), '<green>+at <bold>five</></>')
})

test('diffTexts() says that nothing changed, or that there is one version', () => {
  const same = { ...DIFF, hunks: [], to: { ...DIFF.to, status: 404 } }
  assert.deepEqual(diffTexts(same, PLAIN).slice(2), [
    'status 200 became 404',
    'no difference in the text',
  ])
  assert.match(diffTexts({ ...same, to: DIFF.from }, PLAIN).join(), /one version/)
})

test('versionLine() tells since when and until when a version was seen', () => {
  const version = {
    ...SIDE,
    at: '2026-01-01T00:00:00.000Z',
    contentType: 'text/html',
    isHeld: true,
  }
  const text = versionLine({ ...version, title: 'Tides\u0007' }, PLAIN)
  assert.match(
    text,
    /^2026-01-01T00:00:00\.000Z {2}200 +5 B {2}Tides, seen until 2026-01-02.*, held$/,
  )
  const imported = { ...version, title: null, importedAt: '2026-02-01T00:00:00.000Z' }
  assert.match(versionLine(imported, PLAIN), /, imported, held$/)
})
