import assert from 'node:assert/strict'
import { test } from 'node:test'

import { KeptText, trialRing } from './console-trial.test-helper.ts'

process.env['TZ'] = 'UTC'
// A moment of the door’s clock: hours and minutes stand on the screen.
const MINUTE_MS = 60_000

async function ringWith(...texts: readonly string[]) {
  const ring = await trialRing()
  ring.clock.advance(14 * 60 * MINUTE_MS)
  for (const text of texts) {
    await ring.published(text)
    ring.clock.advance(MINUTE_MS)
  }
  return ring
}

const LONG =
  'The harbour master says that the ferry to the islands leaves from the second pier today, at a quarter past five'

test('the eight actions look so at 80 x 24', async () => {
  await using ring = await ringWith('Hola desde la sierra #anillo', LONG)
  const console = await ring.open({ nick: null })
  await console.start()
  await console.type('new', 'login ana', 'wrong', 'login ana', 'ana-password')
  await console.type('follow ben', 'follow nadie', 'new', 'new', 'redweet 2')
  await console.type('dweet Buenas tardes', 'profile', 'logout', 'new')
  assert.equal(
    console.seen(),
    `\
Dweet: “register” makes an account, “login” enters, “help” tells all.
dweet> new
Log in first.
dweet> login ana
Password: 
Incorrect nick/password combination.
dweet> login ana
Password: 
Welcome, ana.
ana> follow ben
You follow ben.
ana> follow nadie
There is no user "nadie".
ana> new
[1] ben (Ben Zen) · 14:00
    Hola desde la sierra #anillo
[2] ben (Ben Zen) · 14:01
    The harbour master says that the ferry to the islands leaves from the second
    pier today, at a quarter past five
ana> new
You have seen everything; “home” shows it again.
ana> redweet 2
Redweeted.
[3] ana redweeted ben · 14:01 · 1 redweet · you redweeted it
    The harbour master says that the ferry to the islands leaves from the second
    pier today, at a quarter past five
ana [13/225]> dweet Buenas tardes
Published.
[4] ana (Ana) · 14:02
    Buenas tardes
ana> profile
ana (Ana) · since 21 Nov 2026
2 dweets · follows 1 · 0 followers
[4] ana (Ana) · 14:02
    Buenas tardes
[3] ana redweeted ben · 14:01 · 1 redweet · you redweeted it
    The harbour master says that the ferry to the islands leaves from the second
    pier today, at a quarter past five
ana> logout
Logged out.
dweet> new
Log in first.`,
  )
})

test('in Spanish, with Spanish words, they look so at 40 x 12', async () => {
  await using ring = await ringWith('Hola desde la sierra #anillo', LONG)
  const console = await ring.open({ nick: null, language: 'es', screen: { columns: 40, rows: 12 } })
  await console.start()
  await console.type('entrar', 'ana', 'ana-password', 'seguir ben', 'nuevos', 'gusta 1')
  await console.type('publicar', 'Buenas', 'perfil ben', 'salir')
  assert.equal(
    console.seen(),
    `\
Dweet: «registrar» crea una cuenta,
«entrar» la abre, «ayuda» lo cuenta
todo.
dweet> entrar
Nick: ana
Contraseña: 
Hola, ana.
ana> seguir ben
Sigues a ben.
ana> nuevos
[1] ben (Ben Zen) · 14:00
    Hola desde la sierra #anillo
[2] ben (Ben Zen) · 14:01
    The harbour master says that the
    ferry to the islands leaves from the
    second pier today, at a quarter past
    five
ana> gusta 1
Te gusta.
ana [0/225]> publicar
Texto: [6/225] Buenas
Publicado.
[3] ana (Ana) · 14:02
    Buenas
ana> perfil ben
ben (Ben Zen) · desde 21 nov 2026
2 dweets · sigue a 0 · 1 seguidor · le
sigues
[2] ben (Ben Zen) · 14:01
    The harbour master says that the
    ferry to the islands leaves from the
    second pier today, at a quarter past
    five
[1] ben · 14:00 · 1 me gusta · te gusta
    Hola desde la sierra #anillo
ana> salir
Sesión cerrada.`,
  )
})

test('without the ring the last screen stands there at once, and what is written waits', async () => {
  await using ring = await ringWith('one', 'two')
  const keeper = new KeptText()
  const first = await ring.open({ keeper })
  await first.start()
  await first.type('follow ben', 'new', 'profile ben')
  ring.network.isBroken = true
  const console = await ring.open({ keeper })
  await console.start()
  await console.until(/^Offline/)
  assert.equal(
    console.seen(),
    `\
Dweet: you are ana. “new” shows what is new, “help” tells all.
Saved at 14:02:
[1] ben (Ben Zen) · 14:01
    two
[2] ben (Ben Zen) · 14:00
    one
Offline — showing what was saved at 14:02`,
  )
  await console.type('dweet first', 'reply 2 second', 'profile ben', 'like 1', 'search on', 'who')
  assert.equal(
    console.seen(),
    `\
ana (offline) [5/225]> dweet first
Kept: it is published once the ring is back.
ana (offline) [6/225]> reply 2 second
Kept: it is published once the ring is back (2 wait).
ana (offline)> profile ben
Offline — showing what was saved at 14:02
ben (Ben Zen) · since 21 Nov 2026
2 dweets · follows 0 · 1 follower · you follow them
[1] ben (Ben Zen) · 14:01
    two
[2] ben (Ben Zen) · 14:00
    one
ana (offline)> like 1
Offline: this needs the ring. Try again when it is back.
ana (offline)> search on
Offline — showing what was saved at 14:02
[2] ben (Ben Zen) · 14:00
    one
ana (offline)> who
Offline: this needs the ring. Try again when it is back.`,
  )
  ring.network.isBroken = false
  await console.wake('retry')
  await console.until(/second/)
  assert.equal(
    console.seen(),
    `\
Online again.
Published, after it had waited:
[3] ana (Ana) · 14:02
    first
Published, after it had waited:
[4] ana (Ana) answers ben · 14:02
    second`,
  )
})

test('a dweet whose answer was lost is there once, also after the console died', async () => {
  await using ring = await ringWith()
  const keeper = new KeptText()
  const first = await ring.open({ keeper })
  await first.start()
  ring.network.losesAnswerTo = 'POST /v1/dweets'
  await first.type('dweet once')
  assert.match(first.seen(), /Kept: it is published once the ring is back\./)
  // Nothing is told to the first one: it was killed.
  ring.network.isBroken = false
  ring.network.losesAnswerTo = ''
  const second = await ring.open({ keeper })
  await second.start()
  await second.until(/once$/)
  await second.type('profile', 'drafts')
  assert.match(second.seen(), /Published, after[^]*1 dweet · [^]*There are no drafts\.$/)
  const keys = ring.network.asked.filter((one) => one.startsWith('POST /v1/dweets '))
  // The first may send it once more, when what it asked beside it is answered.
  assert.ok(keys.length >= 2)
  assert.equal(new Set(keys).size, 1)
})

test('the words of what the shell had alone: bookmarks, lists, mutes, reports, tags', async () => {
  await using ring = await ringWith()
  await ring.published('at the #sea')
  const console = await ring.open()
  await console.start()
  console.seen()
  await console.type('tag #sea', 'bookmark 1', 'bookmarks', 'unbookmark 1', 'bookmarks')
  assert.match(
    console.seen(),
    /at the #sea[^]*Kept: “bookmarks” shows it\.[^]*\[1\] ben[^]*Not kept any more\.[^]*There is nothing\./,
  )
  await console.type('lists', 'enlist ben good friends', 'lists', 'list GOOD friends')
  assert.match(
    console.seen(),
    /You have no lists\.[^]*ben is in “good friends”\.[^]*good friends · 1 person[^]*at the #sea/,
  )
  await console.type('unlist ben good friends', 'list good friends', 'list of none', 'enlist zoe x')
  assert.match(
    console.seen(),
    /ben is not in “good friends”[^]*There is nothing\.[^]*no such list[^]*There is no user "zoe"\./i,
  )
  await console.type('mute ben', 'local', 'unmute ben', 'block ben', 'unblock ben')
  assert.match(
    console.seen(),
    /You see nothing of ben[^]*There is nothing\.[^]*You see ben again\.[^]*ben is blocked\.[^]*not blocked any more\./,
  )
  await console.type(
    'report 1 spam in every thread',
    'report @ben',
    'report',
    'mute',
    'list',
    'tag',
  )
  assert.match(
    console.seen(),
    /The moderators are told[^]*The moderators are told[^]*Which one\?[^]*Whose\?[^]*Which list\?[^]*Which tag\?/,
  )
  await console.type('catch-up', 'lang es', 'denunciar 1 abuso', 'guardados', 'ayuda más')
  assert.match(console.seen(), /All counts as seen\.[^]*Se ha avisado a moderación[^]*exportar/)
  const queue = (await ring.asEva({ url: '/v1/reports' })).json()
  assert.deepEqual(
    queue.items.map((one: { readonly reports: number }) => one.reports).sort(),
    [1, 1],
  )
})

test('notifications that came meanwhile are counted when the console opens, until they are shown', async () => {
  await using ring = await ringWith()
  const keeper = new KeptText()
  const { id } = (
    await ring.asAna({ method: 'POST', url: '/v1/dweets', payload: { text: 'x' } })
  ).json()
  await ring.asBen({ method: 'PUT', url: `/v1/dweets/${id}/like` })
  const first = await ring.open({ keeper })
  await first.start()
  await first.until(/^1 new notification: “notifications” shows them\.$/)
  await first.type('avisos')
  first.seen()
  await ring.asBen({ method: 'POST', url: `/v1/dweets/${id}/redweet` })
  await ring.published('for @ana')
  const second = await ring.open({ keeper, language: 'es' })
  await second.start()
  await second.until(/^2 avisos nuevos: «avisos» los muestra\.$/)
  await second.type('avisos')
  const third = await ring.open({ keeper })
  await third.start()
  await third.type('local')
  assert.doesNotMatch(third.seen(), /new notification/)
})

test('there is nothing that a full disk keeps anybody from saying', async () => {
  await using ring = await ringWith()
  const console = await ring.open()
  await console.start()
  console.keeper.isFull = true
  await console.type('dweet one', 'dweet two', 'profile')
  const told = console.seen().match(/Nothing can be kept here: no space left on device/g)
  assert.equal(told?.length, 1)
  assert.equal((await ring.asAna({ url: '/v1/users/ana/profile' })).json().dweets, 2)
})

test('a session that ended asks for another log-in, and what was written stays', async () => {
  await using ring = await ringWith()
  const console = await ring.open()
  await console.start()
  ring.accounts.people.get('ana')?.sessions.clear()
  await console.type('dweet kept', 'new')
  assert.match(console.seen(), /The session has ended\. Log in again\.\n.*new\nLog in first\.$/)
  await console.type('login ana', 'ana-password')
  await console.until(/^ {4}kept$/)
})

test('logout --forget asks about what was not published, and wipes all that is kept', async () => {
  await using ring = await ringWith()
  const console = await ring.open()
  await console.start()
  await console.type('draft for later', 'logout --forget', 'no', 'drafts')
  assert.match(console.seen(), /1 text was not published.*no\n[^]*\(1\) for later$/)
  await console.type('logout --forget', 'yes')
  assert.match(console.seen(), /Logged out; nothing is kept here\.$/)
  assert.equal(console.keeper.text, '')
})

test('what happens stands on the screen while somebody types, and is unseen still', async () => {
  await using ring = await ringWith()
  const console = await ring.open()
  await console.start()
  await console.type('follow ben')
  await ring.network.listening.promise
  await ring.dweets.follow({ nick: 'ben', isModerator: false }, 'ana', {})
  await console.until(/^ben follows you$/)
  await ring.published('first')
  await console.until(/^ben: first$/)
  await ring.published('second')
  await ring.published('third')
  while (console.driver.state.unseen < 3) await console.terminal.awaitPrompt()
  console.seen()
  await console.wake('notice')
  await console.type('new')
  assert.match(console.seen(), /^2 more new dweets: [^]*first\n[^]*second\n[^]*third$/)
  console.driver.ended('')
  await console.driver.left
})

test('where no ring answers, that is told at once, and before a password is asked for', async () => {
  await using ring = await ringWith()
  ring.network.isBroken = true
  const console = await ring.open({ nick: null })
  await console.start()
  const nowhere = /No ring answers at \S+:\d+\.\s“npx anillo up”\sstarts\sone\shere;[^]*--at\sURL/
  assert.match(console.seen(), new RegExp(`^Dweet: .*\n${nowhere.source}`))
  await console.type('register eva')
  assert.match(console.seen(), nowhere)
  assert.equal(console.driver.state.question, undefined)
  ring.network.isBroken = false
  await console.type('login', 'ana')
  assert.match(console.seen(), /Nick: ana$/)
  ring.network.isBroken = true
  await console.type('ana-password')
  assert.match(console.seen(), nowhere)
  await console.type('login ana')
  assert.match(console.seen(), nowhere)
})
