import assert from 'node:assert/strict'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { foundRing, issueMember, markFounded } from '../../node/enrolment/found.ts'
import { dataEffects } from '../data-effects.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

async function ringOfOne(dataPath: string): Promise<void> {
  const effects = dataEffects(dataPath, {})
  await effects.disk.makeDirectory('')
  const ring = await foundRing(effects)
  const common = { name: 'n1', address: '127.0.0.1:29300', hostLabel: 'n1', entryAddresses: [] }
  await issueMember(effects, ring, { ...common, roles: ['entry', 'chord', 'tweeter'] })
  await markFounded(effects.disk, ring.ringId)
}

test('recover mixes no copy of a member and no member of another ring with those that are left', async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'anillo-recover-'))
  t.after(() => rm(place, { recursive: true }))
  const [data, other] = [join(place, 'data'), join(place, 'other')]
  for (const path of [data, other]) await ringOfOne(path)
  const member = (path: string, name: string): string => join(path, 'members', name)
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [member(data, 'n1'), 'n1.bak', /n1 and n1\.bak in .*data\/members are copies of one member/],
    [member(other, 'n1'), 'n2', /n1 and n2 in .*data\/members are of two rings/],
  ]
  for (const [from, name, said] of cases) {
    await cp(from, member(data, name), { recursive: true })
    const io = keptIo()
    assert.equal(await runProgram(['recover', '--data', data], io), EXIT.usedWrongly)
    assert.match(io.errText(), said)
    await rm(member(data, name), { recursive: true })
  }
})
