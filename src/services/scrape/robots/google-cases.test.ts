/**
 * What Google's parser promises, case by case: the facts of `robots_test.cc` of
 * github.com/google/robotstxt (Copyright 2019 Google LLC, Apache License 2.0), written anew as a
 * table. The two in which RFC 9309 and our spelling of URLs decide otherwise stand at the end.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { canonicalUrl } from '../urls/canonical-url.ts'
import { decisionFor, parseRobots, ROBOTS_LINE_CHARS_MAX, rulesFor } from './robots.ts'

interface Case {
  readonly about: string
  readonly file: readonly string[]
  /** `FooBot` where none is named. */
  readonly agent?: string
  /** Paths on one host, or whole URLs. */
  readonly allowed?: readonly string[]
  readonly refused?: readonly string[]
}

const GROUPS = [
  'allow: /foo/bar/',
  '',
  'user-agent: FooBot',
  'disallow: /',
  'allow: /x/',
  'user-agent: BarBot',
  'disallow: /',
  'allow: /y/',
  '',
  '',
  'allow: /w/',
  'user-agent: BazBot',
  '',
  'user-agent: FooBot',
  'allow: /z/',
  'disallow: /',
]
const SPACED_AGENT = [
  'User-Agent: *',
  'Disallow: /',
  'User-Agent: Foo Bar',
  'Allow: /x/',
  'Disallow: /',
]
const GLOBAL = ['user-agent: *', 'allow: /', 'user-agent: FooBot', 'disallow: /']
const SPECIFIC = [
  'user-agent: FooBot',
  'allow: /',
  'user-agent: BarBot',
  'disallow: /',
  'user-agent: BazBot',
  'disallow: /',
]
const SITEMAP_BETWEEN = [
  'User-agent: BarBot',
  'Sitemap: https://foo.bar/sitemap',
  'User-agent: *',
  'Disallow: /',
]
const UNKNOWN_BETWEEN = [
  'User-agent: FooBot',
  'Invalid-Unknown-Line: unknown',
  'User-agent: *',
  'Disallow: /',
]
const ALL_REFUSED = ['user-agent: FooBot', 'disallow: /']
const only = (allowed: string): string[] => [...ALL_REFUSED, `allow: ${allowed}`]
const foo = (...rules: string[]): string[] => ['user-agent: FooBot', ...rules]
const LONG = '/x/'.padEnd(ROBOTS_LINE_CHARS_MAX - 'disallow: '.length, 'a')
const LONG_A = '/x/'.padEnd(ROBOTS_LINE_CHARS_MAX - 'allow: '.length, 'a')
const LONG_B = '/x/'.padEnd(ROBOTS_LINE_CHARS_MAX - 'allow: '.length, 'b')

const SYNTAX: readonly Case[] = [
  { about: 'an empty file allows all', file: [], allowed: ['', '/x'] },
  { about: 'an empty file, no agent', file: [], agent: '', allowed: ['', '/x'] },
  { about: 'no agent is nobody', file: ALL_REFUSED, agent: '', allowed: [''] },
  { about: 'no URL is the root', file: ALL_REFUSED, refused: [''] },
  { about: 'lines with colons', file: ALL_REFUSED, refused: ['/x/y'] },
  { about: 'unknown names', file: ['foo: FooBot', 'bar: /'], allowed: ['/x/y'] },
  { about: 'no colons', file: ['user-agent FooBot', 'disallow /'], refused: ['/x/y'] },
  {
    about: 'groups of one agent are joined',
    file: GROUPS,
    allowed: ['/x/b', '/z/d'],
    refused: ['/y/c', '/foo/bar/'],
  },
  {
    about: 'a group goes on after empty lines',
    file: GROUPS,
    agent: 'BarBot',
    allowed: ['/y/c', '/w/a'],
    refused: ['/z/d', '/foo/bar/'],
  },
  {
    about: 'agents in a row share a group',
    file: GROUPS,
    agent: 'BazBot',
    allowed: ['/z/d'],
    refused: ['/foo/bar/'],
  },
  { about: 'a sitemap ends no group', file: SITEMAP_BETWEEN, refused: ['/'] },
  { about: 'a sitemap ends no group', file: SITEMAP_BETWEEN, agent: 'BarBot', refused: ['/'] },
  { about: 'an unknown line ends no group', file: UNKNOWN_BETWEEN, refused: ['/'] },
  { about: 'an unknown line', file: UNKNOWN_BETWEEN, agent: 'BarBot', refused: ['/'] },
  {
    about: 'names in capitals',
    file: ['USER-AGENT: FooBot', 'ALLOW: /x/', 'DISALLOW: /'],
    allowed: ['/x/y'],
    refused: ['/a/b'],
  },
  {
    about: 'names in small letters',
    file: foo('allow: /x/', 'disallow: /'),
    allowed: ['/x/y'],
    refused: ['/a/b'],
  },
  {
    about: 'names in both',
    file: ['uSeR-aGeNt: FooBot', 'AlLoW: /x/', 'dIsAlLoW: /'],
    allowed: ['/x/y'],
    refused: ['/a/b'],
  },
  { about: 'an agent up to its space', file: SPACED_AGENT, agent: 'Foo', allowed: ['/x/y'] },
  { about: 'an agent with a space', file: SPACED_AGENT, agent: 'Foo Bar', refused: ['/x/y'] },
  { about: 'a named group goes before the global', file: GLOBAL, refused: ['/x/y'] },
  { about: 'the global group', file: GLOBAL, agent: 'BarBot', allowed: ['/x/y'] },
  { about: 'no group at all', file: SPECIFIC, agent: 'QuxBot', allowed: ['/x/y'] },
  {
    about: 'a line is cut at its limit, and its rest forgotten',
    file: foo(`disallow: ${LONG}/qux`),
    allowed: ['/fux'],
    refused: [`${LONG}/fux`],
  },
  {
    about: 'an allow line too',
    file: foo('disallow: /', `allow: ${LONG_A}/qux`, `allow: ${LONG_B}/qux`),
    allowed: [`${LONG_A}/qux`, `${LONG_B}/fux`],
    refused: ['/'],
  },
]

/** Each spelling of the agent in the file, each of the agent that asks. */
const AGENT_CASES: readonly Case[] = ['FOO BAR', 'foo bar', 'FoO bAr'].flatMap((written) =>
  ['Foo', 'foo'].map((agent) => ({
    about: `agent ${written} asked by ${agent}`,
    file: [`User-Agent: ${written}`, 'Allow: /x/', 'Disallow: /'],
    agent,
    allowed: ['/x/y'],
    refused: ['/a/b'],
  })),
)

const LENGTHS: readonly Case[] = [
  { about: 'case of paths', file: foo('disallow: /x/'), refused: ['/x/y'] },
  { about: 'case of paths', file: foo('disallow: /X/'), allowed: ['/x/y'] },
  {
    about: 'the longer rule refuses',
    file: foo('disallow: /x/page.html', 'allow: /x/'),
    refused: ['/x/page.html'],
  },
  {
    about: 'the longer rule allows',
    file: foo('allow: /x/page.html', 'disallow: /x/'),
    allowed: ['/x/page.html'],
    refused: ['/x/'],
  },
  { about: 'empty rules', file: foo('disallow: ', 'allow: '), allowed: ['/x/page.html'] },
  { about: 'of two alike', file: foo('disallow: /', 'allow: /'), allowed: ['/x/page.html'] },
  {
    about: 'a slash more is longer',
    file: foo('disallow: /x', 'allow: /x/'),
    allowed: ['/x/'],
    refused: ['/x'],
  },
  {
    about: 'of two alike',
    file: foo('disallow: /x/page.html', 'allow: /x/page.html'),
    allowed: ['/x/page.html'],
  },
  {
    about: 'stars count',
    file: foo('allow: /page', 'disallow: /*.html'),
    allowed: ['/page'],
    refused: ['/page.html'],
  },
  {
    about: 'longer than stars',
    file: foo('allow: /x/page.', 'disallow: /*.html'),
    allowed: ['/x/page.html'],
    refused: ['/x/y.html'],
  },
  {
    about: 'the named group alone',
    file: ['User-agent: *', 'Disallow: /x/', 'User-agent: FooBot', 'Disallow: /y/'],
    allowed: ['/x/page'],
    refused: ['/y/page'],
  },
  { about: 'precedence', file: foo('allow: /p', 'disallow: /'), allowed: ['/page'] },
  {
    about: 'precedence',
    file: foo('allow: /folder', 'disallow: /folder'),
    allowed: ['/folder/page'],
  },
  { about: 'precedence', file: foo('allow: /page', 'disallow: /*.htm'), refused: ['/page.htm'] },
  {
    about: 'precedence',
    file: foo('allow: /$', 'disallow: /'),
    allowed: ['/'],
    refused: ['/page.html'],
  },
]

const FISH = ['/fish', '/fish.html', '/fish/salmon.html', '/fishheads', '/fishheads/yummy.html']
const PATTERNS: readonly Case[] = [
  {
    about: 'a star between',
    file: foo('Disallow: /foo/bar/quz', 'Allow: /foo/*/qux'),
    allowed: ['/foo/quz', '/foo//quz', '/foo/bax/quz'],
    refused: ['/foo/bar/quz'],
  },
  {
    about: 'an end',
    file: foo('Disallow: /foo/bar$', 'Allow: /foo/bar/qux'),
    allowed: ['/foo/bar/qux', '/foo/bar/', '/foo/bar/baz'],
    refused: ['/foo/bar'],
  },
  {
    about: 'comments',
    file: foo('# Disallow: /', 'Disallow: /foo/quz#qux', 'Allow: /'),
    allowed: ['/foo/bar'],
    refused: ['/foo/quz'],
  },
  {
    about: 'index.html is its folder',
    file: ['User-Agent: *', 'Allow: /allowed-slash/index.html', 'Disallow: /'],
    allowed: ['/allowed-slash/', '/allowed-slash/index.html'],
    refused: ['/allowed-slash/index.htm', '/anyother-url'],
  },
  ...['/fish', '/fish*'].map((pattern) => ({
    about: pattern,
    file: only(pattern),
    allowed: [...FISH, '/fish.html?id=anything'],
    refused: ['/bar', '/Fish.asp', '/catfish', '/?id=fish'],
  })),
  {
    about: '/fish/',
    file: only('/fish/'),
    allowed: ['/fish/', '/fish/salmon', '/fish/?salmon', '/fish/salmon.html', '/fish/?id=anything'],
    refused: ['/bar', '/fish', '/fish.html', '/Fish/Salmon.html'],
  },
  {
    about: '/*.php',
    file: only('/*.php'),
    allowed: [
      '/filename.php',
      '/folder/filename.php',
      '/folder/filename.php?parameters',
      '//folder/any.php.file.html',
      '/filename.php/',
      '/index?f=filename.php/',
    ],
    refused: ['/bar', '/php/', '/index?php', '/windows.PHP'],
  },
  {
    about: '/*.php$',
    file: only('/*.php$'),
    allowed: ['/filename.php', '/folder/filename.php'],
    refused: [
      '/bar',
      '/filename.php?parameters',
      '/filename.php/',
      '/filename.php5',
      '/php/',
      '/filename?php',
      '/aaaphpaaa',
      '//windows.PHP',
    ],
  },
  {
    about: '/fish*.php',
    file: only('/fish*.php'),
    allowed: ['/fish.php', '/fishheads/catfish.php?parameters'],
    refused: ['/bar', '/Fish.PHP'],
  },
  {
    about: 'delimiters stay',
    file: only('/foo/bar?qux=taz&baz=http://foo.bar?tar&par'),
    allowed: ['/foo/bar?qux=taz&baz=http://foo.bar?tar&par'],
  },
  {
    about: 'letters beyond ASCII',
    file: only('/foo/bar/ツ'),
    allowed: ['/foo/bar/%E3%83%84'],
  },
  {
    about: 'their escapes',
    file: only('/foo/bar/%E3%83%84'),
    allowed: ['/foo/bar/%E3%83%84'],
  },
  {
    about: 'escaped letters, asked for escaped',
    file: only('/foo/bar/%62%61%7A'),
    allowed: ['/foo/bar/%62%61%7A'],
  },
]

for (const cases of [SYNTAX, AGENT_CASES, LENGTHS, PATTERNS]) {
  for (const { about, file, agent = 'FooBot', allowed = [], refused = [] } of cases) {
    test(`decisionFor() ${about}: ${agent}, ${file.at(-1)?.slice(0, 60) ?? 'no lines'}`, () => {
      const rules = rulesFor(parseRobots(Buffer.from(`${file.join('\n')}\n`)), agent)
      const verdict = (path: string) => decisionFor(rules, `http://foo.bar${path}`).kind
      for (const path of allowed) assert.equal(verdict(path), 'allowed', path)
      for (const path of refused) assert.equal(verdict(path), 'refused', path)
    })
  }
}

test('rulesFor() obeys tokens of letters, hyphens and underscores', () => {
  for (const token of ['Foobot', 'Foobot-Bar', 'Foo_Bar']) assert.ok(isRefused(token, token))
  for (const token of ['', 'ツ', 'Foobot*', 'Foobot/2.1', 'Foobot Bar']) {
    assert.ok(!isRefused(token, token), token)
  }
})

function isRefused(written: string, agent: string): boolean {
  const file = `User-agent: ${written}\nDisallow: /\n`
  return decisionFor(rulesFor(parseRobots(Buffer.from(file)), agent), '/x').kind === 'refused'
}

test('parseRobots() counts lines whatever ends them', () => {
  for (const [first, second, end] of [
    ['\n', '\n', '\n'],
    ['\r\n', '\r\n', '\r\n'],
    ['\r', '\r', '\r'],
    ['\n', '\n', ''],
    ['\n', '\r\n', ''],
  ] as const) {
    const lines = ['User-Agent: foo', first, 'Allow: /some/path', second, 'User-Agent: bar']
    const text = [...lines, first, second, first, `Disallow: /${end}`].join('')
    assert.deepEqual(parseRobots(Buffer.from(text)).groups, [
      { agents: ['foo'], rules: [{ isAllow: true, pattern: '/some/path', line: 2 }] },
      { agents: ['bar'], rules: [{ isAllow: false, pattern: '/', line: 6 }] },
    ])
  }
})

test('parseRobots() skips a byte order mark, whole or begun, at the very beginning alone', () => {
  const body = Buffer.from('User-Agent: foo\nAllow: /AnyValue\n')
  const groups = (...parts: Uint8Array[]) => parseRobots(Buffer.concat(parts)).groups.length
  for (const mark of [[0xef, 0xbb, 0xbf], [0xef, 0xbb], [0xef], []]) {
    assert.equal(groups(Uint8Array.from(mark), body), 1)
  }
  assert.equal(groups(Uint8Array.of(0xef, 0x11, 0xbf), body), 0)
  const middle = Buffer.from('User-Agent: foo\n\uFEFFAllow: /AnyValue\n')
  assert.deepEqual(parseRobots(middle).groups, [{ agents: ['foo'], rules: [] }])
})

test('parseRobots() takes sitemaps wherever they stand', () => {
  const rest = 'User-Agent: foo\nAllow: /some/path\nUser-Agent: bar\n\n\n'
  const line = 'Sitemap: http://foo.bar/sitemap.xml\n'
  for (const text of [rest + line, line + rest]) {
    assert.deepEqual(parseRobots(Buffer.from(text)).sitemaps, ['http://foo.bar/sitemap.xml'])
  }
})

test('decisionFor() takes path and query out of a URL', () => {
  for (const [url, path] of [
    ['', '/'],
    ['http://www.example.com', '/'],
    ['http://www.example.com/', '/'],
    ['http://www.example.com/a', '/a'],
    ['http://www.example.com/a/', '/a/'],
    ['http://www.example.com/a/b?c=http://d.e/', '/a/b?c=http://d.e/'],
    ['http://www.example.com/a/b?c=d&e=f#fragment', '/a/b?c=d&e=f'],
    ['example.com', '/'],
    ['example.com/', '/'],
    ['example.com/a', '/a'],
    ['example.com/a/', '/a/'],
    ['example.com/a/b?c=d&e=f#fragment', '/a/b?c=d&e=f'],
    ['a', '/'],
    ['a/', '/'],
    ['/a', '/a'],
    ['a/b', '/b'],
    ['example.com?a', '/?a'],
    ['example.com/a;b#c', '/a;b'],
    ['//a/b/c', '/b/c'],
  ] as const) {
    const rules = rulesFor(parseRobots(Buffer.from(`User-agent: *\nDisallow: ${path}$\n`)), 'x')
    assert.equal(decisionFor(rules, url).kind, 'refused', url)
  }
})

test('parseRobots() writes escapes alike', () => {
  for (const [written, escaped] of [
    ['/http://www.example.com', '/http://www.example.com'],
    ['/a/b/c', '/a/b/c'],
    ['/á', '/%C3%A1'],
    ['/%aa', '/%AA'],
  ]) {
    const { groups } = parseRobots(Buffer.from(`User-agent: *\nAllow: ${written}\n`))
    assert.equal(groups[0]?.rules[0]?.pattern, escaped)
  }
})

/** Exception 1: RFC 9309, 2.2.2 undoes escapes of unreserved characters before it compares. */
test('decisionFor() takes %62%61%7A for baz, on either side', () => {
  const verdict = (pattern: string, path: string) =>
    decisionFor(rulesFor(parseRobots(Buffer.from(only(pattern).join('\n'))), 'FooBot'), path).kind
  assert.equal(verdict('/foo/bar/%62%61%7A', '/foo/bar/baz'), 'allowed')
  assert.equal(verdict('/foo/bar/baz', '/foo/bar/%62%61%7A'), 'allowed')
})

/** Exception 2: Google's caller must escape what it asks for; `canonicalUrl` has done it for us. */
test('decisionFor() sees letters beyond ASCII as canonicalUrl() spells them', () => {
  const url = canonicalUrl('http://foo.bar/foo/bar/ツ')
  for (const pattern of ['/foo/bar/ツ', '/foo/bar/%E3%83%84']) {
    const robots = parseRobots(Buffer.from(only(pattern).join('\n')))
    assert.equal(decisionFor(rulesFor(robots, 'FooBot'), url).kind, 'allowed')
  }
})
