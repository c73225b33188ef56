/** Replies, paths, dates, addresses, patterns and line ends: what stands in lines. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { utf8 } from '../../base/bytes.ts'
import { AnilloError, ERRORS, type ErrorCode } from '../../base/errors.ts'
import { isOwn, isPrivate, parseExtended, parsePort, plainHost, portText } from './addresses.ts'
import { lsDate, parseTime, timeText } from './dates.ts'
import { pathFrom, words } from './paths.ts'
import { fits, patternOf } from './patterns.ts'
import { quoted, reply, replyText } from './replies.ts'
import { FromWire, ToWire } from './text-lines.ts'
import { refusal } from './works.ts'

test('replyText() writes one line, or several with a space before those between', () => {
  assert.equal(replyText(reply(200, 'Yes.')), '200 Yes.\r\n')
  assert.equal(replyText(reply(211, 'a', '211 b', 'c')), '211-a\r\n 211 b\r\n211 c\r\n')
  assert.equal(replyText(reply(550, 'a\r\n226 b')), '550 a  226 b\r\n')
  assert.equal(quoted('/a "b"'), '"/a ""b"""')
})

test('refusal() has a code of RFC 959 for each error, and logs what nobody has foreseen', () => {
  const logged: string[] = []
  const log = { error: (event: string) => void logged.push(event) }
  const codeOf = (code: ErrorCode): number => refusal(new AnilloError(code), log).code
  assert.deepEqual(
    [codeOf('NO_ENTRY'), codeOf('QUOTA_FULL'), codeOf('DISK_FULL'), codeOf('STORE_UNAVAILABLE')],
    [550, 552, 452, 451],
  )
  assert.deepEqual([codeOf('NAME_INVALID'), codeOf('BUSY'), codeOf('BAD_LOGIN')], [553, 450, 530])
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    assert.ok(codeOf(code) >= 400 && codeOf(code) < 600, code)
  }
  logged.length = 0
  assert.equal(refusal(new TypeError('a mistake'), log).code, 451)
  assert.equal(logged.length, 1)
})

test('pathFrom() never leaves the root', () => {
  assert.equal(pathFrom('/a/b', '../../../../etc'), '/etc')
  assert.equal(pathFrom('/a', './b//c/.'), '/a/b/c')
  assert.equal(pathFrom('/a', '/'), '/')
  assert.equal(pathFrom('/', 'x'.repeat(4_096)), undefined)
  fc.assert(
    fc.property(fc.string(), fc.string(), (cwd, argument) => {
      const path = pathFrom(`/${cwd}`, argument)
      const names = (path ?? '/').slice(1).split('/')
      return path === '/' || names.every((name) => name !== '' && name !== '.' && name !== '..')
    }),
  )
})

test('words() takes quotes apart', () => {
  assert.deepEqual(words('a "b ""c""" d'), ['a', 'b "c"', 'd'])
  assert.deepEqual(words(''), [])
  assert.equal(words('"open'), undefined)
  fc.assert(
    fc.property(fc.array(fc.string()), (given) => {
      const text = given.map((word) => quoted(word)).join(' ')
      assert.deepEqual(words(text), given)
    }),
  )
})

test('times are those of RFC 3659, and come back as they went', () => {
  assert.equal(parseTime('20261122101500'), Date.UTC(2026, 10, 22, 10, 15))
  assert.equal(parseTime('20261122101500.25'), Date.UTC(2026, 10, 22, 10, 15, 0, 250))
  assert.equal(parseTime('202611221015'), Date.UTC(2026, 10, 22, 10, 15))
  const none = ['', '2026', '20261322101500', '20260230101500', '20261122251500', '19691231235959']
  for (const text of none) {
    assert.equal(parseTime(text), undefined, text)
  }
  fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => parseTime(timeText(ms)) === ms))
})

test('lsDate() has the time of what is recent, and the year of what is not', () => {
  const nowMs = Date.UTC(2026, 10, 22)
  assert.equal(lsDate(Date.UTC(2026, 10, 2, 3, 4), nowMs), 'Nov  2 03:04')
  assert.equal(lsDate(Date.UTC(2025, 10, 12), nowMs), 'Nov 12  2025')
  assert.equal(lsDate(Date.UTC(2027, 5, 1), nowMs), 'Jun  1  2027')
  assert.equal(lsDate(Number.NaN, nowMs), 'Jan  1  1970')
})

test('PORT and EPRT name an address, or are refused', () => {
  assert.deepEqual(parsePort('127,0,0,1,4,1'), { host: '127.0.0.1', port: 1_025 })
  assert.equal(portText({ host: '::ffff:192.0.2.1', port: 30_000 }), '192,0,2,1,117,48')
  for (const bad of ['', '1,2,3', '256,0,0,1,4,1', '1,2,3,4,5,6,7', 'a,b,c,d,e,f']) {
    assert.equal(parsePort(bad), undefined, bad)
  }
  assert.deepEqual(parseExtended('|1|192.0.2.1|5000|'), { host: '192.0.2.1', port: 5_000 })
  assert.deepEqual(parseExtended('!2!2001:db8::1!5000!'), { host: '2001:db8::1', port: 5_000 })
  assert.equal(parseExtended('|3|x|1|'), 'unknown protocol')
  for (const bad of ['', '|1|::1|5000|', '|2|1.2.3.4|5000|', '|1|1.2.3.4|70000|', '|1|1.2.3.4|1']) {
    assert.equal(parseExtended(bad), undefined, bad)
  }
})

test('data goes to the client alone, and to no port of a system', () => {
  assert.equal(isOwn({ host: '192.0.2.1', port: 1_024 }, '::ffff:192.0.2.1'), true)
  assert.equal(isOwn({ host: '192.0.2.2', port: 5_000 }, '192.0.2.1'), false)
  assert.equal(isOwn({ host: '192.0.2.1', port: 1_023 }, '192.0.2.1'), false)
  assert.equal(plainHost('::FFFF:1.2.3.4'), '1.2.3.4')
  const privates = ['10.1.1.1', '172.31.0.1', '192.168.1.1', '127.0.0.1', 'fd00::1', '::1']
  assert.ok(privates.every(isPrivate))
  assert.ok(!['8.8.8.8', '172.32.0.1', '2001:db8::1', '100.128.0.1'].some(isPrivate))
})

test('patternOf() is that of shells, and takes whatever there is', () => {
  const isFit = (pattern: string, name: string): boolean => fits(patternOf(pattern), name)
  assert.ok(isFit('*.txt', 'a.txt') && !isFit('*.txt', 'a.txt2') && !isFit('a.b', 'axb'))
  assert.ok(isFit('?[a-c][!x]', '😀by') && !isFit('?[a-c][!x]', 'abx') && isFit('[-a][a-]', '--'))
  assert.ok(isFit('a*b*c', 'abbc') && !isFit('a*bc*c', 'abc') && !isFit('a', '') && isFit('**', ''))
  const unit = fc.constantFrom(...'a b * ? [ ] ! - ^ \\ 😀'.split(' '))
  fc.assert(
    fc.property(fc.string({ unit }), fc.string({ unit }), (pattern, name) => {
      isFit(pattern, name)
      assert.ok(isFit(`*${name.replaceAll(/[*[]/g, '?')}`, name))
    }),
  )
})

test('a pattern of many stars is told as fast as any', () => {
  const pattern = patternOf(`${'*a'.repeat(100)}*b`)
  assert.equal(fits(pattern, 'a'.repeat(255)), false)
  assert.equal(fits(pattern, `${'a'.repeat(254)}b`), true)
})

test('lines change their ends wherever pieces are cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n') })
  fc.assert(
    fc.property(text, fc.nat(20), (whole, cut) => {
      const pieces = [utf8(whole.slice(0, cut)), utf8(whole.slice(cut))]
      const to = new ToWire()
      const from = new FromWire()
      const sent = pieces.map((piece) => Buffer.from(to.take(piece)).toString()).join('')
      const kept = [...pieces.map((piece) => from.take(piece)), from.rest()]
      assert.equal(sent, whole.replaceAll(/(?<!\r)\n/g, '\r\n'))
      assert.equal(Buffer.concat(kept).toString(), whole.replaceAll('\r\n', '\n'))
    }),
  )
})
