/** Another authority for a ring of real processes that is used meanwhile. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import { RealRing } from './ring.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const run = promisify(execFile)
const MEMBERS = 5
/** The computer is to bear five members and these users. */
const USE_EVERY_MS = 50
const TRIES_MAX = 5
const OTHERS_THAN_N4 = [0, 1, 2, 4]

interface Papers {
  /** SHA-256 of the authorities that are trusted. */
  readonly trusted: readonly string[]
  /** Of its certificate. */
  readonly own: string
  readonly isSignedByTrusted: boolean
}

async function papersOf(ring: RealRing, name: string): Promise<Papers> {
  const at = (file: string): Promise<string> =>
    readFile(join(ring.data, 'members', name, file), 'utf8')
  const authorities = (await at('ca.pem')).split(/^(?=-----BEGIN )/m)
  const trusted = authorities.map((pem) => new X509Certificate(pem))
  const own = new X509Certificate(await at('cert.pem'))
  return {
    trusted: trusted.map(({ fingerprint256 }) => fingerprint256),
    own: own.fingerprint256,
    isSignedByTrusted: trusted.some(({ publicKey }) => own.verify(publicKey)),
  }
}

async function allPapers(ring: RealRing): Promise<readonly Papers[]> {
  const names = await readdir(join(ring.data, 'members'))
  return Promise.all(names.map((name) => papersOf(ring, name)))
}

interface Used {
  readonly failures: readonly string[]
  /** A write and a read each. */
  readonly done: number
  readonly repeated: number
}

/**
 * Writes and reads at every member, again and again until `stop`; a failure is kept. As clients do,
 * a user repeats what a busy computer refused: that nothing is refused at all is simulated
 * (`sim/members/rotation.test.ts`).
 */
function useRing(ring: RealRing, authorization: string | undefined, at = [0, 1, 2, 3, 4]) {
  const headers = authorization === undefined ? {} : { authorization }
  const failures: string[] = []
  let done = 0
  let repeated = 0
  let isOver = false
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    for (let tries = 1; ; tries++) {
      const answer = await fetch(url, { ...init, headers })
      if (![503, 504].includes(answer.status) || tries === TRIES_MAX) return answer
      repeated++
      await answer.text()
      await pause(tries * USE_EVERY_MS)
    }
  }
  const user = async (at: number): Promise<void> => {
    for (let count = 0; !isOver; count++) {
      const url = `${ring.door(at)}/v1/kv/things/user-${at}/${count % 50}`
      const value = `${at} ${count}`
      try {
        const put = await ask(url, { method: 'PUT', body: value })
        const got = await ask(url, {})
        const text = await got.text()
        if (!put.ok || text !== value) failures.push(`${put.status} ${got.status} ${text}`)
        else done++
      } catch (thrown) {
        failures.push(String(thrown))
      }
      await pause(USE_EVERY_MS)
    }
  }
  const users = at.map(user)
  return {
    async stop(): Promise<Used> {
      isOver = true
      await Promise.all(users)
      return { failures, done, repeated }
    },
  }
}

function rotate(ring: RealRing): Promise<unknown> {
  return run(process.execPath, [MAIN, 'member', 'rotate-authority', '--data', ring.data], {
    env: { ...process.env, NO_COLOR: '1' },
  })
}

async function settled(ring: RealRing): Promise<void> {
  await ring.until(0, ({ authority }) => authority?.phase === 'done')
  // Members look every ten seconds at the latest.
  for (;;) {
    const papers = await allPapers(ring)
    if (papers.every(({ trusted }) => trusted.length === 1)) return
    await ring.ring()
  }
}

test('a ring of five changes its authority and all certificates while clients notice nothing', async (t) => {
  await using ring = await RealRing.start({ members: MEMBERS })
  const before = await allPapers(ring)
  const use = useRing(ring, await ring.storeKey())
  await rotate(ring)
  await settled(ring)
  const { failures, done, repeated } = await use.stop()
  assert.deepEqual(failures, [])
  assert.ok(done > 0)
  t.diagnostic(`${done} writes and as many reads meanwhile, ${repeated} repeated`)
  const after = await allPapers(ring)
  assert.equal(new Set(after.flatMap(({ trusted }) => trusted)).size, 1)
  for (const [at, papers] of after.entries()) {
    assert.ok(papers.isSignedByTrusted)
    assert.notEqual(papers.own, before[at]?.own)
    assert.notEqual(papers.trusted[0], before[at]?.trusted[0])
  }

  await t.test('members that are killed in the middle of the next one go on with it', async () => {
    const killed = ['n2', 'n3']
    const rotating = rotate(ring)
    await ring.until(0, ({ authority }) => authority?.number === 2)
    for (const name of killed) await ring.signal(name, 'SIGKILL')
    await rotating
    await settled(ring)
    const last = await allPapers(ring)
    assert.ok(last.every(({ isSignedByTrusted }) => isSignedByTrusted))
    assert.notEqual(last[0]?.trusted[0], after[0]?.trusted[0])
  })

  await t.test('a member gets another key at rest, and papers of the authority that is', () =>
    rekey(ring),
  )

  await t.test('a backup of it can be restored', async () => {
    const place = await mkdtemp(join(tmpdir(), 'anillo-rotated-'))
    try {
      const key = ['--key-file', join(place, 'key')]
      const argv = [
        MAIN,
        'backup',
        '--check',
        '--to',
        join(place, 'to'),
        '--data',
        ring.data,
        ...key,
      ]
      await run(process.execPath, argv, { env: { ...process.env, NO_COLOR: '1' } })
    } finally {
      await rm(place, { recursive: true, force: true })
    }
  })
})

async function rekey(ring: RealRing): Promise<void> {
  await ring.until(0, ({ mayFail }) => mayFail === 2)
  for (const at of OTHERS_THAN_N4) await answers(ring, at)
  const keyPath = join(ring.data, 'members', 'n4', 'member.key')
  const before = await readFile(keyPath, 'utf8')
  const use = useRing(ring, await ring.storeKey(), OTHERS_THAN_N4)
  const argv = [MAIN, 'member', 'rekey', 'n4', '--data', ring.data]
  await run(process.execPath, argv, { env: { ...process.env, NO_COLOR: '1' } })
  const { failures, done } = await use.stop()
  assert.deepEqual(failures, [])
  assert.ok(done > 0)
  assert.notEqual(await readFile(keyPath, 'utf8'), before)
  assert.deepEqual(await readdir(join(ring.data, 'given-up')), [])
  assert.ok((await papersOf(ring, 'n4')).isSignedByTrusted)
}

/** Its door is open: after a kill that takes longer than its place on the ring. */
async function answers(ring: RealRing, at: number): Promise<void> {
  while ((await ring.ring(at).catch(() => undefined)) === undefined) await pause(USE_EVERY_MS)
}
