/**
 * Real FTP clients with two members of one tree, plain and encrypted; at the end a table of what
 * each did. Needs aria2c, curl, inetutils-ftp, lftp, ncftpput, python3, rclone, tnftp and wget.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { ANA, testDoor, type TestDoor } from '../../src/gateways/ftp/door.test-helper.ts'
import { FTP_CLIENTS, type FtpClient, type Server } from './ftp-clients.ts'

const MIB = 1_048_576
const SIZES = [0, 1, 16 * MIB]
const FOLDER = 'ñandú 😀 dir'
const HOME = `/home/${ANA.nick}`
const MODIFIED_MS = Date.UTC(2024, 4, 6, 7, 8, 9)

const STEPS = [
  'mkdir',
  'upload',
  'list',
  'size',
  'mdtm',
  'rename',
  'download',
  'resumed down',
  'resumed up',
  'delete',
  'rmdir',
] as const
type Step = (typeof STEPS)[number]

const table: string[][] = []
after(() => {
  const width = 13
  for (const row of [['', ...STEPS], ...table]) {
    console.log(row.map((cell, at) => cell.padEnd(at === 0 ? width + 4 : width)).join(''))
  }
})

interface Trial {
  readonly client: FtpClient
  readonly here: Server
  /** Another member. */
  readonly there: Server
  readonly door: TestDoor
  readonly local: string
}

for (const client of FTP_CLIENTS) {
  for (const isSecure of client.isSecure ? [false, true] : [false]) {
    const name = `${client.name}, ${isSecure ? 'TLS' : 'plain'}`
    test(name, { timeout: 180_000 }, async (t) => {
      const door = await testDoor(t)
      const other = await testDoor(t, { files: door.files, passivePorts: PORTS_OF_OTHER })
      const local = await mkdtemp(join(tmpdir(), 'anillo-ftp-'))
      t.after(() => rm(local, { recursive: true }))
      const trial: Trial = {
        client,
        here: { port: door.port, isSecure },
        there: { port: other.port, isSecure },
        door,
        local,
      }
      const done = new Map<Step, string>()
      const row = [name]
      table.push(row)
      try {
        for (const step of STEPS) {
          done.set(step, 'FAILED')
          done.set(step, (await STEP[step](trial)) === 'absent' ? '–' : 'right')
        }
      } finally {
        row.push(...STEPS.map((step) => done.get(step) ?? ''))
      }
    })
  }
}

const PORTS_OF_OTHER = { first: 21_550, last: 21_599 }

/** By the client, or where it cannot, behind its back. */
const STEP: Record<Step, (trial: Trial) => Promise<unknown>> = {
  async mkdir({ client, door, here }) {
    await client.makeFolder?.(here, FOLDER)
    if (client.makeFolder === undefined) await door.files.makeFolder(ANA, `${HOME}/${FOLDER}`)
    assert.equal((await door.files.stat(ANA, `${HOME}/${FOLDER}`)).kind, 'folder')
    return client.makeFolder ?? 'absent'
  },
  async upload({ client, door, here, local }) {
    for (const size of SIZES) {
      const bytes = bytesOf(size)
      const file = join(local, `${size}`)
      await writeFile(file, bytes)
      await client.put?.(here, file, `${FOLDER}/${size}`)
      if (client.put === undefined) await door.put(`${HOME}/${FOLDER}/${size}`, bytes)
      assert.equal(await sha256Of(door, `${size}`), sha256Hex(bytes))
    }
    return client.put ?? 'absent'
  },
  async list({ client, here }) {
    const told = await client.list?.(here, FOLDER)
    if (told === undefined) return 'absent'
    for (const size of SIZES) assert.match(told, new RegExp(`(^|[\\s/>])${size}([\\s<"]|$)`, 'm'))
    return told
  },
  async size({ client, here }) {
    if (client.size === undefined) return 'absent'
    assert.equal(await client.size(here, `${FOLDER}/${16 * MIB}`), 16 * MIB)
    return 'right'
  },
  async mdtm({ client, door, here }) {
    if (client.modified === undefined) return 'absent'
    await door.files.touch(ANA, `${HOME}/${FOLDER}/1`, { modifiedMs: MODIFIED_MS })
    assert.equal(await client.modified(here, `${FOLDER}/1`), MODIFIED_MS)
    return 'right'
  },
  async rename({ client, door, here }) {
    await client.rename?.(here, `${FOLDER}/1`, `${FOLDER}/one byte`)
    if (client.rename === undefined) {
      await door.files.move(ANA, `${HOME}/${FOLDER}/1`, `${HOME}/${FOLDER}/one byte`)
    }
    assert.equal(await sha256Of(door, 'one byte'), sha256Hex(bytesOf(1)))
    return client.rename ?? 'absent'
  },
  async download({ client, there, local }) {
    for (const [name, size] of Object.entries({
      '0': 0,
      'one byte': 1,
      [`${16 * MIB}`]: 16 * MIB,
    })) {
      const file = join(local, `got ${size}`)
      await client.get(there, `${FOLDER}/${name}`, file)
      assert.equal(sha256Hex(await readFile(file)), sha256Hex(bytesOf(size)), name)
    }
  },
  async 'resumed down'({ client, there, local }) {
    if (client.resumeGet === undefined) return 'absent'
    const file = join(local, 'resumed')
    const bytes = bytesOf(16 * MIB)
    await writeFile(file, bytes.subarray(0, 5 * MIB))
    await client.resumeGet(there, `${FOLDER}/${16 * MIB}`, file)
    assert.equal(sha256Hex(await readFile(file)), sha256Hex(bytes))
    return 'right'
  },
  /** Begun at one member, which breaks off, finished at the other. */
  async 'resumed up'({ client, door, there, local }) {
    if (client.resumePut === undefined) return 'absent'
    const bytes = bytesOf(16 * MIB)
    const path = `${HOME}/${FOLDER}/resumed`
    const upload = await door.files.write(ANA, path, { how: 'replace' })
    await upload.push(bytes.subarray(0, 5 * MIB))
    await upload.leave()
    const file = join(local, 'whole')
    await writeFile(file, bytes)
    await writeFile(`${file}.rest`, bytes.subarray(5 * MIB))
    await client.resumePut(there, file, `${FOLDER}/resumed`)
    assert.equal(await sha256Of(door, 'resumed'), sha256Hex(bytes))
    return 'right'
  },
  async delete({ client, door, here }) {
    const { entries } = await door.files.list(ANA, `${HOME}/${FOLDER}`)
    for (const { name, path } of entries) {
      await client.remove?.(here, `${FOLDER}/${name}`)
      if (client.remove === undefined) await door.files.remove(ANA, path)
    }
    assert.deepEqual((await door.files.list(ANA, `${HOME}/${FOLDER}`)).entries, [])
    return client.remove ?? 'absent'
  },
  async rmdir({ client, door, here }) {
    if (client.removeFolder === undefined) return 'absent'
    await client.removeFolder(here, FOLDER)
    await assert.rejects(door.files.stat(ANA, `${HOME}/${FOLDER}`))
    return 'right'
  },
}

function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  // No line ends come in turn, and no two MiB are alike.
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >> 8) * 17 + (at >> 16)) & 255
  return bytes
}

async function sha256Of({ files }: TestDoor, name: string): Promise<string> {
  const { sha256 } = await files.stat(ANA, `${HOME}/${FOLDER}/${name}`)
  return present(sha256, 'the SHA-256 of a file')
}
