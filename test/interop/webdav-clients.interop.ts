/**
 * Real WebDAV clients with two members of one tree, and litmus, which tries what a server must do.
 * At the end a table of what each did. Needs cadaver, curl, davfs2, dav, litmus, python3 and
 * rclone.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'

import { sha256Hex } from '../../src/base/hash.ts'
import { ANA, davDoor, OWN, type DavTest } from '../../src/gateways/dav/dav-door.test-helper.ts'
import { NICK, PASSWORD, run, urlOf, WEBDAV_CLIENTS, type WebdavClient } from './webdav-clients.ts'

const MIB = 1_048_576
const SIZES = [0, 1, 4 * MIB]
const FOLDER = 'ñandú 😀 dir'
const PERCENT_FOLDER = 'ñandú 😀 100% dir'
const MODIFIED_MS = Date.UTC(2024, 4, 6, 7, 8, 9)

const STEPS = ['mkdir', 'upload', 'list', 'rename', 'copy', 'download', 'delete', 'rmdir'] as const
type Step = (typeof STEPS)[number]

const table: string[][] = []
after(() => {
  const width = 10
  for (const row of [['', ...STEPS], ...table]) {
    console.log(row.map((cell, at) => cell.padEnd(at === 0 ? 2 * width : width)).join(''))
  }
})

interface Trial {
  readonly client: WebdavClient
  readonly here: DavTest
  /** Another member. */
  readonly there: DavTest
  readonly local: string
  readonly folder: string
}

for (const client of WEBDAV_CLIENTS) {
  test(client.name, { timeout: 60_000 }, async (t) => {
    const here = await davDoor(t)
    const there = await davDoor(t, { shared: here.shared })
    const local = await mkdtemp(join(tmpdir(), 'anillo-dav-'))
    t.after(() => rm(local, { recursive: true }))
    const opened = await client.open?.(here)
    if (opened?.kind === 'left out') {
      table.push([client.name, opened.why])
      t.skip(opened.why)
      return
    }
    const folder = client.hasNoPercent === true ? FOLDER : PERCENT_FOLDER
    const trial = { client, here, there, local, folder }
    const row = [client.name]
    table.push(row)
    try {
      for (const step of STEPS) {
        const done = await STEP[step](trial).catch((thrown: unknown) => {
          row.push('FAILED')
          throw thrown
        })
        row.push(done === 'absent' ? '–' : 'right')
      }
    } finally {
      await opened?.close()
    }
  })
}

const STEP: Record<Step, (trial: Trial) => Promise<unknown>> = {
  async mkdir({ client, folder, here }) {
    await client.makeFolder(here, folder)
    assert.equal((await here.files.stat(ANA, `${OWN}/${folder}`)).kind, 'folder')
  },
  async upload({ client, folder, here, local }) {
    for (const size of SIZES) {
      const file = join(local, `${size}`)
      await writeFile(file, bytesOf(size))
      await utimes(file, MODIFIED_MS / 1_000, MODIFIED_MS / 1_000)
      await client.put(here, file, `${folder}/${size}`)
      await hasCome(here, `${folder}/${size}`, size)
    }
    if (client.name !== 'rclone') return
    const { modifiedMs } = await here.files.stat(ANA, `${OWN}/${folder}/1`)
    assert.equal(modifiedMs, MODIFIED_MS)
  },
  async list({ client, folder, here }) {
    const told = await client.list?.(here, folder)
    if (told === undefined) return 'absent'
    for (const size of SIZES) assert.match(told, new RegExp(`(^|[\\D])${size}(\\D|$)`, 'm'))
    return 'right'
  },
  async rename({ client, folder, here }) {
    await client.rename(here, `${folder}/1`, `${folder}/one byte`)
    assert.equal(await sha256Of(here, `${folder}/one byte`), sha256Hex(bytesOf(1)))
  },
  async copy({ client, folder, here }) {
    if (client.copy === undefined) return 'absent'
    await client.copy(here, `${folder}/one byte`, `${folder}/cópia`)
    assert.equal(await sha256Of(here, `${folder}/cópia`), sha256Hex(bytesOf(1)))
    await here.files.remove(ANA, `${OWN}/${folder}/cópia`)
    return 'right'
  },
  async download({ client, folder, here, there, local }) {
    // A file system stays at the member where it is mounted.
    const from = client.open === undefined ? there : here
    for (const [name, size] of [
      ['0', 0],
      ['one byte', 1],
      [`${4 * MIB}`, 4 * MIB],
    ] as const) {
      const file = join(local, `got ${size}`)
      await client.get(from, `${folder}/${name}`, file)
      assert.equal(sha256Hex(await readFile(file)), sha256Hex(bytesOf(size)), name)
    }
  },
  async delete({ client, folder, here }) {
    for (const name of ['0', 'one byte', `${4 * MIB}`]) {
      await client.remove(here, `${folder}/${name}`)
    }
    assert.deepEqual((await here.files.list(ANA, `${OWN}/${folder}`)).entries, [])
  },
  async rmdir({ client, folder, here }) {
    await client.removeFolder(here, folder)
    const names = (await here.files.list(ANA, OWN)).entries.map(({ name }) => name)
    assert.ok(!names.includes(folder))
  },
}

test('litmus finds nothing wrong in any of its suites', { timeout: 60_000 }, async (t) => {
  const here = await davDoor(t)
  const told = await run('litmus', ['-k', urlOf(here, ''), NICK, PASSWORD])
  const suites = Array.from(
    told.matchAll(/summary for `(\w+)': of (\d+) tests run: (\d+) passed, (\d+) failed/g),
    ([, suite, , passed, failed]) => [suite, Number(passed), Number(failed)],
  )
  table.push(...suites.map(([suite, passed]) => [`litmus ${suite}`, `${passed} passed`]))
  assert.deepEqual(suites, [
    ['basic', 16, 0],
    ['copymove', 13, 0],
    ['props', 30, 0],
    ['locks', 41, 0],
    ['http', 4, 0],
  ])
  assert.doesNotMatch(told, /WARNING/)
})

function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 0xff)
}

/** A file system sends what was written once it was closed, and nobody is told when it has. */
async function hasCome(here: DavTest, path: string, size: number): Promise<void> {
  const wanted = sha256Hex(bytesOf(size))
  for (let looks = 1; looks < LOOKS_MAX; looks++) {
    if ((await sha256Of(here, path)) === wanted) return
    await setTimeout(LOOK_MS)
  }
  assert.equal(await sha256Of(here, path), wanted)
}

const LOOK_MS = 50
const LOOKS_MAX = 200

async function sha256Of({ files }: DavTest, path: string): Promise<string | undefined> {
  return (await files.stat(ANA, `${OWN}/${path}`)).sha256
}
