/** `anillo doctor` on the files and processes of a real ring: sound, stopped, and damaged. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'

import type { Finding } from '../../src/node/doctor/finding.ts'
import { plainText, startSite } from '../fixtures/site.ts'
import { RealRing } from './ring.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const run = promisify(execFile)

interface Told {
  readonly code: number
  readonly isSound: boolean
  readonly findings: readonly Finding[]
}

async function doctor(data: string, ...flags: readonly string[]): Promise<Told> {
  const args = [MAIN, 'doctor', '--data', data, '--json', ...flags]
  try {
    const { stdout } = await run(process.execPath, args)
    return { ...(JSON.parse(stdout) as Told), code: 0 }
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string }
    assert.ok(stdout.startsWith('{'), stderr)
    return { ...(JSON.parse(stdout) as Told), code }
  }
}

/** But ports: once this ring has stopped, that of another trial may stand there. */
function wrongOf({ findings }: Told): readonly string[] {
  return findings
    .filter(({ check, level }) => level === 'wrong' && check !== 'ports')
    .map(({ about, check }) => `${about} ${check}`)
}

/** Every name, mode, time of change and byte below a directory. */
async function printOf(directory: string): Promise<string> {
  const hash = createHash('sha256')
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const { mode, mtimeMs } = await stat(path)
    hash.update(`${path} ${mode} ${mtimeMs}\n`)
    if (entry.isFile()) hash.update(await readFile(path))
  }
  return hash.digest('hex')
}

async function flip(path: string, at: number): Promise<() => Promise<void>> {
  const file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
  const was = buffer[0] ?? 0
  await file.write(Uint8Array.of(was ^ 1), 0, 1, at)
  await file.close()
  return async () => {
    const again = await open(path, 'r+')
    await again.write(Uint8Array.of(was), 0, 1, at)
    await again.close()
  }
}

/** Where in the file of the database a byte of some value stands, in pages out of use, too. */
async function valueAt(file: string): Promise<readonly number[]> {
  const database = new DatabaseSync(`file:${file}?immutable=1`, { readOnly: true })
  const row = database.prepare('SELECT value FROM entries WHERE length(value) > 1000').get()
  database.close()
  const value = row?.['value']
  assert.ok(value instanceof Uint8Array, 'the database holds a value')
  const begin = value.subarray(0, 64)
  const bytes = await readFile(file)
  const places: number[] = []
  for (let at = bytes.indexOf(begin); at >= 0; at = bytes.indexOf(begin, at + 1)) places.push(at)
  assert.ok(places.length > 0, 'the value lies in the file')
  return places.map((at) => at + 40)
}

function memberIn(data: string): (...names: readonly string[]) => string {
  return (...names) => join(data, 'members', 'n2', ...names)
}

async function oldPages(t: TestContext, data: string): Promise<void> {
  const member = memberIn(data)
  await t.test('pages that an earlier version left are told, and wrong is nothing', async () => {
    await mkdir(member('pages'))
    await writeFile(member('pages', 'index'), '')
    const told = await doctor(data, '--offline')
    const old = told.findings.find(({ check }) => check === 'old-pages')
    assert.deepEqual([old?.about, old?.level], ['n2', 'notice'])
    assert.ok(old?.advice?.includes(member('pages')))
  })
}

async function damages(t: TestContext, data: string): Promise<void> {
  const member = memberIn(data)
  await t.test('a flipped byte of the log is told, with its file', async () => {
    const [name = ''] = (await readdir(member('store/log'))).filter((file) => file.endsWith('.log'))
    const file = member('store/log', name)
    const mend = await flip(file, 600)
    const told = await doctor(data)
    await mend()
    assert.equal(told.code, 1)
    assert.deepEqual(wrongOf(told), ['n2 log'])
    assert.ok(told.findings.some(({ text, advice }) => text.includes(file) && advice !== undefined))
  })

  await t.test(
    'a flipped byte of a value in the database is told when looked at deeply',
    async () => {
      const file = member('store/state')
      const { size } = await stat(file)
      assert.ok(size > 8_192)
      const mends: (() => Promise<void>)[] = []
      for (const at of await valueAt(file)) mends.push(await flip(file, at))
      const told = await doctor(data, '--deep')
      for (const mend of mends) await mend()
      assert.deepEqual(wrongOf(told), ['n2 database'])
      assert.ok(told.findings.some(({ text }) => text.includes(file)))
    },
  )

  await t.test('a flipped byte of a chunk is told when looked at deeply', async () => {
    const names = await readdir(member('store/chunks'), { recursive: true })
    const [chunk = ''] = names.filter((name) => /[0-9a-f]{64}$/.test(name))
    const mend = await flip(member('store/chunks', chunk), 5_000)
    const shallow = await doctor(data, '--offline')
    const told = await doctor(data, '--offline', '--deep')
    await mend()
    assert.deepEqual([shallow, told].map(wrongOf), [[], ['n2 chunks']])
    assert.ok(told.findings.some(({ text }) => text.includes(chunk)))
  })

  await t.test('a chunk that is not what its name says is told', async () => {
    const hash = 'ab'.repeat(32)
    await mkdir(member('store/chunks/ab'), { recursive: true })
    await writeFile(member('store/chunks/ab', hash), 'no chunk at all, but long enough')
    const told = await doctor(data, '--offline')
    assert.deepEqual(wrongOf(told), ['n2 chunks'])
    await writeFile(member('store/chunks/ab', hash), '')
    assert.deepEqual(wrongOf(await doctor(data, '--offline', '--deep')), ['n2 chunks'])
  })
}

test('doctor: a sound ring is sound, and what is damaged is named; nothing is changed', async (t) => {
  await using ring = await RealRing.start({ members: 3, env: { ANILLO_HANG_AFTER_MS: '60000' } })
  const { data } = ring
  const member = memberIn(data)
  const body = 'a value that takes some room '.repeat(40)
  for (let at = 0; at < 40; at++) {
    const url = `${ring.door(0)}/v1/kv/things/key-${at}/value`
    assert.equal((await ring.fetch(url, { method: 'PUT', body })).status, 201)
  }

  {
    await using site = await startSite()
    // Too much for a record, however it is packed.
    site.text = Buffer.from(plainText(100_000)).toString()
    assert.equal((await ring.scrape(0, `${site.origin}/text`)).state, 'done')
  }

  await t.test('while the ring runs', async () => {
    const told = await doctor(data, '--deep')
    assert.deepEqual(wrongOf(told), [])
    assert.equal(told.code, 0)
    const checks = new Set(told.findings.map(({ check }) => check))
    for (const check of ['node', 'disk.space', 'log', 'database', 'chunks', 'clock', 'version']) {
      assert.ok(checks.has(check), check)
    }
  })

  await t.test('when a member does not answer', async () => {
    const pid = await ring.signal('n3', 'SIGSTOP')
    const told = await doctor(data)
    process.kill(pid, 'SIGCONT')
    assert.equal(told.code, 1)
    assert.ok(wrongOf(told).includes('n3 reach'), JSON.stringify(told.findings))
  })
  await ring.stop()

  await t.test('a stopped ring, of which not a byte is changed', async () => {
    const before = await printOf(data)
    const told = await doctor(data, '--deep')
    assert.deepEqual(wrongOf(told), [])
    assert.equal(await printOf(data), before)
  })

  await oldPages(t, data)
  await damages(t, data)

  await t.test('a key that others can read, a taken port, a bad setting', async () => {
    await chmod(member('member.key'), 0o644)
    await writeFile(join(data, 'settings.json'), '{"noSuchSetting": 1}')
    const taken = createServer()
    await new Promise<void>((resolve) => {
      // It is taken already where the ring of another trial stands there.
      taken.once('error', () => resolve())
      taken.listen(ring.http + 2, '127.0.0.1', resolve)
    })
    const told = await doctor(data, '--offline')
    await new Promise((resolve) => taken.close(resolve))
    assert.deepEqual(wrongOf(told).toSorted(), ['data settings', 'n2 chunks', 'n2 secrets'])
    const ports = told.findings.find(({ about, check }) => about === 'n3' && check === 'ports')
    assert.equal(ports?.level, 'wrong')
  })

  await t.test('a directory that is not there', async () => {
    assert.deepEqual(wrongOf(await doctor(join(data, 'nowhere'))), ['data data'])
  })
})
