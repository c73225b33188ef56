import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Dweet, Notification } from '../../wire/api-dweets.ts'
import type { KeptRecord } from './kept.ts'
import {
  AWAY,
  BUSY,
  dweet,
  HOUR_MS,
  machine,
  NOTHING_NEW,
  NOW_MS,
  requestsOf,
} from './machine.test-helper.ts'
import { isBusy } from './state.ts'

test('a dweet is on the disk, with its key, before it is sent', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.seen()
  at.type('dweet hello')
  const { all } = at.seen()
  assert.deepEqual(
    all.map((one) =>
      one.kind === 'keep' ? [one.isSafe, one.records.map(({ kind }) => kind)] : one.kind,
    ),
    [[true, ['unsent']], [true, ['tried']], 'request'],
  )
  const [request] = requestsOf(all)
  assert.deepEqual(request, {
    kind: 'publish',
    key: at.state.kept.unsent[0]?.key,
    dweet: { text: 'hello' },
  })
  assert.ok(isBusy(at.state))
})

test('what the ring cannot do now waits, what it will never do becomes a draft', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.type('dweet hello')
  at.refuse(BUSY)
  assert.match(at.seen().text, /It is kept, and published once that can be done\.$/)
  at.take({ kind: 'woken', why: 'retry' })
  const again = at.asked()
  assert.equal(again.no, undefined)
  at.refuse({ code: 'DWEET_UNFIT', details: {}, text: 'It cannot hold that.', isPassing: false })
  assert.match(at.seen().text, /It cannot hold that\.\nThe text is kept: “drafts” shows it\.$/)
  assert.deepEqual(at.state.kept.unsent, [])
  assert.deepEqual(
    at.state.kept.drafts.map((one) => one.dweet.text),
    ['hello'],
  )
})

test('unsent dweets go out one after the other, in their order', () => {
  const unsent = (key: string, text: string): KeptRecord => ({
    kind: 'unsent',
    key,
    dweet: { text },
    writtenMs: NOW_MS,
  })
  const at = machine([unsent('a', 'first'), unsent('b', 'second')])
  at.answer(NOTHING_NEW)
  const [one] = requestsOf(
    at
      .seen()
      .all.filter((effect) => effect.kind === 'request')
      .slice(1),
  )
  assert.deepEqual(one, { kind: 'publish', key: 'a', dweet: { text: 'first' } })
  at.answer(dweet('1', 'first'))
  const [two, ...others] = requestsOf(at.seen().all)
  assert.deepEqual([two, others], [{ kind: 'publish', key: 'b', dweet: { text: 'second' } }, []])
})

test('a dweet that was sent too long ago to be known by its key is a draft', () => {
  const at = machine([
    { kind: 'unsent', key: 'a', dweet: { text: 'perhaps' }, writtenMs: NOW_MS - 30 * HOUR_MS },
    { kind: 'tried', key: 'a', atMs: NOW_MS - 24 * HOUR_MS },
    { kind: 'unsent', key: 'b', dweet: { text: 'never sent' }, writtenMs: NOW_MS - 30 * HOUR_MS },
  ])
  at.seen()
  at.answer(NOTHING_NEW, {
    kind: 'request',
    no: undefined,
    request: { kind: 'fresh', limit: 1, isProbe: true },
  })
  const { all, text } = at.seen()
  assert.match(
    text,
    /Nobody knows any more whether this was published; it is a draft now: “perhaps”/,
  )
  assert.deepEqual(requestsOf(all), [{ kind: 'publish', key: 'b', dweet: { text: 'never sent' } }])
})

test('the ring is asked again and again, less often each time, until it answers', () => {
  const at = machine()
  const delays: number[] = []
  for (let n = 0; n < 7; n++) {
    at.seen()
    at.refuse(AWAY, {
      kind: 'request',
      no: undefined,
      request: { kind: 'fresh', limit: 1, isProbe: true },
    })
    delays.push(...at.seen().all.flatMap((one) => (one.kind === 'wake' ? [one.afterMs] : [])))
    at.take({ kind: 'woken', why: 'retry' })
  }
  assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
  at.answer({ ...NOTHING_NEW, unseen: 3 })
  const { kinds, text } = at.seen()
  assert.equal(text, 'Online again.\n3 unseen dweets: “new” shows them.')
  assert.ok(kinds.includes('listen'))
  assert.equal(at.state.retryMs, 1_000)
})

test('new tells how many are left, and says that those of the screen were seen', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.seen()
  at.type('new')
  at.answer({ dweets: [dweet('1', 'one')], unseen: 4, token: 'T', incomplete: ['eva'] })
  const { all, text } = at.seen()
  assert.match(
    text,
    /one\nNot to be read now: dweets of eva\. Nothing of theirs is lost\.\n3 more unseen/,
  )
  assert.deepEqual(requestsOf(all).at(-1), { kind: 'acknowledge', token: 'T' })
  assert.ok(isBusy(at.state))
  at.answer(undefined)
  assert.ok(!isBusy(at.state))
})

test('more goes on with the last list to its end', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.type('search words')
  at.answer({ items: [dweet('2', 'two')], cursor: 'C', incomplete: [] })
  at.type('more')
  const list = { of: 'search', words: 'words' }
  assert.deepEqual(at.asked().request, { kind: 'list', list, cursor: 'C', limit: 7 })
  at.answer({ items: [dweet('1', 'one')], incomplete: [] })
  at.seen()
  at.type('more')
  assert.equal(at.seen().text, 'That was all.')
})

test('a number means what stands on the screen; of a redweet, the original', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.type('home')
  const original = dweet('1', 'one')
  const author = { nick: 'eva', name: 'Eva' }
  const redweet = { kind: 'redweet', id: '5', author, createdAt: original.createdAt }
  at.answer({
    items: [
      { ...redweet, of: original },
      { ...redweet, id: '6', of: null },
    ],
    incomplete: [],
  })
  at.type('like [1]')
  assert.deepEqual(at.asked().request, { kind: 'like', id: '1', isLiked: true })
  at.answer(original)
  at.seen()
  for (const line of ['like 2', 'like 3', 'like', 'like x']) at.type(line)
  assert.equal(
    at.seen().text,
    `\
That dweet does not exist or was deleted.
There is no [3] on the screen.
Which one? Give its number, such as 3 for [3].
There is no [x] on the screen.`,
  )
})

test('others’ controls, escapes and turned directions are shown as signs', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.type('home')
  at.seen()
  const author = { nick: 'eva', name: 'E\u001B[2Jva\u202E' }
  at.answer({
    items: [dweet('1', '\u001B]0;owned\u0007a\u202Eb\r\nc\u0085d\u200Fe\u0000', { author })],
    incomplete: [],
  })
  assert.equal(at.seen().text, '[1] eva (E␛[2Jva�) · 14:00\n    ␛]0;owned␇a�b\n    c\n    d�e␀')
})

test('what comes while somebody reads is told at once, then counted', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.seen()
  const hear = (publication: Dweet) =>
    at.take({ kind: 'heard', event: { kind: 'published', publication } })
  hear(dweet('1', 'first\nof many'))
  hear(dweet('2', 'second'))
  hear(dweet('3', 'third'))
  hear(dweet('4', 'own', { author: { nick: 'ana', name: 'Ana' } }))
  const first = at.seen()
  assert.equal(first.text, 'ben: first of many')
  assert.equal(first.kinds.filter((kind) => kind === 'wake').length, 1)
  at.take({ kind: 'woken', why: 'notice' })
  assert.equal(at.seen().text, '2 more new dweets: “new” shows them.')
  hear(dweet('5', 'fifth'))
  at.take({ kind: 'woken', why: 'notice' })
  assert.equal(at.seen().text, '3 more new dweets: “new” shows them.')
  at.take({ kind: 'woken', why: 'notice' })
  hear(dweet('6', 'sixth'))
  assert.equal(at.seen().text, 'ben: sixth')
  assert.equal(at.state.unseen, 5)
})

test('Ctrl-C gives up waiting, and keeps a text that was begun', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.type('home')
  const late = at.asked()
  at.take({ kind: 'interrupted', line: '' })
  assert.ok(!isBusy(at.state))
  at.seen()
  at.answer({ items: [dweet('1', 'late')], incomplete: [] }, late)
  assert.equal(at.seen().text, '')
  at.take({ kind: 'interrupted', line: 'dweet half' })
  assert.equal(at.seen().text, 'The text is kept: “drafts” shows it.')
  at.take({ kind: 'interrupted', line: '' })
  assert.equal(at.seen().text, '“quit” or Ctrl-D leaves.')
})

test('log-out without the ring is refused, but with --forget all is wiped here', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.type('logout')
  at.refuse(AWAY)
  assert.match(at.seen().text, /so the session goes on\. Log out when it is back\.$/)
  assert.equal(at.state.account?.nick, 'ana')
  at.type('logout --forget')
  at.refuse(AWAY)
  const { kinds, text } = at.seen()
  assert.match(text, /^Nothing is kept here any more\./)
  assert.ok(kinds.includes('forget'))
  assert.equal(at.state.account, undefined)
})

test('what is answered to a session that is over is nobody’s', () => {
  const at = machine()
  const probe = at.asked()
  at.type('logout')
  at.answer(undefined)
  assert.equal(at.seen().text.split('\n').at(-1), 'Logged out.')
  at.answer({ ...NOTHING_NEW, unseen: 2 }, probe)
  assert.equal(at.seen().text, '')
})

test('quit tells what waits; nothing is done after it', () => {
  const at = machine([{ kind: 'unsent', key: 'a', dweet: { text: 'x' }, writtenMs: NOW_MS }])
  at.seen()
  at.type('terminar')
  const { kinds, text } = at.seen()
  assert.equal(text, '1 dweet waits: published when you are back here.')
  assert.equal(kinds.at(-1), 'leave')
  at.type('new')
  assert.deepEqual(at.seen().kinds, [])
})

test('what others wrote stays behind the indent, where a line of the screen ends', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.seen()
  const forged = `${'x'.repeat(75)} [9] eva · 14:00`
  at.type(`draft ${forged}`)
  at.type('drafts')
  assert.match(at.seen().text, /\n\(1\) x{75}\n {4}\[9\] eva · 14:00$/)
  at.type('home')
  const url = `/v1/dweets/1/attachments/${'9'.repeat(80)}`
  const attachment = { kind: 'picture', name: 'a.png', url } as const
  const attachments = [attachment as unknown as NonNullable<Dweet['attachments']>[number]]
  at.answer({ items: [dweet('1', 'look', { attachments })], incomplete: [] })
  const [, ...below] = at.seen().text.split('\n')
  assert.ok(below.every((line) => line.startsWith('    ') && line.length <= 80))
  assert.equal(below.slice(2).join('').replaceAll(' ', ''), url)
})

test('no fact of a header is cut: what has no room goes on below', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.type('home')
  at.seen()
  const mine = { liked: true, redweeted: true, bookmarked: false }
  const of = dweet('1', 'hello', { replies: 2, redweets: 3, likes: 4, mine })
  const author = { nick: 'a_long_nick_of_30_letters_here', name: 'A' }
  at.answer({
    items: [{ kind: 'redweet', id: '2', author, createdAt: of.createdAt, of }],
    incomplete: [],
  })
  assert.equal(
    at.seen().text,
    `\
[1] a_long_nick_of_30_letters_here redweeted ben · 14:00 · 2 replies · 3
    redweets · 4 likes · you redweeted it · you like it
    hello`,
  )
})

test('show tells the warning, and then the text', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.type('home')
  at.seen()
  const warned = dweet('1', 'the butler', { warning: 'spoiler' })
  at.answer({ items: [warned], incomplete: [] })
  assert.match(at.seen().text, /\n {4}Warning: spoiler \(“show” shows the text\)$/)
  at.type('show 1')
  at.answer({ above: [], dweet: { ...warned, isWarnedByModerators: true }, below: [] })
  assert.match(at.seen().text, /\n {4}Warning of moderators: spoiler\n {4}the butler$/)
})

const DECIDED: Notification = {
  id: 'n1',
  kind: 'moderated',
  at: '2026-11-21T14:00:00.000Z',
  by: { nick: 'ana', name: 'Ana' },
  moderation: {
    action: 'suspend',
    reason: 'abuse',
    message: 'Be kind.\u001B[2J',
    until: '2026-11-22T09:30:00.000Z',
  },
}

test('what moderators decided is told with its reason, its end and their message', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.seen()
  const told = `\
A moderator has decided:
    you may not publish, redweet, like or follow · reason: abuse or harassment ·
    until 22 Nov 09:30
    Be kind.␛[2J`
  at.take({ kind: 'heard', event: { kind: 'notified', notification: DECIDED } })
  assert.equal(at.seen().text, told)
  at.type('notifications')
  const warned = dweet('7', 'mine', { warning: 'spoiler', isWarnedByModerators: true })
  const removed = { action: 'remove', text: 'gone\ntoday' } as const
  at.answer({
    items: [
      DECIDED,
      { ...DECIDED, id: 'n2', moderation: removed },
      { ...DECIDED, id: 'n3', moderation: { action: 'warn', warning: 'spoiler' }, dweet: warned },
    ],
  })
  assert.equal(
    at.seen().text,
    `\
14:00 · ${told}
14:00 · A moderator has decided:
    this dweet of yours was removed
    “gone
    today”
14:00 · A moderator has decided:
    a warning stands before this dweet of yours
[1] ben (Ben) · 14:00
    Warning of moderators: spoiler (“show” shows the text)`,
  )
})

test('who is mentioned reads at once in which words', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.seen()
  const notification: Notification = {
    id: 'n1',
    kind: 'mention',
    at: '2026-11-21T14:00:00.000Z',
    by: { nick: 'ben', name: 'Ben' },
    dweet: dweet('1', `@ana look\nhere ${'x'.repeat(80)}`),
  }
  at.take({ kind: 'heard', event: { kind: 'notified', notification } })
  const { text } = at.seen()
  assert.match(text, /^ben mentioned you: @ana look here x+…$/)
  assert.equal(text.length, 80)
})

test('a word that is none is answered in the language of the console', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.seen()
  const told = (line: string): string => {
    at.type(line)
    return at.seen().text
  }
  assert.match(
    told('retention 3'),
    /^The console has no “retention”, the shell has: npx anillo dweet /,
  )
  assert.match(
    told('borra 3'),
    /^“borra” is no command\. Did you mean “bookmark” or “bookmarks”\?$/,
  )
  assert.match(told('dr'), /Did you mean “draft” or “drafts” or “drop”\?$/)
  assert.match(told('del'), /Did you mean “delete”\?$/)
  told('lang es')
  assert.match(told('borro 3'), /«borrador» o «borradores» o\n«borrar»\?$/)
  assert.match(told('denuncias'), /npx anillo dweet\ndenuncias --help$/)
})
