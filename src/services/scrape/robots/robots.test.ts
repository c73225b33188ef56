import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { accessOf } from './access.ts'
import { escapedPattern, matches, patternOf } from './pattern.ts'
import { decisionFor, parseRobots, ROBOTS_BYTES_MAX, rulesFor } from './robots.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const asked = (text: string, agent: string, path: string) =>
  decisionFor(rulesFor(parseRobots(bytes(text)), agent), canonicalUrl(`http://foo.bar${path}`))

/**
 * Facts that the tests of other parsers agree on (protego, BSD 3-Clause, and the drafts of 1994 and
 * 1996): rules, what they allow, what they refuse.
 */
const FACTS: readonly (readonly [rules: string, allowed: string, refused: string])[] = [
  ['Dissallow: /2|Dissalow: /3|Disalow: /4|Diasllow: /5|Disallaw: /6', '/1', '/2 /3 /4 /5 /6'],
  ['Disallow: /|Allow: /a%3cd.html', '/a<d.html /a%3cd.html /a%3Cd.html', '/ad.html'],
  ['Disallow: /|Allow: /a<d.html', '/a<d.html /a%3cd.html', '/ad.html'],
  ['Disallow: /|Allow: /a%3c*', '/a<d.html /a%3cd.html', '/a'],
  ['Disallow: /path;params?query', '/path;params', '/path;params?query /path;params?query#part'],
  ['Disallow: /?', '/', '/?query'],
  ['Disallow: /;', '/', '/;params'],
  ['Disallow: /|Allow: /a%2fb.html', '/a%2Fb.html', '/a/b.html'],
  ['Disallow: /|Allow: /a/b.html', '/a/b.html', '/a%2fb.html'],
  ['Disallow: /|Allow: /%7ejoe/', '/~joe/i /%7Ejoe/i', '/joe/'],
  ['Disallow: /|Allow: /~joe/', '/~joe/i /%7Ejoe/i', '/joe/'],
  ['Disallow: /|Allow: /map', '/map.html /map /map/a.html', '/'],
  ['Disallow: /|Allow: /map/', '/map/ /map/a.html', '/map'],
  ['Disallow: /x/*/end$', '/x /x/y/ending', '/x/y/end /x/y/z/end'],
  ['Disallow: /pro*work', '/rowork /prowor', '/proworks /pro_works /pro/does_work'],
  ['Allow: /*allowed|Disallow: /', '/allowed /is_still_allowed /is_allowed_too', '/a'],
  ['Disallow: *m', '/foo /foo/bar.txt', '/foo.htm /foo.html /foom /moo /foo/bar.html'],
  ['Allow: /foo/bar.html|Disallow: *', '/foo/bar.html', '/fo.html /foo /foo/bar.txt'],
  [
    'Disallow: /foo*/*bar.html',
    '/food/rebarf.html',
    '/foo/bar.html /food/rebar.html /foo/a/bar.html',
  ],
  ['Allow: /foo$|Disallow: /foo', '/foo', '/foo/ /foo/bar.html /fooey'],
  ['Allow: *****************/****.js', '/xyz/foo.js /fashion-20160727/', ''],
  ['Disallow: /x$/abc', '/x/abc', '/x$/abcdef /x%24/abcdef'],
  ['Disallow: /y/abc$', '/y/abcdef', '/y/abc'],
  ['Disallow: /x*x$/abc', '/xabcx/abc', '/xabcx$/abcdef /xabcx%24/abcdef'],
  ['Disallow: /x/abc%24', '/x/abc', '/x/abc$abc /x/abc$ /x/abc%24'],
  ['Disallow: /x%2Ax/abc', '/xabcx/abc', '/x*x/abc /x*x/abcdef /x%2ax/abc'],
  ['Disallow: http://ms-web00.walkerplus.com/', '/', '/http://ms-web00.walkerplus.com/'],
  ['Disallow: //folder/*', '/ /folder /folder/ /folder/page //folder', '//folder/page'],
  ['Disallow: /*s=', '/ /s/', '/?s=asd'],
  ['Allow: */p|Disallow: /', '/page', '/x'],
  ['Allow: /page|Disallow: */*.htm', '/page', '/page.htm'],
  ["Disallow: /?q='", '/?q=', "/?q=' /?q=%27"],
  ['Disallow: /wiki/Käyttäjä:', '/wiki/', '/wiki/K%C3%A4ytt%C3%A4j%C3%A4: /wiki/Käyttäjä:x'],
  [
    'Disallow: /cyber/map/ # endless|Disallow: /foo.html',
    '/ /foo.htm /cyber/',
    '/foo.html /cyber/map/',
  ],
  ['Disallow: /org/plans|Allow: /org/|Disallow: /', '/org/about', '/org/plans.html /orgo.gif'],
  ['Disallow: /|Allow: /robots', '/robots.txt /robots.txt?', '/'],
  ['Disallow: private/', '/', '/private/x'],
]

test('decisionFor() decides as other parsers do', () => {
  for (const [rules, allowed, refused] of FACTS) {
    const text = `User-agent: *\n${rules.replaceAll('|', '\n')}`
    const paths = (list: string): string[] => list.split(' ').filter((path) => path !== '')
    for (const path of paths(allowed)) {
      assert.equal(asked(text, 'anillo', path).kind, 'allowed', `${rules} ${path}`)
    }
    for (const path of paths(refused)) {
      assert.equal(asked(text, 'anillo', path).kind, 'refused', `${rules} ${path}`)
    }
  }
})

test('decisionFor() takes an empty rule for the end of a list of agents', () => {
  const text = 'User-agent: anillo\nDisallow:\nUser-agent: other\nDisallow: /'
  assert.equal(asked(text, 'anillo', '/x').kind, 'allowed')
  assert.equal(asked(text, 'other', '/x').kind, 'refused')
})

test('decisionFor() names the line that refuses', () => {
  const text = 'User-agent: *\r\n\r\nDisallow: /a\r\nDisallow: /a/b'
  assert.deepEqual(asked(text, 'anillo', '/a/b'), { kind: 'refused', line: 4, pattern: '/a/b' })
  assert.deepEqual(asked(text, 'anillo', '/a'), { kind: 'refused', line: 3, pattern: '/a' })
})

test('decisionFor() never refuses robots.txt itself', () => {
  assert.equal(asked('User-agent: *\nDisallow: /', 'anillo', '/robots.txt').kind, 'allowed')
})

test('parseRobots() compares bytes, whatever the charset of the file', () => {
  const latin1 = Buffer.from('User-agent: *\nDisallow: /caf\xe9\n', 'latin1')
  const rules = rulesFor(parseRobots(latin1), 'anillo')
  assert.equal(decisionFor(rules, 'http://foo.bar/caf%E9').kind, 'refused')
  assert.equal(decisionFor(rules, 'http://foo.bar/caf%C3%A9').kind, 'allowed')
  const sitemap = parseRobots(bytes('Sitemap: /karte-ü.xml'))
  assert.deepEqual(sitemap.sitemaps, ['/karte-%C3%BC.xml'])
})

const DELAYS: readonly (readonly [
  text: string,
  anillo: number | undefined,
  other: number | undefined,
])[] = [
  ['User-agent: *\nCrawl-delay: 10', 10_000, 10_000],
  ['User-agent: *\nCrawl-delay: 0.25', 250, 250],
  ['User-agent: *\nCrawl-delay: .5 # half', 500, 500],
  ['User-agent: *\ncrawldelay 3', 3_000, 3_000],
  ['User-agent: *\nCrawl-delay: 2s', 2_000, 2_000],
  ['User-agent: *\nCrawl-delay: 0', 0, 0],
  ['User-agent: *\nCrawl-delay: soon', undefined, undefined],
  ['User-agent: *\nCrawl-delay: -1', undefined, undefined],
  ['User-agent: *\nCrawl-delay: 1e9', undefined, undefined],
  ['Crawl-delay: 5\nUser-agent: *', undefined, undefined],
  ['User-agent: *\nCrawl-delay: 1\nUser-agent: anillo\nCrawl-delay: 15', 15_000, 1_000],
  ['User-agent: anillo\nUser-agent: *\nCrawl-delay: 7', 7_000, 7_000],
  ['User-agent: *\nCrawl-delay: 10\nUser-agent: anillo\nDisallow: /', undefined, 10_000],
  ['User-agent: anillo\nDisallow: /x\nUser-agent: *\nCrawl-delay: 4', undefined, 4_000],
  ['User-agent: *\nCrawl-delay: 2\nDisallow: /x\nCrawl-delay: 5', 5_000, 5_000],
]

test('rulesFor() tells the delay of the group that is obeyed', () => {
  for (const [text, anillo, other] of DELAYS) {
    const robots = parseRobots(bytes(text))
    assert.equal(rulesFor(robots, 'Anillo').delayMs, anillo, text)
    assert.equal(rulesFor(robots, 'other').delayMs, other, text)
  }
})

test('parseRobots() reads 500 KiB and says when there was more', () => {
  const head = 'User-agent: *\nDisallow: /a\n'
  const fill = '#'.repeat(ROBOTS_BYTES_MAX - head.length - 1)
  const cut = parseRobots(bytes(`${head}${fill}\nDisallow: /b\n`))
  assert.equal(cut.isCut, true)
  assert.deepEqual(
    cut.groups[0]?.rules.map(({ pattern }) => pattern),
    ['/a'],
  )
  assert.equal(parseRobots(bytes(head)).isCut, false)
})

test('parseRobots() of 10 MB, of HTML, of noise gives rules or none, and ends', () => {
  assert.equal(parseRobots(new Uint8Array(10_000_000).fill(0x3c)).isCut, true)
  const html = '<!doctype html><html><p>Disallow: nothing</p>\n<a href="x:y">Allow: /</a></html>'
  assert.deepEqual(parseRobots(bytes(html)).groups, [])
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.webPath(), (noise, path) => {
      decisionFor(rulesFor(parseRobots(noise), 'anillo'), `http://foo.bar${path}`)
    }),
  )
})

test('matches() takes no way back: stars and letters without end are one pass', () => {
  const pattern = patternOf(`/${'*a'.repeat(8_000)}*b`)
  assert.equal(matches(pattern, `/${'a'.repeat(8_000)}`), false)
  assert.equal(matches(pattern, `/${'a'.repeat(8_000)}b`), true)
})

test('matches() agrees with the same pattern as a regular expression', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '$'), maxLength: 8 })
  const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 })
  fc.assert(
    fc.property(text, path, (written, rest) => {
      const pattern = escapedPattern(`/${written}`)
      const body = pattern.replace(/\$$/, '').replaceAll('$', '\\$').replaceAll('*', '.*')
      const expected = new RegExp(`^${body}${pattern.endsWith('$') ? '$' : ''}`).test(`/${rest}`)
      assert.equal(matches(patternOf(pattern), `/${rest}`), expected)
    }),
    { numRuns: 2_000 },
  )
})

test('accessOf() reads 2xx, allows all after 4xx, refuses all after 5xx and silence', () => {
  const body = bytes('User-agent: *\nDisallow: /')
  const kind = (status: number) => accessOf({ kind: 'answer', status, body }).kind
  for (const status of [200, 204, 206]) assert.equal(kind(status), 'rules', String(status))
  for (const status of [304, 400, 401, 403, 404, 410, 451]) assert.equal(kind(status), 'all')
  for (const status of [101, 429, 500, 502, 503, 599, 999]) assert.equal(kind(status), 'none')
  assert.equal(accessOf({ kind: 'redirectsEndless' }).kind, 'all')
  assert.deepEqual(accessOf({ kind: 'unreachable' }), { kind: 'none', status: undefined })
})
