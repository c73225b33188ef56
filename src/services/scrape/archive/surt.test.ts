import assert from 'node:assert/strict'
import { test } from 'node:test'

import { surtOf } from './surt.ts'

/** What the Python package `surt` 0.3.1, which pywb uses, makes of them. */
const KEYS: readonly (readonly [url: string, key: string])[] = [
  ['https://www.example.org/Bay?b&a', 'org,example)/bay?a&b'],
  ['http://example.org', 'org,example)/'],
  ['http://example.org:80/', 'org,example)/'],
  ['https://example.org:443/x/', 'org,example)/x'],
  ['https://example.org:80/x/', 'org,example:80)/x'],
  ['http://www2.example.co.uk:8080/a//b/./c/../d/', 'uk,co,example:8080)/a/b/d'],
  ['http://WWW.EXAMPLE.com/A%20b/%c3%a9?Q=%2541', 'com,example)/a%20b/%c3%a9?q=a'],
  ['http://example.com/é/ü?ñ=1', 'com,example)/%c3%a9/%c3%bc?%c3%b1=1'],
  ['http://bücher.example/Straße', 'example,xn--bcher-kva)/stra%c3%9fe'],
  ['http://192.0.2.7/x', '7,2,0,192)/x'],
  ['http://[2001:db8::1]:8080/x', '2001:db8::1:8080)/x'],
  ['http://example.com/?', 'com,example)/'],
  ['http://example.com?x=1', 'com,example)/?x=1'],
  ['http://example.com/a?b=2&a=3&a=1&a&a=', 'com,example)/a?a&a=&a=1&a=3&b=2'],
  ['http://example.com/a?PHPSESSID=0123456789abcdef0123456789abcdef&x=1', 'com,example)/a?x=1'],
  ['http://example.com/a?x=1&jsessionid=0123456789abcdef0123456789abcdef', 'com,example)/a?&x=1'],
  ['http://example.com/a?x=1&sid=0123456789abcdef0123456789abcdef&y=2', 'com,example)/a?x=1&y=2'],
  ['http://example.com/a?CFID=12&CFTOKEN=34&z=1', 'com,example)/a?z=1'],
  ['http://example.com/(S(0123456789abcdefghij0123))/page.aspx?x', 'com,example)/page.aspx?x'],
  ['http://example.com/(0123456789abcdefghij0123)/Page.aspx', 'com,example)/page.aspx'],
  ['urn:pageinfo:https://Example.org/A', 'urn:pageinfo:https://example.org/a'],
  ['urn:text:https://example.org/?b=2&a=1', 'urn:text:https://example.org?a=1&b=2'],
  ['dns:example.org', 'dns:example.org'],
  ['http://example.com/a#frag', 'com,example)/a'],
  ['http://example.com/a?x=#frag', 'com,example)/a?x='],
  ['http://user:pw@example.com/a', 'com,example)/a'],
  ['http://example.com/../a/../../b', 'com,example)/b'],
  ['http://example.com/%2e%2e/x%2Fy', 'com,example)/../x/y'],
  ['http://example.com/a%23b?c%23d%26e', 'com,example)/a%23b?c%23d&e'],
  ['http://example.com./a', 'com,example)/a'],
  ['http://exa..mple.com/a', 'com,mple,exa)/a'],
  ['http://example.com/a?x=%E4', 'com,example)/a?x=%e4'],
  ['http://www.com/x', 'com)/x'],
  ['http://www12.www.example.com/', 'com,example,www)/'],
  ['http://example.com/a;jsessionid=ABC', 'com,example)/a;jsessionid=abc'],
  ['http://example.com/~user/"x"<y>', 'com,example)/~user/"x"<y>'],
  ['ftp://example.com/x', 'com,example)/x'],
  ['http://example.com/a?&&b', 'com,example)/a?&&b'],
  ['http://example.com/a?=', 'com,example)/a?='],
  ['http://example.com/a?+b=c+d', 'com,example)/a?+b=c+d'],
]

test('surtOf() makes the keys that other archives make', () => {
  for (const [url, key] of KEYS) assert.equal(surtOf(url), key, url)
})

test('surtOf() of a long and crooked address ends soon', () => {
  const begunMs = performance.now()
  for (const part of ['cfid=', '%25', '25', 'sid=', '../', '&', '((a(']) {
    const url = `http://x.test/a.aspx?${part.repeat(20_000)}`
    assert.ok(surtOf(url).startsWith('test,x)/a.aspx'), part)
    assert.ok(surtOf(`http://x.test/${part.repeat(20_000)}.aspx`).startsWith('test,x)/'), part)
  }
  assert.ok(performance.now() - begunMs < 10_000)
})
