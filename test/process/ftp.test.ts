/** FTP over a ring of real processes: one tree, whichever member is asked and whichever dies. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { MIB } from '../../src/base/limits.ts'
import { ScriptedClient } from '../../src/gateways/ftp/scripted-client.test-helper.ts'
import { ADMIN_NICK } from '../../src/node/admin-password.ts'
import { RealRing } from './ring.ts'

test('what is uploaded at one member is there at all, also where it died in mid-upload', async () => {
  await using ring = await RealRing.start({ members: 3, flags: ['--no-restart'] })
  const password = (await readFile(join(ring.data, 'admin-password'), 'utf8')).trim()
  const { members } = await ring.ring()
  const session = async (name: string): Promise<ScriptedClient> => {
    const member = present(
      members.find((one) => one.name === name),
      name,
    )
    const url = new URL(present(member.ftp, 'an FTP door'))
    assert.equal(url.protocol, 'ftp:')
    const client = await ScriptedClient.open(Number(url.port))
    return client.logIn(ADMIN_NICK, password)
  }

  const first = await session('n1')
  await first.ask('MKD folder')
  assert.equal((await first.upload('STOR folder/ñ', 'hello')).end.code, 226)
  const second = await session('n2')
  assert.equal((await second.download('RETR folder/ñ')).data.toString(), 'hello')
  await second.secure()
  await second.ask(`USER ${ADMIN_NICK}`)
  await second.ask(`PASS ${password}`)
  await second.ask('TYPE I')
  assert.equal((await second.download('RETR folder/ñ')).data.toString(), 'hello')

  const whole = Buffer.alloc(24 * MIB, 'anillo')
  const broken = await session('n3')
  const data = await broken.data()
  assert.equal(await broken.code('STOR folder/large'), 150)
  data.write(whole.subarray(0, 20 * MIB))
  while (!(await broken.ask('STAT')).text.includes(` ${20 * MIB} bytes`));
  await ring.signal('n3', 'SIGKILL')
  await broken.closed()
  const { code, text } = await first.ask('SIZE folder/large')
  assert.equal(code, 213, text)
  const at = Number(text)
  assert.ok(at >= 12 * MIB && at <= 20 * MIB, `${at} bytes were durable`)
  assert.equal(await first.code(`REST ${at}`), 350)
  assert.equal((await first.upload('STOR folder/large', whole.subarray(at))).end.code, 226)
  assert.ok((await second.download('RETR folder/large')).data.equals(whole))
  for (const client of [first, second]) client.close()
})
