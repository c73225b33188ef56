/** `anillo backup` and `anillo restore` on real processes: everything lost, and there again. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import { adminPasswordPath, readAdminPassword } from '../../src/node/admin-password.ts'
import { METRIC_ROWS } from '../../src/node/metrics/rows.ts'
import { startSite } from '../fixtures/site.ts'
import { RealRing } from './ring.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const run = promisify(execFile)

interface Told {
  readonly number: number
  readonly contentHash: string
  readonly records: number
  readonly chunks: { readonly count: number; readonly bytes: number }
  readonly partitionsKept: number
  readonly next: string
}

async function anillo(args: readonly string[], env: Record<string, string> = {}): Promise<Told> {
  const { stdout } = await run(process.execPath, [MAIN, ...args, '--json'], {
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  return JSON.parse(stdout) as Told
}

/** Exit code and what was said of a command that fails. */
async function failing(args: readonly string[]): Promise<{ code: unknown; said: string }> {
  const env = { ...process.env, NO_COLOR: '1' }
  try {
    await run(process.execPath, [MAIN, ...args], { env })
  } catch (thrown) {
    const { code, stderr } = thrown as { code: unknown; stderr: string }
    return { code, said: stderr }
  }
  throw new Error(`${args.join(' ')} went well`)
}

async function put(ring: RealRing, at: number, key: string, value: string): Promise<void> {
  const url = `${ring.door(at)}/v1/kv/things/${key}/value`
  const response = await ring.fetch(url, { method: 'PUT', body: value })
  assert.ok(response.ok, `${response.status} for ${key}`)
}

const LOOK_MS = 100

/** So long that it is kept in chunks. */
const PAGE_TEXT = Array.from({ length: 150_000 }, (_, at) => `line ${at}`).join('\n')

/** Downloads a page whose site is gone afterwards. @returns its id */
async function keepPage(ring: RealRing): Promise<string> {
  await using site = await startSite()
  site.text = PAGE_TEXT
  const { page } = await ring.scrape(1, `${site.origin}/text`)
  assert.equal(page?.bytes, PAGE_TEXT.length)
  await findPage(ring)
  return page.id
}

/** Its words are told to the index a moment later, which changes what a backup holds. */
async function findPage(ring: RealRing): Promise<void> {
  for (;;) {
    const response = await ring.fetch(`${ring.door(1)}/v1/search?q=line`)
    const { items } = (await response.json()) as { readonly items: readonly object[] }
    if (items.length > 0) return
    await pause(LOOK_MS)
  }
}

async function checkPage(ring: RealRing, at: number, id: string): Promise<void> {
  const response = await ring.fetch(`${ring.door(at)}/v1/pages/${id}/content`)
  assert.equal(response.status, 200, `page at ${at}`)
  assert.equal(await response.text(), PAGE_TEXT)
}

async function get(ring: RealRing, at: number, key: string): Promise<string> {
  const response = await ring.fetch(`${ring.door(at)}/v1/kv/things/${key}/value`)
  assert.equal(response.status, 200, key)
  return response.text()
}

/** All but those of the record, the audit log, the ring's own list, log-ins. */
const KEPT_LEAST = 58

test('backup, everything deleted, restore: the same content on another number of members', async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'anillo-backup-'))
  t.after(() => rm(place, { recursive: true, force: true }))
  const folder = join(place, 'folder')
  const file = join(place, 'one.anillo')
  const keyFile = join(place, 'key')
  const restoredData = join(place, 'restored')
  const keys = Array.from({ length: 60 }, (_, at) => `key-${at}`)
  let told: Told
  let page = ''
  let password: string | undefined
  {
    await using ring = await RealRing.start({ members: 3 })
    const shared = ['--data', ring.data, '--key-file', keyFile]
    await Promise.all(keys.map((key, at) => put(ring, at % 3, key, `first ${at}`)))
    page = await keepPage(ring)

    const { records } = await anillo(['backup', '--to', folder, ...shared])
    await t.test('a first backup holds all records', () => assert.ok(records > keys.length))

    await t.test('a second one copies what changed alone', async () => {
      await put(ring, 1, 'key-7', 'second')
      const second = await anillo(['backup', '--to', folder, ...shared])
      // The audit log has the first one meanwhile.
      assert.ok(second.records >= records)
      assert.equal(second.chunks.bytes, PAGE_TEXT.length, 'of the page')
      assert.ok(second.partitionsKept >= KEPT_LEAST, `${second.partitionsKept} kept`)
      assert.equal(second.number, 2)
      const parts = await readdir(join(folder, 'partitions'))
      assert.equal(parts.length, 64 + 64 - second.partitionsKept)
    })

    await t.test('one file, tried by restoring it, has the same content', async () => {
      told = await anillo(['backup', '--to', file, '--check', ...shared])
      const again = await anillo(['backup', '--to', folder, ...shared])
      assert.equal(again.contentHash, told.contentHash)
    })

    password = await readAdminPassword(ring.data)
    await t.test('/metrics tells what the store did', () => metrics(ring))
    await t.test('nobody without the key of the directory takes one', () => strangers(ring))
    await ring.stop()
    const { code, said } = await failing(['backup', '--to', folder, ...shared])
    assert.equal(code, 3, said)
  }

  await t.test('restore makes a ring of two members with the same content', async () => {
    const where = ['--data', restoredData, '--members', '2', '--http', '22500']
    const restored = await anillo(['restore', file, '--key-file', keyFile, ...where])
    assert.equal(restored.contentHash, told.contentHash)
    await using ring = await RealRing.start({ data: restoredData, members: 2, http: 22_500 })
    const shared = ['--data', restoredData, '--key-file', keyFile]
    const again = await anillo(['backup', '--to', join(place, 'again'), ...shared])
    assert.equal(again.contentHash, told.contentHash)
    // Its accounts are those of the ring that was lost; a log-in is a change of its content.
    if (password !== undefined) await writeFile(adminPasswordPath(restoredData), password)
    for (const [at, key] of keys.entries()) {
      assert.equal(await get(ring, at % 2, key), at === 7 ? 'second' : `first ${at}`)
    }
    for (const at of [0, 1]) await checkPage(ring, at, page)
    await put(ring, 1, 'key-0', 'of the ring that was restored')
    assert.equal(await get(ring, 0, 'key-0'), 'of the ring that was restored')
    const refused = await failing(['restore', file, ...shared])
    assert.match(refused.said, /DATA_NOT_EMPTY/)
  })

  await t.test('a wrong key, a changed byte and a cut file are told', () =>
    damage({ place, file, keyFile }),
  )
})

async function metrics(ring: RealRing): Promise<void> {
  const response = await ring.fetch(`${ring.door(1)}/metrics`)
  const text = await response.text()
  const value = (row: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${row} `))
    return Number(line?.slice(row.length + 1))
  }
  for (const { name } of METRIC_ROWS) assert.match(text, new RegExp(`^# TYPE ${name} `, 'm'))
  assert.ok(value('anillo_writes_total{outcome="done"}') >= 20)
  const replicas = ['leader', 'voter', 'learner'].map((of) =>
    value(`anillo_replicas{role="${of}"}`),
  )
  assert.equal(
    replicas.reduce((sum, count) => sum + count, 0),
    64,
  )
  assert.ok(value('anillo_disk_free_bytes') > value('anillo_disk_reserve_bytes'))
  assert.ok(value('anillo_log_append_seconds_count') > 0)
}

async function strangers(ring: RealRing): Promise<void> {
  for (const headers of [{}, { authorization: 'Bearer 00' }]) {
    const answer = await fetch(`${ring.door(0)}/v1/ring/backups`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"known":[]}',
    })
    assert.ok([401, 403].includes(answer.status), String(answer.status))
  }
}

async function damage(at: {
  readonly place: string
  readonly file: string
  readonly keyFile: string
}): Promise<void> {
  const { place, file, keyFile } = at
  const elsewhere = join(place, 'elsewhere')
  const otherKey = join(place, 'other-key')
  await writeFile(otherKey, '00'.repeat(32))
  const wrong = ['restore', file, '--data', elsewhere, '--key-file', otherKey]
  assert.match((await failing(wrong)).said, /BACKUP_LOCKED/)
  const whole = await readFile(file)
  const right = ['restore', file, '--data', elsewhere, '--key-file', keyFile]
  const changed = Uint8Array.from(whole)
  changed[1_000] = (changed[1_000] ?? 0) ^ 1
  await writeFile(file, changed)
  assert.match((await failing(right)).said, /BACKUP_DAMAGED/)
  await writeFile(file, whole.subarray(0, whole.length - 9))
  assert.match((await failing(right)).said, /BACKUP_DAMAGED/)
  await assert.rejects(readdir(elsewhere))
}
