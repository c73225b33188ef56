import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'

import { DAY_MS } from '../../base/limits.ts'
import { ownDataDoor } from '../../gateways/rest/dweets/own-data-door.test-helper.ts'
import { ANA, BEN } from '../../services/dweets/dweet-world.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

const NOW_MS = Date.UTC(2026, 10, 22)

async function ring(timeMs = NOW_MS) {
  const opened = await ownDataDoor(timeMs)
  await opened.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = opened.server.server.address() as AddressInfo
  return {
    ...opened,
    ana: async (...words: readonly string[]) => {
      const io = keptIo({ env: { ANILLO_TOKEN: opened.tokens.ana } })
      const at = ['--at', `http://localhost:${port}`]
      const code = await runProgram(['dweet', ...words, ...at], io)
      return { code, out: io.outText(), err: io.errText() }
    },
    async [Symbol.asyncDispose]() {
      opened.server.server.closeAllConnections()
      await opened[Symbol.asyncDispose]()
    },
  }
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'anillo-own-data-'))
  return {
    file: (name: string) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  }
}

test('what one ring exports another one imports, once', async () => {
  await using here = await ring()
  await using there = await ring(NOW_MS + DAY_MS)
  await using at = await folder()
  await here.dweets.publish(ANA, { text: 'first' })
  const { id } = await here.dweets.publish(BEN, { text: 'theirs' })
  await here.dweets.redweet(ANA, id)
  await here.dweets.like(ANA, id, true)
  await here.dweets.follow(ANA, 'ben', {})
  const path = at.file('mine.zip')
  const taken = await here.ana('export', '--out', path)
  assert.equal(taken.code, EXIT.done)
  assert.match(taken.out, /^wrote .* to .*mine\.zip in /)
  const brought = await there.ana('importar', path)
  assert.equal(brought.out, 'imported 1 dweet, 1 redweet, 1 follow\n')
  assert.match(brought.err, /^1 left out, of dweets that are not on this ring: like \d+\n$/)
  const again = await there.ana('import', path, '--json')
  assert.deepEqual([JSON.parse(again.out).imported, JSON.parse(again.out).there], [{}, 3])
  const shown = await there.ana('profile')
  assert.match(shown.out, /imported · \d+\n {2}first\n/)
  assert.match(shown.out, /redweeted .*\n {2}This dweet is not on this ring\.\n/)
})

test('a rule is set, shown and taken back', async () => {
  await using here = await ring()
  assert.equal((await here.ana('retention')).out, 'your dweets stay until you delete them\n')
  const set = await here.ana('conservar', '--after', '90', '--keep-bookmarked', '--keep-likes', '2')
  const text =
    'your dweets are deleted after 90 days, but those you keep bookmarks of, those with 2 likes or more\n'
  assert.equal(set.out, text)
  assert.equal((await here.ana('retention')).out, text)
  const wrong = await here.ana('retention', '--keep-liked')
  assert.deepEqual([wrong.code, wrong.out], [EXIT.usedWrongly, ''])
  assert.equal((await here.ana('retention', '--after', '0')).code, EXIT.usedWrongly)
  assert.equal((await here.ana('retention', '--after', '1', '--off')).code, EXIT.usedWrongly)
  assert.match((await here.ana('retention', '--off')).out, /^your dweets stay/)
})

test('all dweets are deleted once it is said that this is meant', async () => {
  await using here = await ring()
  await here.dweets.publish(ANA, { text: 'mine' })
  const asked = await here.ana('delete-all')
  assert.equal(asked.code, EXIT.failed)
  assert.match(asked.err, /npx anillo dweet delete-all --yes/)
  assert.equal((await here.dweets.profile(ANA, 'ana')).dweets, 1)
  const done = await here.ana('borrar-todo', '--yes')
  assert.equal(done.out, '1 dweet of @ana are being deleted\n')
  here.world.deliver()
  assert.equal((await here.dweets.profile(ANA, 'ana')).dweets, 0)
})

const ACTOR = 'https://m.example/users/ana'
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public'

function note(number: number, more: object = {}, activity: object = {}) {
  const published = `2020-01-0${number}T00:00:00Z`
  const object = {
    id: `${ACTOR}/statuses/${number}`,
    type: 'Note',
    attributedTo: ACTOR,
    published,
    to: [PUBLIC],
    cc: [`${ACTOR}/followers`],
    content: `<p>number ${number}</p>`,
    summary: null,
    inReplyTo: null,
    ...more,
  }
  return {
    id: `${object.id}/activity`,
    type: 'Create',
    actor: ACTOR,
    published,
    object,
    ...activity,
  }
}

interface Packed {
  readonly name: string
  readonly text: string
  readonly method?: number
  /** What the directory says of it. */
  readonly claimed?: number
}

/** As other programs pack it: deflated, sizes in front. */
function zipOf(files: readonly Packed[]): Buffer {
  const bodies: Buffer[] = []
  const rows: Buffer[] = []
  let at = 0
  for (const { claimed, method = 8, name: text, text: content } of files) {
    const name = Buffer.from(text)
    const plain = Buffer.from(content)
    const data = method === 8 ? deflateRawSync(plain) : plain
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(method, 4)
    common.writeUInt32LE(crc32(plain), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(claimed ?? plain.length, 18)
    common.writeUInt16LE(name.length, 22)
    const head = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, name])
    const row = Buffer.alloc(46)
    row.write('PK\u0001\u0002', 'latin1')
    common.copy(row, 6)
    row.writeUInt32LE(at, 42)
    rows.push(Buffer.concat([row, name]))
    bodies.push(head, data)
    at += head.length + data.length
  }
  const directory = Buffer.concat(rows)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...bodies, directory, end])
}

function outboxOf(...activities: readonly object[]): Packed {
  const text = JSON.stringify({ type: 'OrderedCollection', orderedItems: activities })
  return { name: 'outbox.json', text }
}

const ACTOR_FILE: Packed = {
  name: 'actor.json',
  text: JSON.stringify({ id: ACTOR, type: 'Person' }),
}

test('an archive of Mastodon is imported where its texts fit, and what does not is told', async () => {
  await using here = await ring()
  await using at = await folder()
  const path = at.file('archive.zip')
  await writeFile(
    path,
    zipOf([
      { name: 'media_attachments/files/1.png', text: 'x' },
      ACTOR_FILE,
      outboxOf(
        note(1, { content: '<p>one<br>line &amp; <a href="x">#tag</a></p><p>two</p>' }),
        note(2, { inReplyTo: `${ACTOR}/statuses/1`, summary: 'careful' }),
        note(3, { to: [`${ACTOR}/followers`], cc: [] }),
        note(4, { to: ['https://m.example/users/ben'], cc: [] }),
        note(5, { content: `<p>${'x'.repeat(400)}</p>` }),
        note(6, { content: '' }),
        note(7, { attributedTo: 'https://m.example/users/ben' }),
        note(8, {}, { actor: 'https://m.example/users/ben' }),
        note(9, { type: 'Question' }),
        { id: 'b', type: 'Announce', actor: ACTOR, published: '2020-01-01T00:00:00Z', object: 'y' },
      ),
      { name: 'likes.json', text: '{"orderedItems":["https://m.example/1"]}' },
    ]),
  )
  const tally = JSON.parse((await here.ana('import', path, '--json')).out)
  assert.deepEqual(tally.imported, { dweet: 3 })
  assert.deepEqual(tally.skipped.map(({ why }: { why: string }) => why).toSorted(), [
    'empty',
    'notHere',
    'notHere',
    'notYours',
    'notYours',
    'private',
    'strange',
    'tooLong',
  ])
  here.world.deliver()
  const { items } = await here.dweets.publicationsOf(ANA, 'ana', { limit: 40 })
  assert.deepEqual(
    items.map((one) => one.kind === 'dweet' && [one.text, one.visibility, one.warning]),
    [
      ['number 3', 'followers', undefined],
      ['number 2', 'public', 'careful'],
      ['one\nline & #tag\n\ntwo', 'public', undefined],
    ],
  )
  const [, second, first] = items
  assert.ok(second?.kind === 'dweet' && second.replyTo?.id === first?.id)
  assert.equal(JSON.parse((await here.ana('import', path, '--json')).out).there, 3)
})

test('people of other places are not taken for who has the nick here, unless asked to', async () => {
  await using here = await ring()
  await using at = await folder()
  const path = at.file('following_accounts.csv')
  await writeFile(path, 'Account address,Show boosts\nben@m.example,false\neva@m.example,true\n')
  assert.match((await here.ana('import', path)).err, /^2 left out, of people who are not on this/)
  const brought = await here.ana('import', path, '--by-nick')
  assert.equal(brought.out, 'imported 1 follow\n')
  assert.match(brought.err, /^1 left out, of people .*: follow eva\n$/)
})

test('archives that are none, broken, strange or bombs change nothing, and say why', async () => {
  await using here = await ring()
  await using at = await folder()
  const good = zipOf([ACTOR_FILE, outboxOf(note(1))])
  const bomb = 'x'.repeat(2_000_000)
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ['text.zip', Buffer.from('not a ZIP'), /neither a ZIP nor one of/],
    ['empty.zip', Buffer.alloc(0), /neither a ZIP nor one of/],
    ['cut.zip', good.subarray(0, good.length - 30), /the end of the ZIP is missing/],
    ['head.zip', good.subarray(0, 10), /the end of the ZIP is missing/],
    ['none.zip', zipOf([{ name: 'a.txt', text: 'x' }]), /there is no actor\.json/],
    ['up.zip', zipOf([{ ...ACTOR_FILE, name: '../../actor.json' }]), /there is no actor\.json/],
    ['actor.zip', zipOf([{ name: 'actor.json', text: '[]' }]), /does not say whose it is/],
    ['json.zip', zipOf([{ name: 'actor.json', text: '{' }]), /what should be JSON is none/],
    ['outbox.zip', zipOf([ACTOR_FILE, { name: 'outbox.json', text: '{"orderedItems":[{' }]), /cut/],
    [
      'item.zip',
      zipOf([ACTOR_FILE, { name: 'outbox.json', text: '{"orderedItems":[x]}' }]),
      /JSON/,
    ],
    ['large.zip', zipOf([ACTOR_FILE, outboxOf(note(1, { content: bomb }))]), /too large/],
    ['method.zip', zipOf([{ ...ACTOR_FILE, method: 99 }]), /packed in a strange way/],
    [
      'bomb.zip',
      zipOf([{ name: 'actor.json', text: ' '.repeat(4_000_000), claimed: 10 }]),
      /actor\.json is too large/,
    ],
    ['garbage.zip', corrupted(good), /Broken at byte|neither/],
  ]
  for (const [name, bytes, said] of cases) {
    const path = at.file(name)
    await writeFile(path, bytes)
    const refused = await here.ana('import', path)
    assert.notEqual(refused.code, EXIT.done, name)
    assert.match(refused.err, said, name)
    assert.equal(refused.out, '', name)
  }
  assert.equal((await here.dweets.profile(ANA, 'ana')).dweets, 0)
  const missing = await here.ana('import', at.file('missing.zip'))
  assert.equal(missing.code, EXIT.usedWrongly)
  assert.match(missing.err, /There is no file/)
})

/** The data of the first file are no deflate. */
function corrupted(zip: Buffer): Buffer {
  const copy = Buffer.from(zip)
  copy.fill(0xff, 42, 60)
  return copy
}

test('an import that a ring broke off goes on where it was', async () => {
  await using here = await ring()
  await using at = await folder()
  const path = at.file('archive.zip')
  const many = Array.from({ length: 100 }, (_, i) =>
    note(1, { id: `${ACTOR}/statuses/${i}`, published: new Date(NOW_MS - 1 - i).toISOString() }),
  )
  await writeFile(path, zipOf([ACTOR_FILE, outboxOf(...many)]))
  const take = here.ownData.import.bind(here.ownData)
  let calls = 0
  here.ownData.import = async (who, step) => {
    if (++calls === 2) throw new Error('a bug')
    return take(who, step)
  }
  const broken = await here.ana('import', path)
  assert.equal(broken.code, EXIT.failed)
  assert.match(broken.err, /What was imported stays; the same command again goes on/)
  const { imported, there } = JSON.parse((await here.ana('import', path, '--json')).out)
  assert.deepEqual([imported, there], [{ dweet: 60 }, 40])
  assert.equal((await here.dweets.profile(ANA, 'ana')).dweets, 100)
})

test('a file that cannot be written is told before anything is asked for', async () => {
  await using here = await ring()
  await using at = await folder()
  const refused = await here.ana('export', '--out', at.file('missing/mine.zip'))
  assert.match(refused.err, /OUTPUT_NOT_WRITABLE|its directory does not exist/)
  const written = await here.ana('export', '--out', at.file('mine.zip'), '--json')
  const { bytes } = JSON.parse(written.out)
  const whole = await readFile(at.file('mine.zip'))
  assert.equal(whole.length, bytes)
  // One that breaks off leaves the file that was there.
  here.ownData.export = async function* () {
    yield whole.subarray(0, 100)
    throw new Error('a bug')
  }
  const broken = await here.ana('export', '--out', at.file('mine.zip'))
  assert.deepEqual([broken.code, broken.out], [EXIT.ringNotReachable, ''], broken.err)
  assert.deepEqual(await readFile(at.file('mine.zip')), whole)
  await assert.rejects(readFile(at.file('mine.zip.part')))
})
