import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { rejectsWith } from '../../test/compliance/disk.ts'
import { LOCK_NAME, platformDisk } from './disk.ts'

const MODULE = JSON.stringify(new URL('disk.ts', import.meta.url).href)

/** Another process that tries to lock `member` under the root as `lock`, and then does `after`. */
function startOther(root: string, after: string): ChildProcess {
  const program = `
    const { platformDisk } = await import(${MODULE})
    const disk = platformDisk(${JSON.stringify(root)})
    const lock = await disk.lock('member').catch((error) => error)
    ${after}
  `
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** A process that holds the lock, says so, and then does nothing. */
async function startHolder(root: string): Promise<ChildProcess> {
  const child = startOther(root, `process.stdout.write('held'); setInterval(() => lock, 60_000)`)
  assert.ok(child.stdout)
  await once(child.stdout, 'data')
  return child
}

async function withRoot(body: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'anillo-disk-'))
  try {
    await body(root)
  } finally {
    await rm(root, { recursive: true })
  }
}

test('Disk.lock() is held by another process, while it is stopped too, and falls with kill -9', () =>
  withRoot(async (root) => {
    const disk = platformDisk(root)
    const holder = await startHolder(root)
    const gone = once(holder, 'exit')
    await assert.rejects(() => disk.lock('member'), {
      code: 'DATA_IN_USE',
      message: new RegExp(`anillo process ${holder.pid}\\.`),
    })
    holder.kill('SIGSTOP')
    await rejectsWith('DATA_IN_USE', () => disk.lock('member'))
    holder.kill('SIGKILL')
    await gone
    const lock = await disk.lock('member')
    await lock.release()
  }))

test('Disk.lock() that failed does not weaken the lock of its own process', () =>
  withRoot(async (root) => {
    const disk = platformDisk(root)
    const lock = await disk.lock('member')
    await rejectsWith('DATA_IN_USE', () => disk.lock('member'))
    const other = startOther(root, `process.exit(lock.code === 'DATA_IN_USE' ? 0 : 1)`)
    const [exitCode] = await once(other, 'exit')
    assert.equal(exitCode, 0)
    await lock.release()
  }))

test('Disk.lock() is refused where the lock could be read only, and so would hold nobody off', () =>
  withRoot(async (root) => {
    const disk = platformDisk(root)
    const lock = await disk.lock('')
    await lock.release()
    await chmod(root, 0o755)
    await chmod(join(root, LOCK_NAME), 0o444)
    await asOrdinaryUser(() => rejectsWith('DATA_NOT_WRITABLE', () => disk.lock('')))
  }))

/** The superuser may write everywhere. */
async function asOrdinaryUser(run: () => Promise<void>): Promise<void> {
  const user = process.geteuid?.() ?? NOBODY
  if (user === 0) process.seteuid?.(NOBODY)
  try {
    await run()
  } finally {
    if (user === 0) process.seteuid?.(user)
  }
}

const NOBODY = 65_534

test('Disk tells a full disk by its code', async () => {
  const full = await platformDisk('/dev').open('full', 'write')
  await rejectsWith('DISK_FULL', () => full.write(0, new Uint8Array(10)))
  await full.close()
})

test('Disk tells a path that cannot be written', () =>
  withRoot(async (root) => {
    await writeFile(join(root, 'file'), 'no directory')
    const disk = platformDisk(root)
    await rejectsWith('DATA_NOT_WRITABLE', () => disk.makeDirectory('file/below'))
    await rejectsWith('DATA_NOT_WRITABLE', () => disk.open('file/below', 'write'))
    await rejectsWith('DATA_NOT_WRITABLE', () => disk.lock('file/below'))
  }))
