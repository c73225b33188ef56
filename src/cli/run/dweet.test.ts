import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { dweetsDoor } from '../../gateways/rest/dweets/dweets-door.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

async function door() {
  const opened = await dweetsDoor()
  await opened.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = opened.server.server.address() as AddressInfo
  const as =
    (token: string) =>
    async (words: readonly string[], input = '', isTerminal = false) => {
      const io = keptIo({ env: { ANILLO_TOKEN: token }, input, isTerminal })
      const code = await runProgram([...words, '--at', `http://localhost:${port}`], io)
      return { code, out: io.outText(), err: io.errText() }
    }
  const { ana, ben, eva } = opened.tokens
  return {
    ...opened,
    ana: as(ana),
    ben: as(ben),
    /** A moderator. */
    eva: as(eva),
    nobody: as('access.nobody.x'),
    async [Symbol.asyncDispose]() {
      opened.server.server.closeAllConnections()
      await opened[Symbol.asyncDispose]()
    },
  }
}

const ID = /· (\d{20,32})\n/

function idIn(out: string): string {
  return ID.exec(out)?.[1] ?? assert.fail(out)
}

test('a dweet is posted, comes as new once, and is answered, redweeted, liked', async () => {
  await using at = await door()
  assert.match((await at.ana(['dweet', 'follow', 'BEN'])).out, /^you follow @ben\n$/)
  const posted = await at.ben(['dweet', 'post', 'Hola #anillo'])
  assert.match(posted.out, /^Ben Zen \(@ben\) 2026-11-21 00:00 · \d+\n {2}Hola #anillo\n$/)
  const id = idIn(posted.out)
  const kept = await at.ana(['dweet', 'new', '--keep'])
  const first = await at.ana(['dweet', 'nuevos'])
  assert.deepEqual([kept.out, first.out], [posted.out, posted.out])
  const again = await at.ana(['dweet', 'new'])
  assert.deepEqual(
    [again.out, again.err],
    ['', 'you have seen everything: “npx anillo dweet home” shows it again\n'],
  )
  const reply = await at.ana(['dweet', 'reply', id, '-'], 'from a pipe\n')
  assert.match(reply.out, /^Ana \(@ana\) .* answers @ben · \d+\n {2}from a pipe\n$/)
  const redweeted = await at.ana(['dweet', 'redweet', id])
  assert.match(redweeted.out, /^Ana \(@ana\) redweeted .*\n {2}Ben Zen .*1 redweet \(you\) · /)
  assert.match((await at.ana(['dweet', 'like', id])).out, /1 like \(you\)/)
  assert.doesNotMatch((await at.ana(['dweet', 'unlike', id])).out, /like/)
  assert.match((await at.ana(['dweet', 'gusta', id])).out, /1 like \(you\)/)
  assert.match((await at.ana(['dweet', 'unmute', 'ben'])).out, /is not muted/)
  assert.doesNotMatch((await at.ana(['dweet', 'like', id, '--undo'])).out, /1 like/)
  await at.ana(['dweet', 'like', id])
  const thread = await at.ben(['dweet', 'show', id])
  assert.match(thread.out, /^Ben Zen[^\n]*\n {2}Hola #anillo\nAna[^\n]*\n {2}from a pipe\n$/)
  const told = await at.ben(['dweet', 'notifications'])
  assert.deepEqual(
    [...told.out.matchAll(/^Ana \(@ana\) (.*) 2026/gm)].map(([, did]) => did),
    ['likes your dweet', 'redweeted you', 'answered you', 'follows you'],
  )
  assert.equal((await at.ben(['dweet', 'notifications', '--clear'])).code, EXIT.done)
  assert.match((await at.ben(['dweet', 'avisos'])).err, /no notifications/)
})

test('profile, home and search list what there is, over as many pages as it takes', async () => {
  await using at = await door()
  for (let n = 1; n <= 45; n++) await at.published(`dweet ${n}`)
  const profile = await at.ana(['dweet', 'profile', 'ben', '--limit', '100', '--json'])
  const { dweets, items, nick } = JSON.parse(profile.out)
  assert.deepEqual([nick, dweets, items.length, items[44].text], ['ben', 45, 45, 'dweet 1'])
  const shown = await at.ben(['dweet', 'perfil', '--bio', 'about me', '--limit', '1'])
  assert.match(shown.out, /^Ben Zen \(@ben\)\n {2}about me\n45 dweets · follows 0 · 0 followers/)
  assert.match(shown.out, /dweet 45\n$/)
  const home = await at.ben(['dweet', 'home', '--limit', '41', '--json'])
  assert.equal(home.out.trim().split('\n').length, 41)
  const found = await at.ben(['dweet', 'search', 'DWEET', '45'])
  assert.match(found.out, /^Ben Zen .*\n {2}dweet 45\n$/)
  assert.match((await at.ana(['dweet', 'search', 'dweet'])).err, /has all of these words/)
  assert.match((await at.ana(['dweet', 'home'])).err, /dweet follow NICK/)
})

test('an own dweet is changed and deleted, and those of others are not', async () => {
  await using at = await door()
  const id = idIn((await at.ben(['dweet', 'publicar', 'one', '--warning', 'careful'])).out)
  const seen = await at.ana(['dweet', 'profile', 'ben'])
  assert.match(seen.out, /warning: careful\n {2}“npx anillo dweet show \d+” shows the text\n$/)
  const edited = await at.ben(['dweet', 'edit', id, 'two', '--warning', ''])
  assert.match(edited.out, / · edited · \d+\n {2}two\n$/)
  for (const words of [[], ['--alt', 'it shows nothing']]) {
    assert.equal((await at.ben(['dweet', 'edit', id, ...words])).code, EXIT.usedWrongly)
  }
  for (const words of [
    ['edit', id, 'mine'],
    ['delete', id],
  ]) {
    const refused = await at.ana(['dweet', ...words])
    assert.deepEqual([refused.code, refused.out], [EXIT.failed, ''])
    assert.match(refused.err, /\[FORBIDDEN\]/)
  }
  assert.equal((await at.ben(['dweet', 'borrar', id])).code, EXIT.done)
  assert.match((await at.ana(['dweet', 'show', id])).err, /\[DWEET_GONE\]/)
  for (const gone of [id, '123']) {
    const again = await at.ben(['dweet', 'delete', gone])
    assert.deepEqual([again.code, again.out], [EXIT.failed, ''])
    assert.match(again.err, /does not exist or was deleted/)
  }
})

test('what others wrote steers no terminal, and passes for no other dweet', async () => {
  await using at = await door()
  await at.dweets.follow({ nick: 'ana', isModerator: false }, 'ben', {})
  await at.published('one\nEva (@eva) 2026-11-21 00:00 · 1\n  forged')
  const { out } = await at.ana(['dweet', 'new'])
  assert.match(out, /^Ben Zen[^\n]*\n {2}one\n {2}Eva \(@eva\)[^\n]*\n {4}forged\n$/)
})

test('at a terminal no text of others reaches the first column', async () => {
  await using at = await door()
  await at.dweets.follow({ nick: 'ana', isModerator: false }, 'ben', {})
  await at.published(`${'x'.repeat(78)} Eva (@eva) 2026-11-21 00:00 · 1`)
  const { out } = await at.ana(['dweet', 'home'], '', true)
  const [head = '', ...text] = out.trimEnd().split('\n')
  assert.match(head, /Ben Zen/)
  assert.equal(text.length, 2)
  for (const one of text) assert.match(one, /^ {2}\S.{0,77}$/)
})

test('wrong use is told from failure, and who is not logged in is told how to', async () => {
  await using at = await door()
  for (const [words, code, said] of [
    [['post', ''], EXIT.usedWrongly, /A dweet cannot be empty/],
    [['post', 'ñ'.repeat(226)], EXIT.usedWrongly, /at most 225 characters; this one has 226/],
    [['follow', 'ana'], EXIT.usedWrongly, /cannot follow yourself/],
    [['follow', 'nobody'], EXIT.failed, /There is no user "nobody"/],
    [['redweet', '1'], EXIT.failed, /does not exist or was deleted/],
    [['home', '--limit', '0'], EXIT.usedWrongly, /whole number from 1/],
    [['new', '--limit', '41'], EXIT.usedWrongly, /whole number from 1 to 40/],
  ] as const) {
    const refused = await at.ana(['dweet', ...words])
    assert.deepEqual([refused.code, refused.out], [code, ''], words.join(' '))
    assert.match(refused.err, said)
  }
  const nobody = await at.nobody(['dweet', 'new'])
  assert.equal(nobody.code, EXIT.failed)
  assert.match(nobody.err, /\[LOGIN_FIRST\]/)
})

test('people are muted and blocked, dweets kept, and all lists shown, also in Spanish', async () => {
  await using at = await door()
  const id = idIn((await at.ben(['dweet', 'post', 'Hola #anillo'])).out)
  assert.equal((await at.ana(['dweet', 'mute', 'BEN'])).out, '@ben is muted\n')
  assert.equal((await at.ana(['dweet', 'local'])).out, '')
  assert.equal((await at.ana(['dweet', 'silenciar', 'ben', '--undo'])).out, '@ben is not muted\n')
  assert.match((await at.ana(['dweet', 'guardar', id])).out, /^kept:\nBen Zen/)
  for (const words of [['bookmarks'], ['guardados'], ['local'], ['todos'], ['tag', '#ANILLO']]) {
    const { code, out } = await at.ana(['dweet', ...words])
    assert.deepEqual([code, /Hola #anillo/.test(out)], [EXIT.done, true], words.join(' '))
  }
  assert.match((await at.ana(['dweet', 'bookmark', id, '--undo'])).out, /^not kept any more:/)
  assert.match((await at.ana(['dweet', 'tema', 'none'])).err, /no public dweet has this tag/)
  assert.match((await at.ana(['dweet', 'al-dia'])).out, /counts as seen/)
  assert.equal((await at.ana(['dweet', 'bloquear', 'ben'])).out, '@ben is blocked\n')
  assert.equal((await at.ana(['dweet', 'show', id])).code, EXIT.failed)
  assert.equal((await at.ana(['dweet', 'block', 'ben', '--undo'])).out, '@ben is not blocked\n')
  assert.match((await at.ana(['dweet', 'mute', 'nobody'])).err, /There is no user "nobody"/)
})

test('a list of people is made, filled, shown by name, and deleted', async () => {
  await using at = await door()
  const made = await at.ana(['dweet', 'list', 'Close', '--make', '--add', 'ben', 'eva'])
  assert.equal(made.out, '“Close” has 2 people\n')
  await at.ben(['dweet', 'post', 'of Ben'])
  assert.match((await at.ana(['dweet', 'lista', 'CLOSE'])).out, /of Ben/)
  assert.match((await at.ana(['dweet', 'lists'])).out, /^list +people +id\nClose +2 +\d+\n$/)
  assert.match((await at.ana(['dweet', 'listas', '--with', 'ben', '--json'])).out, /"people":2/)
  assert.match((await at.ana(['dweet', 'list', 'close', '--people'])).out, /Ben Zen \(@ben\)/)
  const fewer = await at.ana(['dweet', 'list', 'close', '--drop', 'eva', '--rename', 'near'])
  assert.equal(fewer.out, '“near” has 1 person\n')
  assert.match((await at.ben(['dweet', 'list', 'near'])).err, /You have no such list/)
  assert.match((await at.ana(['dweet', 'list', 'near', '--delete'])).out, /“near” is deleted/)
  assert.match((await at.ana(['dweet', 'lists'])).err, /no lists/)
  const wrong = await at.ana(['dweet', 'list', 'far', '--make', '--add', 'ben', 'nobody'])
  assert.match(wrong.err, /There is no user "nobody"/)
  assert.match((await at.ana(['dweet', 'lists'])).err, /no lists/)
  await at.ana(['dweet', 'list', 'far', '--make', '--add', 'ben'])
  assert.equal(
    (await at.ana(['dweet', 'lists', '--with', 'eva'])).err,
    '@eva is in none of your lists\n',
  )
})

test('a dweet is reported, seen by moderators alone, and decided; its author reads why', async () => {
  await using at = await door()
  const id = idIn((await at.ben(['dweet', 'post', 'bad'])).out)
  const reported = await at.ana(['dweet', 'report', id, '--reason', 'abuse', '--note', 'look'])
  assert.equal(reported.out, 'you reported a dweet of @ben as abuse; the moderators see it\n')
  assert.match((await at.ana(['dweet', 'reports'])).err, /may not|permission/i)
  assert.match((await at.eva(['dweet', 'denuncias'])).out, /^Ben Zen \(@ben\) open .* 1 report · /)
  assert.match((await at.eva(['dweet', 'reports', id])).out, /Ana \(@ana\) .* abuse\n {4}look\n$/)
  const nick = await at.ana(['dweet', 'report', 'ben'])
  assert.equal(nick.code, EXIT.usedWrongly)
  assert.match(nick.err, /did you mean “@ben”/)
  const unreported = await at.eva(['dweet', 'decide', '@ben', 'limit'])
  assert.match(unreported.err, /only what somebody reported/)
  const wrong = await at.eva(['dweet', 'decide', id, 'shoot'])
  assert.equal(wrong.code, EXIT.usedWrongly)
  const words = ['decidir', id, 'remove', '--reason', 'abuse', '--message', 'Be kind.']
  assert.match((await at.eva(['dweet', ...words])).out, / remove by @eva · abuse · Be kind\.\n/)
  const told = await at.ben(['dweet', 'notifications'])
  assert.match(told.out, /A moderator has decided: .*\n {2}this dweet of yours was removed.*abuse/)
  assert.match(told.out, /Be kind\.\n {4}bad\n$/)
  assert.match((await at.ana(['dweet', 'show', id])).err, /removed by a moderator/)
  await at.ana(['dweet', 'denunciar', '@ben', '--reason', 'spam'])
  const rest = await at.eva(['dweet', 'decide', '@ben', 'suspend', '--for', '1h'])
  assert.match(rest.out, /they are suspended until 2026-11-21 01:00/)
  assert.match(
    (await at.ben(['dweet', 'post', 'x'])).err,
    /suspended you from dweeting, until 2026/,
  )
  assert.match((await at.ben(['dweet', 'profile'])).out, /suspended by a moderator until/)
  assert.match((await at.eva(['dweet', 'reports', '--closed'])).out, /closed .*\n(.*\n)*.*closed /)
  assert.match((await at.eva(['dweet', 'reports'])).err, /there are no open reports/)
})
