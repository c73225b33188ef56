import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { utf8Bytes } from '../../../wire/record-limits.ts'
import { NAME_BYTES_MAX } from '../tree/limits.ts'
import { namesOfUrl, otherId, OTHERS, targetOf } from './web-names.ts'

const ID = 'ab'.repeat(32)

test('namesOfUrl() tells addresses as names that people know', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['https://a.test/', 'index of folder.html'],
    ['https://a.test/blog', 'blog page.html'],
    ['https://a.test/blog/', 'blog/index of folder.html'],
    ['https://a.test/blog/post.html', 'blog/post.html'],
    ['https://a.test/?p=1', '?p=1'],
    ['https://a.test/find?q=a/b&x=%2F', 'find?q=a∕b&x=%2F'],
    ['https://a.test/v1.2/notes', 'v1.2 folder/notes page.html'],
    ['https://a.test/caf%C3%A9/%E6%97%A5.png', 'café/日.png'],
    ['https://a.test/index', 'index page.html'],
    ['https://a.test/a%20b%2Fc', 'a%20b%2Fc page.html'],
    // Not valid UTF-8; an emoji; a letter that NFC would change; a slash that looks like one.
    ['https://a.test/%FF%F0%9F%98%80', '%FF%F0%9F%98%80 page.html'],
    ['https://a.test/e%CC%81', `${OTHERS}/${ID}.html`],
    ['https://a.test/%E2%88%95', '%E2%88%95 page.html'],
    ['https://a.test//x', `${OTHERS}/${ID}.html`],
    [`https://a.test/${'x'.repeat(300)}`, `${OTHERS}/${ID}.html`],
    ['https://a.test/%2F..%5C%00%0A', '%2F..%5C%00%0A'],
  ]
  for (const [url, name] of cases) assert.equal(namesOfUrl(url, ID).join('/'), name, url)
})

test('names that no address has are none', () => {
  for (const names of [
    [],
    ['blog'],
    ['a.b', 'c.html'],
    ['x folder', 'c.html'],
    ['a b.html'],
    ['a.b page.html'],
    [' page.html'],
    ['a?b', 'c.html'],
    ['a?b c'],
    ['a?é'],
    ['..'],
  ]) {
    const target = targetOf(names)
    const isOwn =
      target !== undefined && namesOfUrl(`https://a.test${target}`, ID).join() === names.join()
    assert.ok(!isOwn, names.join('/'))
  }
  assert.equal(otherId([OTHERS, `${ID}.html`]), ID)
  assert.equal(otherId([OTHERS, `${ID}x.html`]), undefined)
  assert.equal(otherId([OTHERS, 'x', `${ID}.html`]), undefined)
})

test('each address has names of its own, which lead back to it, and no file is a folder', () => {
  const part = fc.oneof(
    fc.constantFrom('', 'a', 'b', 'index', 'a.b', '%C3%A9', 'e%CC%81', '%F0%9F%98%80', '%', '%zz'),
    fc.string({ maxLength: 8 }),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
  )
  const query = fc.oneof(
    fc.constant(''),
    part.map((text) => `?${text}`),
  )
  const address = fc.record({ parts: fc.array(part, { maxLength: 4 }), query })
  fc.assert(
    fc.property(fc.array(address, { minLength: 2, maxLength: 12 }), (addresses) => {
      const urls = new Set(
        addresses.flatMap((one) => {
          const url = URL.parse(`https://a.test/${one.parts.join('/')}${one.query}`)
          if (url === null) return []
          url.hash = ''
          // Of an empty query an address has no question mark.
          if (url.search === '') url.search = ''
          return [url.href]
        }),
      )
      const files = new Map<string, string>()
      const folders = new Set<string>()
      for (const url of urls) {
        const names = namesOfUrl(url, ID)
        if (names[0] === OTHERS) continue
        const path = names.join('/')
        assert.equal(files.get(path), undefined, path)
        files.set(path, url)
        assert.equal(`https://a.test${targetOf(names) ?? ''}`, url)
        for (const name of names) {
          assert.ok(utf8Bytes(name) <= NAME_BYTES_MAX)
          assert.ok(!/[\r\n\0/]/.test(name) && name !== '.' && name !== '..', name)
          assert.equal(name, name.normalize('NFC'))
        }
        for (let count = 1; count < names.length; count++) {
          folders.add(names.slice(0, count).join('/'))
        }
      }
      for (const folder of folders) assert.ok(!files.has(folder), folder)
    }),
    { numRuns: 2_000 },
  )
})
