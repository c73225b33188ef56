import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { createServer as createSite } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

import { portsAt, probePorts } from '../../src/node/ports.ts'
import type { Ring, Scrape } from '../../src/wire/api.ts'
import { isAlive } from './trial.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const MEMBERS = 3

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command to its end. */
async function anillo(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (texts.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (texts.err += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...texts }
}

/** A page's port such that all doors of all members, one more included, are free. */
async function freeHttpPort(): Promise<number> {
  for (let http = 19_640; ; http += MEMBERS + 1) {
    const members = Array.from({ length: MEMBERS + 1 }, (_, index) => portsAt(http + index))
    const isFree = await probePorts(members).then(
      () => true,
      () => false,
    )
    if (isFree) return http
  }
}

/** `anillo up` until the test ends; its lines on standard error as they come. */
async function up(t: TestContext, data: string, flags: readonly string[]) {
  const args = ['up', '--data', data, ...flags]
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const told: string[] = []
  const waiting = new Set<() => void>()
  createInterface(child.stderr).on('line', (line) => {
    told.push(line)
    for (const wake of waiting) wake()
  })
  t.after(() => stopped(child))
  const [ready] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, ready, told: (wanted: RegExp) => lineLike(told, waiting, wanted) }
}

async function lineLike(
  told: readonly string[],
  waiting: Set<() => void>,
  wanted: RegExp,
): Promise<string> {
  for (;;) {
    const found = told.find((line) => wanted.test(line))
    if (found !== undefined) return found
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.add(resolve)
    await promise
    waiting.delete(resolve)
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function countingSite(t: TestContext) {
  const site = { url: '', gets: 0 }
  const server = createSite((_request, response) => {
    site.gets++
    response.setHeader('content-type', 'text/html').end('<title>Counted</title>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  site.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  t.after(() => server.close())
  return site
}

test('anillo up: a ring that downloads a page once, replaces its dead, and ends clean', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'anillo-up-'))
  t.after(() => rm(data, { recursive: true, force: true }))
  const site = await countingSite(t)
  const http = await freeHttpPort()
  const ring = await up(t, data, ['--members', `${MEMBERS}`, '--http', `${http}`])
  assert.equal(ring.ready, `anillo ready http://localhost:${http}`)
  await ring.told(/files for other programs: ftp:\/\/localhost:\d+ \(FTP\), http:\S+\/dav\/ /)

  const status = await anillo('status', '--data', data, '--json')
  const { members } = JSON.parse(status.out) as Ring
  assert.deepEqual(members.map(({ name, state }) => `${name} ${state}`).toSorted(), [
    'n1 up',
    'n2 up',
    'n3 up',
  ])

  const first = await anillo('scrape', site.url, '--data', data, '--json')
  assert.equal(first.code, 0, first.err)
  assert.equal((JSON.parse(first.out) as Scrape).page?.title, 'Counted')

  const pids = await pidsOf(data)
  process.kill(pids[0] ?? 0, 'SIGKILL')
  const again = await anillo('scrape', site.url, '--data', data, '--body')
  assert.equal(again.out, '<title>Counted</title>')
  assert.equal(again.code, 0, again.err)
  assert.equal(site.gets, 1)
  await ring.told(/n1 died \(SIGKILL\)/)

  const second = await anillo('up', '--data', data, '--http', `${http}`)
  assert.equal(second.code, 1)
  assert.match(second.err, /\[DATA_IN_USE\]/)

  ring.child.kill('SIGTERM')
  const [code] = (await once(ring.child, 'exit')) as [number | null]
  assert.equal(code, 0)
  assert.ok(pids.every((pid) => !isAlive(pid)))
  const gone = await anillo('status', '--data', data)
  assert.equal(gone.code, 3)

  const later = await up(t, data, [])
  assert.equal(later.ready, ring.ready, 'the doors that the first start was told')
  const same = JSON.parse((await anillo('status', '--data', data, '--json')).out) as Ring
  assert.deepEqual(same.members.map(({ name }) => name).toSorted(), ['n1', 'n2', 'n3'])
})

test('npm start ends the ring when it is told to end', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'anillo-npm-'))
  t.after(() => rm(data, { recursive: true, force: true }))
  const flags = ['--members', '1', '--data', data, '--http', `${await freeHttpPort()}`]
  const cwd = join(import.meta.dirname, '../..')
  const npm = spawn('npm', ['start', '--', ...flags], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => stopped(npm))
  for await (const line of createInterface(npm.stdout)) if (line.startsWith('anillo ready ')) break
  const [pid = 0] = await pidsOf(data, ['n1'])
  assert.ok(isAlive(pid))
  npm.stdout.resume()
  npm.kill('SIGTERM')
  // npm itself may be gone before; the ring has its output for as long as it runs.
  await once(npm, 'close')
  assert.ok(!isAlive(pid))
})

/** Written by each member before it was ready. */
async function pidsOf(
  data: string,
  names: readonly string[] = ['n1', 'n2', 'n3'],
): Promise<readonly number[]> {
  const texts = names.map((name) => readFile(join(data, 'members', name, 'pid'), 'utf8'))
  return (await Promise.all(texts)).map(Number)
}

test('anillo up tells a port in use with its flag before anything is made', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'anillo-port-'))
  t.after(() => rm(data, { recursive: true, force: true }))
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const refused = await anillo('up', '--data', data, '--http', `${port}`, '--members', '1')
  assert.equal(refused.code, 1)
  assert.match(refused.err, new RegExp(`Port ${port} .*is in use.*--http`))
  assert.deepEqual(await readdir(data), [])
})

test('anillo up tells a directory that cannot be written', async () => {
  // A file where a directory should be: root, too, cannot write below it.
  const places = [MAIN, join(MAIN, 'data'), ...(existsSync('/proc/self') ? ['/proc/none/x'] : [])]
  for (const data of places) {
    const refused = await anillo('up', '--data', data, '--members', '1')
    assert.equal(refused.code, 1)
    assert.match(refused.err, /(?:main\.ts|none).* cannot be written.*--data/)
  }
})
