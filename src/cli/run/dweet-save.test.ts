import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { attachmentsDoor } from '../../gateways/rest/dweets/attachments-door.test-helper.ts'
import { noise } from '../../services/files/contents/noise.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'
import { plainName } from './dweet-save.ts'

async function trial(t: TestContext) {
  const door = await attachmentsDoor()
  await door.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = door.server.server.address() as AddressInfo
  const out = await mkdtemp(join(tmpdir(), 'anillo-save-'))
  t.after(async () => {
    door.server.server.closeAllConnections()
    await door[Symbol.asyncDispose]()
    await rm(out, { recursive: true })
  })
  const token = door.accounts.person('ben', 'member')
  const ben = async (...words: readonly string[]) => {
    const io = keptIo({ env: { ANILLO_TOKEN: token } })
    const code = await runProgram([...words, '--at', `http://localhost:${port}`], io)
    return { code, out: io.outText(), err: io.errText() }
  }
  return { door, out, ben }
}

test('what is shown with a dweet is saved under its name, and nothing is written over', async (t) => {
  const { ben, door, out } = await trial(t)
  const large = noise(300_000, 1)
  const files = [
    await door.attached(large, 'name=sea.bin'),
    await door.attached(noise(10, 2), 'name=sea.bin'),
    await door.attached(noise(10, 3), 'name=..%2F..%2F.bashrc'),
  ]
  const attachments = files.map(({ id }) => ({ id }))
  const { id } = await door.published({ text: 'x', attachments })
  await writeFile(join(out, 'sea.bin'), 'own')
  const saved = await ben('dweet', 'save', id, '--out', out)
  assert.equal(saved.code, EXIT.done, saved.err)
  assert.deepEqual((await readdir(out)).toSorted(), [
    'bashrc',
    'sea (1).bin',
    'sea (2).bin',
    'sea.bin',
  ])
  assert.equal(await readFile(join(out, 'sea.bin'), 'utf8'), 'own')
  assert.deepEqual(await readFile(join(out, 'sea (1).bin')), Buffer.from(large))
  assert.match(saved.out, /sea \(1\)\.bin +293 KiB/)
})

test('of a dweet that shows nothing, or is not there, nothing is saved', async (t) => {
  const { ben, door, out } = await trial(t)
  const { id } = await door.published({ text: 'words' })
  const none = await ben('dweet', 'save', id, '--out', join(out, 'new'))
  assert.match(none.out + none.err, /nothing is shown with that dweet/)
  const gone = await ben('dweet', 'descargar', '1', '--out', join(out, 'new'))
  assert.match(gone.err, /\[DWEET_GONE\]/)
  assert.deepEqual(await readdir(out), [])
  // A directory that is a file.
  await writeFile(join(out, 'file'), '')
  const attached = await door.attached(noise(10, 2), 'name=a.bin')
  const shown = await door.published({ text: 'x', attachments: [{ id: attached.id }] })
  const refused = await ben('dweet', 'save', shown.id, '--out', join(out, 'file'))
  assert.notEqual(refused.code, EXIT.done)
  assert.deepEqual(await readdir(out), ['file'])
})

test('plainName() leads nowhere and hides nothing', () => {
  for (const [name, plain] of [
    ['sea.png', 'sea.png'],
    ['../../etc/passwd', 'passwd'],
    ['..\\\\..\\\\evil.exe', 'evil.exe'],
    ['.bashrc', 'bashrc'],
    ['..', 'file'],
    ['', 'file'],
    ['a\u202egnp.exe', 'a_gnp.exe'],
    ['a\u0000b:c', 'a_b_c'],
  ] as const) {
    assert.equal(plainName(name), plain)
  }
})
