import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { parseMemberId } from '../../base/ids.ts'
import { DAY_MS, MINUTE_MS } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { issuedDoor } from '../../platform/door-papers.test-helper.ts'
import { DOOR_VALID_MS, type DoorRequest } from '../enrolment/door-certificate.ts'
import { fakeCrypto, fakeLog } from '../enrolment/fakes.test-helper.ts'
import { GivenPapers, IssuedPapers } from './door-papers.ts'

const SELF = parseMemberId('cd'.repeat(16))

function issuing() {
  const clock = new ManualClock()
  const asked: DoorRequest[] = []
  const ring = { authority: 'authority 1', issues: '', isThere: true }
  const papers = new IssuedPapers({ clock, crypto: fakeCrypto(), log: fakeLog() }, SELF, {
    authorityPem: () => ring.authority,
    certify: async (request) => {
      if (!ring.isThere) throw new Error('nobody answers')
      asked.push(request)
      const certificateUntilMs = clock.wallMs() + DOOR_VALID_MS
      const certificatePem = `certificate ${asked.length}`
      const authorityPem = ring.issues || ring.authority
      return { certificatePem, authorityPem, certificateUntilMs }
    },
  })
  return { clock, asked, ring, papers }
}

test('IssuedPapers asks once, with the authority along, until half of the time is over', async () => {
  const { asked, clock, papers } = issuing()
  const first = await papers.next(['a.test'])
  assert.equal(first?.certificatePem, 'certificate 1\nauthority 1')
  assert.equal(await papers.next(['a.test']), undefined)
  clock.advance(DOOR_VALID_MS / 2 - DAY_MS)
  assert.equal(await papers.next(['a.test']), undefined)
  clock.advance(2 * DAY_MS)
  const second = await papers.next(['a.test'])
  assert.equal(second?.certificatePem, 'certificate 2\nauthority 1')
  assert.notEqual(second?.privateKeyPem, first?.privateKeyPem, 'a new certificate has a new key')
  assert.equal(asked.length, 2)
})

test('IssuedPapers asks anew for other names, and under another authority', async () => {
  const { asked, papers, ring } = issuing()
  await papers.next(['a.test'])
  await papers.next(['a.test', '10.0.0.1'])
  assert.deepEqual(asked.at(-1)?.names, ['a.test', '10.0.0.1'])
  ring.authority = 'authority 2'
  const renewed = await papers.next(['a.test', '10.0.0.1'])
  assert.equal(renewed?.certificatePem, 'certificate 3\nauthority 2')
})

test('IssuedPapers of an authority that is not trusted here yet are asked for again later', async () => {
  const { asked, clock, papers, ring } = issuing()
  ring.issues = 'authority 2'
  await papers.next(['a.test'])
  assert.equal(await papers.next(['a.test']), undefined)
  clock.advance(11 * MINUTE_MS)
  await papers.next(['a.test'])
  assert.equal(asked.length, 2)
})

test('IssuedPapers that nobody can issue are asked for again', async () => {
  const { asked, papers, ring } = issuing()
  ring.isThere = false
  await assert.rejects(papers.next(['a.test']))
  ring.isThere = true
  assert.ok((await papers.next(['a.test'])) !== undefined)
  assert.equal(asked.length, 1)
})

test('GivenPapers are read again when they were replaced, and tell what is wrong', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'anillo-papers-'))
  t.after(() => rm(directory, { recursive: true }))
  const paths = { certificate: join(directory, 'c.pem'), key: join(directory, 'k.pem') }
  const log = fakeLog()
  const papers = new GivenPapers(log, paths)
  const isInvalid = (thrown: unknown): boolean => isAnilloError(thrown, 'SETTING_INVALID')
  await assert.rejects(papers.next(['a.test']), isInvalid)
  const put = async (names: readonly string[]): Promise<string> => {
    const { certificatePem, privateKeyPem } = await issuedDoor(...names)
    await writeFile(paths.certificate, certificatePem)
    await writeFile(paths.key, privateKeyPem)
    return certificatePem
  }
  const first = await put(['a.test', '10.0.0.1'])
  assert.equal((await papers.next(['a.test', '10.0.0.1']))?.certificatePem, first)
  assert.equal(await papers.next(['a.test', '10.0.0.1']), undefined)
  const second = await put(['b.test'])
  assert.equal((await papers.next(['a.test']))?.certificatePem, second)
  await writeFile(paths.certificate, 'half of a')
  await assert.rejects(papers.next(['a.test']), isInvalid)
})
