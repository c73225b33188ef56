/** Attachments in an archive: out of one ring, into another one, and what is said where not. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'

import { utf8 } from '../../base/bytes.ts'
import { DAY_MS, KIB } from '../../base/limits.ts'
import {
  attachmentsDoor,
  fileUser,
} from '../../gateways/rest/dweets/attachments-door.test-helper.ts'
import { png } from '../../services/dweets/pictures/pictures.test-helper.ts'
import { noise } from '../../services/files/contents/noise.test-helper.ts'
import type { Dweet, PublicationPage } from '../../wire/api-dweets.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

/** A content of chunks, not of a row. */
const LARGE = noise(64 * KIB, 1)
const SMALL = utf8('few bytes')

async function ring(laterMs = 0) {
  const door = await attachmentsDoor()
  door.clock.advance(Date.UTC(2026, 10, 22) + laterMs - door.clock.wallMs())
  await door.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = door.server.server.address() as AddressInfo
  const token = door.tokens.get('ana') ?? ''
  return {
    ...door,
    ana: async (...words: readonly string[]) => {
      const io = keptIo({ env: { ANILLO_TOKEN: token } })
      const at = ['--at', `http://localhost:${port}`]
      const code = await runProgram(['dweet', ...words, ...at], io)
      return { code, out: io.outText(), err: io.errText() }
    },
    own: async (): Promise<readonly Dweet[]> => {
      const answer = await door.asAna({ url: '/v1/users/ana/dweets' })
      return answer.json<PublicationPage>().items.filter((one) => one.kind === 'dweet')
    },
    bytesAt: async (url = ''): Promise<Buffer> => (await door.asAna({ url })).rawPayload,
    /** Sent, and used by no dweet. */
    unused: () => (door.records.contents.match(/ana\/file\//g) ?? []).length,
    async [Symbol.asyncDispose]() {
      door.server.server.closeAllConnections()
      await door[Symbol.asyncDispose]()
    },
  }
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'anillo-brought-files-'))
  return {
    file: (name: string) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  }
}

/** Three dweets, of which two show something. */
async function written(here: Awaited<ReturnType<typeof ring>>): Promise<void> {
  const picture = await here.attached(png(30, 20), 'name=sea.png&description=Waves')
  const large = await here.attached(LARGE, 'name=large.bin')
  const small = await here.attached(SMALL, 'name=few.txt')
  await here.published({ text: 'plain' })
  await here.published({ text: 'two', attachments: [{ id: picture.id }, { id: large.id }] })
  await here.published({ text: '', attachments: [{ id: small.id }] })
}

const told = ({ attachments = [], text }: Dweet) => [
  text,
  ...attachments.map(({ description, name, sha256, type }) => [name, type, sha256, description]),
]

test('what is attached comes along with its dweets, into another ring, once', async () => {
  await using here = await ring()
  await using there = await ring(DAY_MS)
  await using at = await folder()
  await written(here)
  const path = at.file('mine.zip')
  assert.equal((await here.ana('export', '--with-files', '--out', path)).code, EXIT.done)
  const brought = await there.ana('import', path)
  assert.deepEqual([brought.err, brought.code], ['', EXIT.done])
  assert.equal(brought.out, 'imported 3 dweets, 3 attached files\n')
  const [before, after] = [await here.own(), await there.own()]
  assert.deepEqual(after.map(told), before.map(told))
  const [last, two] = after
  assert.deepEqual(await there.bytesAt(two?.attachments?.[1]?.url), Buffer.from(LARGE))
  assert.deepEqual(await there.bytesAt(last?.attachments?.[0]?.url), Buffer.from(SMALL))
  const used = async () => (await there.files.usage(fileUser('ana'))).bytes
  const bytes = await used()
  assert.ok(bytes > LARGE.length)
  const again = JSON.parse((await there.ana('import', path, '--json')).out)
  assert.deepEqual([again.imported, again.there, again.files.imported], [{}, 3, 0])
  assert.deepEqual([await used(), there.unused()], [bytes, 0])
})

test('without its files an archive says where they are, and brings no dweet that is nothing else', async () => {
  await using here = await ring()
  await using there = await ring(DAY_MS)
  await using at = await folder()
  await written(here)
  const path = at.file('mine.zip')
  await here.ana('export', '--out', path)
  const zip = await readFile(path)
  assert.match(zip.toString('latin1'), /"attachments": "addresses"/)
  assert.match(zip.toString('latin1'), /"url":"\/v1\/dweets\/\d+\/attachments\/[0-9a-f]{32}"/)
  assert.doesNotMatch(zip.toString('latin1'), /media_attachments/)
  const brought = await there.ana('import', path)
  assert.match(brought.out, /^imported 2 dweets\n/)
  assert.match(brought.err, /^1 left out, without text: dweet \d+\n$/)
})

test('a file that does not fit, or is missing, is told, and its dweet comes without it', async () => {
  await using here = await ring()
  await using there = await ring(DAY_MS)
  await using at = await folder()
  await written(here)
  const path = at.file('mine.zip')
  await here.ana('export', '--with-files', '--out', path)
  const admin = { ...fileUser('admin'), isManager: true }
  await there.files.setLimits(admin, 'ana', { bytesMax: 10 * KIB })
  const brought = await there.ana('import', path)
  assert.equal(brought.code, EXIT.done)
  assert.match(brought.out, /^imported 3 dweets, 2 attached files\n/)
  assert.match(
    brought.err,
    /^1 file left out: media_attachments\/[0-9a-f]{32}\/large\.bin \(QUOTA_FULL\)\n$/,
  )
  assert.equal((await there.own()).length, 3)
  assert.equal(there.unused(), 0)
})

test('files of an archive of Mastodon come, too, packed or not, with what is said of them', async () => {
  await using there = await ring(DAY_MS)
  await using at = await folder()
  const actor = { id: 'https://m.test/users/ana', type: 'Person', preferredUsername: 'ana' }
  const note = {
    id: 'https://m.test/1',
    type: 'Note',
    attributedTo: actor.id,
    published: '2024-05-01T00:00:00Z',
    to: ['https://www.w3.org/ns/activitystreams#Public'],
    content: '<p>look</p>',
    attachment: [
      {
        type: 'Document',
        mediaType: 'image/png',
        url: '/media_attachments/files/1/a.png',
        name: 'Waves',
      },
      {
        type: 'Document',
        mediaType: 'image/png',
        url: '/media_attachments/files/2/b.png',
        name: null,
      },
      { type: 'Document', mediaType: 'image/png', url: 'https://m.test/elsewhere.png' },
    ],
  }
  const activity = { id: `${note.id}/activity`, type: 'Create', actor: actor.id, object: note }
  const path = at.file('mastodon.zip')
  const files = new Map<string, Uint8Array>([
    ['actor.json', utf8(JSON.stringify(actor))],
    ['outbox.json', utf8(JSON.stringify({ orderedItems: [activity] }))],
    ['media_attachments/files/1/a.png', png(30, 20)],
  ])
  await writeFile(path, packed(files))
  const brought = await there.ana('import', path)
  assert.equal(brought.out, 'imported 1 dweet, 1 attached file\n', brought.err)
  assert.match(brought.err, /b\.png \(ATTACHMENT_GONE\)/)
  const [one] = await there.own()
  assert.deepEqual(
    one?.attachments?.map(({ description, name, width }) => [name, width, description]),
    [['a.png', 30, 'Waves']],
  )
})

/** A ZIP of deflated files. */
function packed(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const [heads, rows]: [Buffer[], Buffer[]] = [[], []]
  let at = 0
  for (const [text, bytes] of files) {
    const [name, data] = [Buffer.from(text), deflateRawSync(bytes)]
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(8, 8)
    head.writeUInt32LE(data.length, 18)
    head.writeUInt32LE(bytes.length, 22)
    head.writeUInt16LE(name.length, 26)
    const row = Buffer.alloc(46)
    row.writeUInt32LE(0x02014b50, 0)
    row.writeUInt16LE(8, 10)
    row.writeUInt32LE(data.length, 20)
    row.writeUInt32LE(bytes.length, 24)
    row.writeUInt16LE(name.length, 28)
    row.writeUInt32LE(at, 42)
    heads.push(head, name, data)
    rows.push(row, name)
    at += 30 + name.length + data.length
  }
  const directory = Buffer.concat(rows)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.size, 8)
  end.writeUInt16LE(files.size, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...heads, directory, end])
}
