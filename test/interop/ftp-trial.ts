/**
 * What each FTP client is asked to do with one tree, and a table of what came of it: one column a
 * step, one row a client.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

import { sha256Hex } from '../../src/base/hash.ts'
import { MIB } from '../../src/base/limits.ts'
import { ScriptedClient } from '../../src/gateways/ftp/scripted-client.test-helper.ts'
import { NICK, type FtpClient, type Server } from './ftp-clients.ts'

/** The tree, asked and changed behind the client's back. Paths are from the root. */
export interface Behind {
  /** `undefined`: there is nothing. */
  find(
    path: string,
  ): Promise<{ readonly kind: 'file' | 'folder'; readonly sha256?: string | undefined } | undefined>
  names(folder: string): Promise<readonly string[]>
  makeFolder(path: string): Promise<unknown>
  put(path: string, bytes: Uint8Array): Promise<unknown>
  touch(path: string, modifiedMs: number): Promise<unknown>
  rename(from: string, to: string): Promise<unknown>
  remove(path: string): Promise<unknown>
}

export interface Trial {
  readonly client: FtpClient
  readonly behind: Behind
  readonly here: Server
  /** Another member. */
  readonly there: Server
  /** Of the largest file. */
  readonly bytes: number
  /** In the account's own folder; for this trial alone. */
  readonly folder: string
}

interface Ready extends Trial {
  /** A directory of this computer. */
  readonly local: string
}

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
  'ABOR',
  'delete',
  'rmdir',
] as const
type Step = (typeof STEPS)[number]

export class TrialTable {
  readonly #rows: string[][] = []

  /** Fails with the first step that fails; the table tells which that was. */
  async run(t: TestContext, trial: Trial): Promise<void> {
    const local = await mkdtemp(join(tmpdir(), 'anillo-ftp-'))
    t.after(() => rm(local, { recursive: true }))
    const row = [t.name]
    this.#rows.push(row)
    for (const step of STEPS) {
      const column = row.push('FAILED') - 1
      row[column] = (await STEP[step]({ ...trial, local })) === 'absent' ? '–' : 'right'
    }
  }

  print(): void {
    for (const [name = '', ...cells] of [['', ...STEPS], ...this.#rows]) {
      console.log(name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padEnd(CELL_WIDTH)).join(''))
    }
  }
}

const NAME_WIDTH = 22
const CELL_WIDTH = 13

/** By the client, or where it cannot, behind its back. */
const STEP: Record<Step, (trial: Ready) => Promise<unknown>> = {
  async mkdir({ behind, client, folder, here }) {
    if (client.makeFolder === undefined) await behind.makeFolder(inHome(folder))
    else await client.makeFolder(here, folder)
    assert.equal((await behind.find(inHome(folder)))?.kind, 'folder')
    return client.makeFolder ?? 'absent'
  },
  async upload(trial) {
    const { behind, client, folder, here, local } = trial
    for (const size of sizesOf(trial)) {
      const bytes = bytesOf(size)
      const file = join(local, `${size}`)
      await writeFile(file, bytes)
      if (client.put === undefined) await behind.put(inHome(`${folder}/${size}`), bytes)
      else await client.put(here, file, `${folder}/${size}`)
      assert.equal(await sha256Of(trial, `${size}`), sha256Hex(bytes))
    }
    return client.put ?? 'absent'
  },
  async list(trial) {
    const told = await trial.client.list?.(trial.here, trial.folder)
    if (told === undefined) return 'absent'
    for (const size of sizesOf(trial)) {
      assert.match(told, new RegExp(`(^|[\\s/>])${size}([\\s<"]|$)`, 'm'))
    }
    return told
  },
  async size({ bytes, client, folder, here }) {
    if (client.size === undefined) return 'absent'
    assert.equal(await client.size(here, `${folder}/${bytes}`), bytes)
    return 'right'
  },
  async mdtm({ behind, client, folder, here }) {
    if (client.modified === undefined) return 'absent'
    await behind.touch(inHome(`${folder}/1`), MODIFIED_MS)
    assert.equal(await client.modified(here, `${folder}/1`), MODIFIED_MS)
    return 'right'
  },
  async rename(trial) {
    const { behind, client, folder, here } = trial
    const [from, to] = [`${folder}/1`, `${folder}/one byte`]
    if (client.rename === undefined) await behind.rename(inHome(from), inHome(to))
    else await client.rename(here, from, to)
    assert.equal(await sha256Of(trial, 'one byte'), sha256Hex(bytesOf(1)))
    return client.rename ?? 'absent'
  },
  async download({ bytes, client, folder, local, there }) {
    for (const [name, size] of Object.entries({ '0': 0, 'one byte': 1, [`${bytes}`]: bytes })) {
      const file = join(local, `got ${size}`)
      await client.get(there, `${folder}/${name}`, file)
      assert.equal(sha256Hex(await readFile(file)), sha256Hex(bytesOf(size)), name)
    }
  },
  async 'resumed down'({ bytes: size, client, folder, local, there }) {
    if (client.resumeGet === undefined) return 'absent'
    const file = join(local, 'resumed')
    const bytes = bytesOf(size)
    await writeFile(file, bytes.subarray(0, brokenAt(size)))
    await client.resumeGet(there, `${folder}/${size}`, file)
    assert.equal(sha256Hex(await readFile(file)), sha256Hex(bytes))
    return 'right'
  },
  /** Begun at one member, where it breaks off, finished at the other. */
  async 'resumed up'(trial) {
    const { bytes: size, client, folder, here, local, there } = trial
    if (client.resumePut === undefined) return 'absent'
    const bytes = bytesOf(size)
    const at = brokenAt(size)
    await breakOff(here, `${folder}/resumed`, bytes.subarray(0, at))
    const file = join(local, 'whole')
    await writeFile(file, bytes)
    await writeFile(`${file}.rest`, bytes.subarray(at))
    await client.resumePut(there, file, `${folder}/resumed`)
    assert.equal(await sha256Of(trial, 'resumed'), sha256Hex(bytes))
    return 'right'
  },
  /** In mid-download; the connection is good for more afterwards. */
  async ABOR({ bytes, client, folder, here }) {
    if (client.abort === undefined) return 'absent'
    assert.equal(await client.abort(here, `${folder}/${bytes}`), bytes)
    return 'right'
  },
  async delete({ behind, client, folder, here }) {
    for (const name of await behind.names(inHome(folder))) {
      if (client.remove === undefined) await behind.remove(inHome(`${folder}/${name}`))
      else await client.remove(here, `${folder}/${name}`)
    }
    assert.deepEqual(await behind.names(inHome(folder)), [])
    return client.remove ?? 'absent'
  },
  async rmdir({ behind, client, folder, here }) {
    if (client.removeFolder === undefined) return 'absent'
    await client.removeFolder(here, folder)
    assert.equal(await behind.find(inHome(folder)), undefined)
    return 'right'
  },
}

function inHome(path: string): string {
  return `/home/${NICK}/${path}`
}

function sizesOf({ bytes }: Trial): readonly number[] {
  return [0, 1, bytes]
}

/** Neither at a chunk's nor at a packet's end. */
function brokenAt(bytes: number): number {
  return Math.floor(bytes / 3) + 1
}

async function sha256Of({ behind, folder }: Trial, name: string): Promise<string | undefined> {
  return (await behind.find(inHome(`${folder}/${name}`)))?.sha256
}

/** An upload whose data connection is reset once the member has all of `bytes`. */
async function breakOff(server: Server, path: string, bytes: Uint8Array): Promise<void> {
  const ftp = await ScriptedClient.open(server.port)
  await ftp.logIn(NICK, server.password)
  const data = await ftp.data()
  assert.equal(await ftp.code(`STOR ${path}`), 150)
  data.write(bytes)
  while ((await ftp.ask('STAT')).text !== `Received ${bytes.length} bytes so far.`);
  data.resetAndDestroy()
  assert.equal((await ftp.answer()).code, 426)
  ftp.close()
}

export function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  // No line ends come in turn, and no two MiB are alike.
  for (let at = 0; at < size; at++) {
    bytes[at] = (at * 31 + (at >> 8) * 17 + (at >> 16) + Math.floor(at / MIB) * 7) & 255
  }
  return bytes
}
