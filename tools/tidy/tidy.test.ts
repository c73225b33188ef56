/** The checkout is tidy, and each rule finds the fault that is planted for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ERRORS } from '../../src/base/errors.ts'
import { ROOT } from '../lib/paths.ts'
import { LAYERS_PAGE } from './drawing.ts'
import { codesOnPage, ERRORS_PAGE } from './errors-page.ts'
import { LAYERS } from './layers.ts'
import { mended, tidy } from './tidy.ts'
import { readTree } from './tree.ts'
import type { Tree } from './tree.ts'

const PAGE = '# Architecture\n\n<!-- layers:begin -->\n<!-- layers:end -->\n'

/** What pages that are written from tables name. */
const TABLES = ['src/base/errors.ts', 'src/wire/permissions.ts', 'src/wire/demands.ts']

/** A checkout of its own in which nothing is wrong but what is planted. */
function planted(plant: Readonly<Record<string, string>>): Tree {
  const tables = Object.fromEntries(TABLES.map((path) => [path, '/** A table. */\n']))
  const files = { ...tables, 'tables.html': TABLES.join(' '), ...plant }
  const named = Object.keys(files).filter((path) => /\.(ts|tsx|mjs)$/.test(path))
  const tree = new Map([
    [LAYERS_PAGE, PAGE],
    ['package.json', JSON.stringify({ scripts: named })],
    ...Object.entries(files),
  ])
  return new Map([...tree, ...mended(tree), ...Object.entries(files)])
}

/** What tidy says, as `path:line: text` lines. */
function saidOf(tree: Tree): string {
  return tidy(tree)
    .map(({ path, line, text }) => `${path}:${line}: ${text}`)
    .join('\n')
}

function said(files: Readonly<Record<string, string>>): string {
  return saidOf(planted(files))
}

const HEADER = '/** A file. */\n\n'

test('tidy() finds nothing in the checkout', () => {
  assert.equal(saidOf(readTree(ROOT)), '')
})

test('tidy() takes nothing said of a third person for usted', () => {
  const texts = ['Quien lo abra, que lo copie.', 'Su carpeta, cuando vuelva.', 'Hazlo, pídelo.']
  assert.doesNotMatch(said({ 'README.es.md': `# A\n\n${texts.join('\n\n')}\n` }), /say tú/)
})

test('tidy() finds nothing in a checkout of clean files', () => {
  const clean = {
    'src/base/a.ts': `${HEADER}export const a = 1\n`,
    'src/ring/b.ts': `${HEADER}import { a } from '../base/a.ts'\nexport const b = new Date(a)\n`,
    'docs/x.md': '# X\n\n[here](../src/base/a.ts)\n',
  }
  assert.equal(said(clean), '')
})

interface Plant {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly says: RegExp
}

const B = '# B\n\n## Two `words`?\n'

const PLANTS: readonly Plant[] = [
  {
    name: 'an upward import',
    files: {
      'src/ring/a.ts': `${HEADER}import { b } from '../overlay/b.ts'\nb()\n`,
      'src/overlay/b.ts': `${HEADER}export function b(): void {}\n`,
    },
    says: /^src\/ring\/a\.ts:3: src\/ring \(3\) imports upwards from src\/overlay \(4\)/,
  },
  {
    name: 'an upward import of a type',
    files: {
      'src/wire/a.ts': `${HEADER}import type { B } from '../rpc/b.ts'\nexport type A = B\n`,
      'src/rpc/b.ts': `${HEADER}export type B = string\n`,
    },
    says: /^src\/wire\/a\.ts:3: .* imports upwards/,
  },
  {
    name: 'an upward import() and an upward re-export',
    files: {
      'src/rpc/a.ts': `${HEADER}export { b } from '../node/b.ts'\nvoid import('../node/b.ts')\n`,
      'src/node/b.ts': `${HEADER}export const b = 1\n`,
    },
    says: /^src\/rpc\/a\.ts:3: .* upwards.*\nsrc\/rpc\/a\.ts:4: .* upwards/,
  },
  {
    name: 'one pure machine that knows another',
    files: {
      'src/consensus/a.ts': `${HEADER}import { b } from '../ring/b.ts'\nexport const a = b\n`,
      'src/ring/b.ts': `${HEADER}export const b = 1\n`,
    },
    says: /^src\/consensus\/a\.ts:3: .* upwards/,
  },
  {
    name: 'one service that imports another',
    files: {
      'src/services/files/a.ts': `${HEADER}import { b } from '../scrape/b.ts'\nexport const a = b\n`,
      'src/services/scrape/b.ts': `${HEADER}export const b = 1\n`,
    },
    says: /files imports scrape, another island/,
  },
  {
    name: 'the platform imported below the composition root',
    files: {
      'sim/a.ts': `${HEADER}import { b } from '../src/platform/b.ts'\nexport const a = b\n`,
      'src/platform/b.ts': `${HEADER}export const b = 1\n`,
    },
    says: /^sim\/a\.ts:3: src\/platform is imported by .* alone/,
  },
  {
    name: 'a cycle through a type import',
    files: {
      'src/base/a.ts': `${HEADER}import { b } from './b.ts'\nexport type A = typeof b\n`,
      'src/base/b.ts': `${HEADER}import type { A } from './a.ts'\nexport const b: A = 1\n`,
    },
    says: /imports itself: src\/base\/a\.ts → src\/base\/b\.ts → src\/base\/a\.ts/,
  },
  {
    name: 'Date.now in ring/',
    files: { 'src/ring/a.ts': `${HEADER}export const a = Date.now()\n` },
    says: /^src\/ring\/a\.ts:3: Date\.now: use Clock/,
  },
  {
    name: 'a clock read through new Date() and an alias',
    files: {
      'src/overlay/a.ts': `${HEADER}export const a = new Date()\nexport const { now } = Date\n`,
    },
    says: /^src\/overlay\/a\.ts:3: Date: use Clock.*\nsrc\/overlay\/a\.ts:4: Date: use Clock/,
  },
  {
    name: 'chance, timers and the process in a service',
    files: {
      'src/services/scrape/a.ts': `${HEADER}setTimeout(() => process.exit(), Math.random())\n`,
    },
    says: /setTimeout: use Clock(.|\n)*process: use an argument(.|\n)*Math\.random: use Chance/,
  },
  {
    name: 'node: in the core',
    files: { 'src/rpc/a.ts': `${HEADER}import { connect } from 'node:net'\nconnect(1)\n` },
    says: /^src\/rpc\/a\.ts:3: node:net in src\/rpc: go through/,
  },
  {
    name: 'a package in a layer without packages',
    files: { 'src/ring/a.ts': `${HEADER}import { pack } from 'msgpackr'\npack(1)\n` },
    says: /src\/ring may not import msgpackr/,
  },
  {
    name: 'a promise in a pure machine',
    files: { 'src/ring/a.ts': `${HEADER}export const a = async (): Promise<void> => {}\n` },
    says: /async in src\/ring: return an effect/,
  },
  {
    name: 'a file outside of all layers',
    files: { 'src/stray/a.ts': `${HEADER}export const a = 1\n` },
    says: /^src\/stray\/a\.ts:0: lies in no layer/,
  },
  {
    name: 'a function of 71 lines',
    files: { 'src/base/a.ts': `${HEADER}export function a(): void {\n${'\n'.repeat(69)}}\n` },
    says: /^src\/base\/a\.ts:3: function of 71 lines/,
  },
  {
    name: 'a file of 501 lines',
    files: { 'src/base/a.ts': `${HEADER}export const a = 1\n${'void a\n'.repeat(498)}` },
    says: /^src\/base\/a\.ts:0: 501 lines/,
  },
  {
    name: 'a line of 101 characters',
    files: { 'test/a.ts': `export const a = ${'1 + '.repeat(20)}${'1'.repeat(4)}\n` },
    says: /^test\/a\.ts:1: 101 characters/,
  },
  {
    name: 'an export without a comment',
    files: { 'src/base/a.ts': 'export function a(): void {}\n' },
    says: /^src\/base\/a\.ts:1: a is exported without a doc comment/,
  },
  {
    name: 'a file that nobody names',
    files: { 'package.json': '{}', 'src/base/a.ts': `${HEADER}export const a = 1\n` },
    says: /^src\/base\/a\.ts:0: nothing imports or names/,
  },
  {
    name: 'types of a package that nobody imports',
    files: { 'package.json': '{}', 'src/base/a.d.ts': "/** Of a. */\ndeclare module 'a' {}\n" },
    says: /^src\/base\/a\.d\.ts:0: nothing imports or names/,
  },
  {
    name: 'a syntax error',
    files: { 'src/base/a.ts': `${HEADER}export const = 1\n` },
    says: /^src\/base\/a\.ts:0: /,
  },
  {
    name: 'an unfinished place',
    files: { 'src/base/a.ts': `${HEADER}// TO${'DO'} later\nexport const a = 1\n` },
    says: /:3: TO.O: finish it/,
  },
  {
    name: 'a test that is not run',
    files: { 'src/base/a.test.ts': `test.${'only'}('a', () => {})\n` },
    says: /^src\/base\/a\.test\.ts:1: .* every test runs/,
  },
  {
    name: 'a path of one machine',
    files: { 'docs/a.md': `# A\n\nSee ${'/'}home/ana/x.\n` },
    says: /^docs\/a\.md:3: .*a path of one machine/,
  },
  {
    name: 'a resolved line in the lock',
    files: { 'package-lock.json': '{\n  "resolved": "https://example.org/a.tgz"\n}\n' },
    says: /^package-lock\.json:2: resolved line/,
  },
  {
    name: 'a command that the shell does not find',
    files: { 'docs/x.md': `“${'anillo'} status” tells it\n` },
    says: /have people type npx anillo/,
  },
  {
    name: 'a host of a registry',
    files: { '.npmrc.txt': `x=https://registry.${'npmjs'}.org/\n` },
    says: /no host of a registry/,
  },
  {
    name: 'usted',
    files: { 'README.es.md': '# A\n\nTú\n\nUna ficha para usted.\n' },
    says: /^README\.es\.md:5: usted: say tú/,
  },
  {
    name: 'an order to usted',
    files: { 'web/src/texts/a.es.ts': `${HEADER}export const A = 'Hecho. Elija otro.'\n` },
    says: /^web\/src\/texts\/a\.es\.ts:3: \. elija: say tú/m,
  },
  {
    name: 'an order to usted with a pronoun',
    files: { 'src/base/a.es.ts': `${HEADER}export const A = 'y vuelve a intentarlo, o cópielo'\n` },
    says: /^src\/base\/a\.es\.ts:3: copielo: say tú/m,
  },
  {
    name: 'what is said to be of usted',
    files: {
      'src/gateways/rest/texts.ts': `${HEADER}const EN = 'su cuenta'\nconst ES = 'su contraseña'\n`,
    },
    says: /^src\/gateways\/rest\/texts\.ts:4: su contrasena: say tú/m,
  },
  {
    name: 'a page with two titles',
    files: { 'docs/a.md': '# A\n\n# B\n' },
    says: /^docs\/a\.md:0: 2 titles/,
  },
  {
    name: 'a link that leads nowhere',
    files: { 'docs/a.md': '# A\n\n[x](../src/gone.ts) but not `[x](y.ts)`\n' },
    says: /^docs\/a\.md:3: the link to \.\.\/src\/gone\.ts leads nowhere$/,
  },
  {
    name: 'a link to a heading that is not there',
    files: { 'docs/a.md': '# A\n\n[b](b.md#two-words) [c](b.md#gone) [d](#a)\n', 'docs/b.md': B },
    says: /^docs\/a\.md:3: the link to b\.md#gone leads nowhere$/,
  },
  {
    name: 'a link to a heading of the page itself that is not there',
    files: { 'docs/a.md': '# A\n\n[d](#b)\n' },
    says: /^docs\/a\.md:3: the link to #b leads nowhere$/,
  },
  {
    name: 'a file that a page names and that is gone',
    files: { 'docs/a.md': '# A\n\nSee `docs/a.md`, `docs/`, `src/gone/x.ts`, `src/*`.\n' },
    says: /^docs\/a\.md:3: src\/gone\/x\.ts is not there: name where it is now$/,
  },
  {
    name: 'a source file that a page names without its folder and that is gone',
    files: { 'docs/a.md': '# A\n\nSee `errors.ts`, `../base/errors.ts`, `wire/errors.ts`.\n' },
    says: /^docs\/a\.md:3: wire\/errors\.ts is not there: name where it is now$/,
  },
  {
    name: 'a page to which the index does not lead',
    files: { 'docs/README.md': '# Pages\n\n[a](a.md)\n', 'docs/a.md': '# A\n', 'docs/b.md': B },
    says: /^docs\/README\.md:0: nothing leads to b\.md: add it by its task$/m,
  },
  {
    name: 'two decisions of one number',
    files: { 'docs/decisions/0007-a.md': '# A\n', 'docs/decisions/0007-b.md': '# B\n' },
    says: /^docs\/decisions\/0007-b\.md:0: docs\/decisions\/0007-a\.md has that number, too$/m,
  },
  {
    name: 'a test that a map of promises names and that has another name',
    files: {
      'src/base/a.test.ts': `${HEADER}test('one is two', f)\n`,
      'docs/beyond.md': [
        '# Map',
        '| 1 | one | `docs/beyond.md` | `src/base/a.test.ts`: one is two |',
        '| 2 | two | `docs/beyond.md` | not shown by a test: nobody can |',
        '| 3 | three | `docs/beyond.md` | `src/base/a.test.ts`: one is |',
        '',
      ].join('\n'),
    },
    says: /^docs\/beyond\.md:4: there is no test `src\/base\/a\.test\.ts`: one is: name what/,
  },
  {
    name: 'an import before what the file says of itself',
    files: {
      'src/base/a.ts': `import { x } from 'node:x'\n/** A file. */\nimport y from 'node:y'\n\nx(y)\n`,
    },
    says: /^src\/base\/a\.ts:1: its own comment stands behind/m,
  },
  {
    name: 'a stale drawing of the layers',
    files: { [LAYERS_PAGE]: PAGE },
    says: /^ARCHITECTURE\.md:0: is stale/,
  },
]

for (const { name, files, says } of PLANTS) {
  test(`tidy() finds ${name}`, () => assert.match(said(files), says))
}

test('every layer that has files is drawn, and no other', () => {
  const tree = readTree(ROOT)
  const page = tree.get(LAYERS_PAGE) ?? ''
  for (const { folder } of LAYERS) {
    const hasFiles = [...tree.keys()].some((path) => path.startsWith(`${folder}/`))
    assert.equal(page.includes(`| \`${folder}/\` |`), hasFiles, folder)
  }
})

test('every error code is on its page, and every code on the page is in the table', () => {
  const page = readTree(ROOT).get(ERRORS_PAGE) ?? ''
  assert.deepEqual(codesOnPage(page), Object.keys(ERRORS))
})

test('mended() gives nothing more to mend', () => {
  const tree = readTree(ROOT)
  assert.deepEqual([...mended(new Map([...tree, ...mended(tree)])).keys()], [])
})
