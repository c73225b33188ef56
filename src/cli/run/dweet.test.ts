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
    async (words: readonly string[], input = '') => {
      const io = keptIo({ env: { ANILLO_TOKEN: token }, input })
      const code = await runProgram([...words, '--at', `http://localhost:${port}`], io)
      return { code, out: io.outText(), err: io.errText() }
    }
  const { ana, ben } = opened.tokens
  return {
    ...opened,
    ana: as(ana),
    ben: as(ben),
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
  assert.deepEqual([again.out, again.err], ['', 'nothing new, and nothing older\n'])
  const reply = await at.ana(['dweet', 'reply', id, '-'], 'from a pipe\n')
  assert.match(reply.out, /^Ana \(@ana\) .* answers @ben · \d+\n {2}from a pipe\n$/)
  const redweeted = await at.ana(['dweet', 'redweet', id])
  assert.match(redweeted.out, /^Ana \(@ana\) redweeted .*\n {2}Ben Zen .*1 redweet \(you\) · /)
  assert.match((await at.ana(['dweet', 'like', id])).out, /1 like \(you\)/)
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
  assert.match(edited.out, / · changed · \d+\n {2}two\n$/)
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
})

test('what others wrote steers no terminal, and passes for no other dweet', async () => {
  await using at = await door()
  await at.dweets.follow({ nick: 'ana', isModerator: false }, 'ben', {})
  await at.published('one\nEva (@eva) 2026-11-21 00:00 · 1\n  forged')
  const { out } = await at.ana(['dweet', 'new'])
  assert.match(out, /^Ben Zen[^\n]*\n {2}one\n {2}Eva \(@eva\)[^\n]*\n {4}forged\n$/)
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
