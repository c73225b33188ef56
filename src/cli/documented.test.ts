/** Commands, options, addresses and codes that pages tell people of are there. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import type { Command } from 'commander'

import { ERRORS } from '../base/errors.ts'
import { DEMANDS } from '../wire/demands.ts'
import { keptIo } from './io.test-helper.ts'
import { buildProgram } from './program.ts'

const ROOT = join(import.meta.dirname, '../..')
/** Not those of former times: the changelog and decisions say what was. */
const PAGES = [
  'README.md',
  'README.es.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md'))

interface Typed {
  readonly page: string
  readonly words: readonly string[]
}

/** As typed: to the end of the line, of the code, or of the part that a shell would run. */
function typedOn(page: string): readonly Typed[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return [...text.matchAll(/npx anillo ([^`“”\n;|&#()]+)/g)].map(([, line = '']) => ({
    page,
    words: line.trim().split(/\s+/),
  }))
}

interface Meant {
  readonly command: Command
  readonly others: readonly string[]
}

function meant(command: Command, words: readonly string[]): Meant {
  const [word, ...others] = words
  const next = command.commands.find(
    (one) => one.name() === word || (word !== undefined && one.aliases().includes(word)),
  )
  return next === undefined ? { command, others: words } : meant(next, others)
}

function hasOption(command: Command, flag: string): boolean {
  return (
    ['--help', '-h', '--version'].includes(flag) ||
    command.options.some(({ long, short }) => long === flag || short === flag)
  )
}

test('each command on a page is there, with its options', () => {
  const program = buildProgram({ io: keptIo(), run: async () => undefined })
  const typed = PAGES.flatMap(typedOn)
  assert.ok(typed.length > 200, `only ${typed.length} commands are found`)
  for (const { page, words } of typed) {
    const said = `${page}: npx anillo ${words.join(' ')}`
    // COMMAND stands for any; scenarios and measurements have options of their own.
    if (/^(COMMAND|-.*|sim|bench)$/.test(words[0] ?? '')) continue
    const { command, others } = meant(program, words)
    assert.notEqual(command, program, said)
    const [first] = others
    // Of a command with words of its own the next word is one of those, or stands for one.
    if (command.commands.length > 0 && command.registeredArguments.length === 0) {
      assert.ok(
        first === undefined || !/^[a-z]+$/.test(first),
        `${said}: ${first} is no word of it`,
      )
    }
    for (const flag of others.filter((word) => /^--?[a-z]/.test(word))) {
      const name = flag.replace(/[=.,:]+.*$/, '')
      assert.ok(hasOption(command, name), `${said}: there is no ${name}`)
    }
  }
})

test('each address below /v1 on a page is one that doors know', () => {
  const known = Object.keys(DEMANDS).map((request) => request.replace(/^[A-Z]+ /, ''))
  const patterns = known.map((path) => {
    const parts = path.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part))
    return new RegExp(
      `^${parts
        .join('/')
        .replaceAll('.', String.raw`\.`)
        .replace('*', '.*')}$`,
    )
  })
  const told = PAGES.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/(?<![\w.])\/v1\/[\w/.{}:-]+/g)].map(
      ([path]) => ({ page, path: path.replace(/[:./]+$/, '') }),
    ),
  )
  assert.ok(told.length > 200, `only ${told.length} addresses are found`)
  for (const { page, path } of told) {
    const isKnown = patterns.some((pattern) => pattern.test(path))
    const isAbove = known.some((one) => one.startsWith(`${path}/`))
    assert.ok(isKnown || isAbove || path === '/v1/openapi.json', `${page}: ${path}`)
  }
})

test('each code of the page for troubleshooting is one that people can meet', () => {
  const page = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8')
  const codes = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+|BUSY)`/g)].map(([, code = '']) => code)
  assert.ok(codes.length > 30)
  for (const code of codes) if (!code.startsWith('ANILLO_')) assert.ok(code in ERRORS, code)
})

test('the first page in Spanish begins with the same commands', () => {
  const commandsOf = (page: string): readonly string[] => {
    const [, block = ''] = /^```sh\n([^]*?)^```/m.exec(readFileSync(join(ROOT, page), 'utf8')) ?? []
    return block.split('\n').map((line) => line.replace(/ +#.*$/, ''))
  }
  assert.deepEqual(commandsOf('README.md'), ['npm start', 'npm test', ''])
  assert.deepEqual(commandsOf('README.es.md'), commandsOf('README.md'))
})
