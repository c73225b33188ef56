import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'

import { RingTrouble } from '../api/ring-client.ts'
import { mostTelling, sumOf, type Part, type UploadState } from './upload-item.ts'
import { STALL_MS, Uploads, UPLOADS_AT_ONCE, type UploadsOptions } from './uploads.ts'

const trouble = (code: string): RingTrouble => new RingTrouble({ code, details: {}, text: '' })

/** What is asked of the ring, answered by what is there; each send may be scripted. */
class FakeTree {
  readonly there = new Map<string, Uint8Array>()
  readonly partials = new Map<string, Uint8Array>()
  readonly asked: string[] = []
  readonly notes = new Set<string>()
  readonly discarded = Promise.withResolvers<void>()
  /** Told of each send before it is carried out; what it throws ends it. */
  onSend: (part: Part) => Promise<void> | void = () => undefined
  nowMs = 0
  waits: number[] = []

  options(more: Partial<UploadsOptions> = {}): UploadsOptions {
    return {
      client: {
        offset: async (path) => {
          this.asked.push(`offset ${path}`)
          return this.partials.get(path)?.length
        },
        hashAt: async (path) => {
          const bytes = this.there.get(path)
          return bytes && hash('sha256', bytes, 'hex')
        },
        discard: async (path) => {
          this.asked.push(`discard ${path}`)
          this.partials.delete(path)
          this.discarded.resolve()
        },
        send: (part) => this.#send(part),
      },
      makeFolders: async (path) => {
        this.asked.push(`mkdir ${path}`)
      },
      hashOf: async (file) => hash('sha256', new Uint8Array(await file.arrayBuffer()), 'hex'),
      unfinished: {
        has: ({ path }) => this.notes.has(path),
        add: ({ path }) => void this.notes.add(path),
        remove: (path) => void this.notes.delete(path),
      },
      nowMs: () => this.nowMs,
      wait: (ms, signal) => this.#wait(ms, signal),
      ...more,
    }
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    if (ms === STALL_MS) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      return
    }
    this.waits.push(ms)
  }

  async #send(part: Part): Promise<string | undefined> {
    const { file, from, path, replaces } = part
    this.asked.push(`send ${path} ${from}`)
    if (from === 0 && !replaces && this.there.has(path)) throw trouble('CONDITION_FAILED')
    await this.onSend(part)
    const before = this.partials.get(path)?.subarray(0, from) ?? new Uint8Array()
    const rest = new Uint8Array(await file.slice(from).arrayBuffer())
    const all = Buffer.concat([before, rest])
    part.onSent(file.size)
    this.there.set(path, all)
    this.partials.delete(path)
    return hash('sha256', all, 'hex')
  }
}

const fileOf = (text: string, name = 'a.txt'): File => new File([text], name, { lastModified: 5 })

/** As soon as each is so. */
function are(uploads: Uploads, ...states: readonly UploadState[]): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const now = uploads.items.get().map(({ state }) => state)
      if (now.join() !== states.join()) return
      stop()
      resolve()
    }
    const stop = uploads.items.watch(look)
    look()
  })
}

test('Uploads sends some at once, makes the folders they need, and says where they arrived', async () => {
  const tree = new FakeTree()
  let running = 0
  let most = 0
  tree.onSend = async () => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
  }
  const uploads = new Uploads(tree.options())
  const files = Array.from({ length: 7 }, (_, n) => ({
    path: n < 5 ? `/shared/${n}` : `/shared/deep/er/${n}`,
    file: fileOf(`text ${n}`),
  }))
  const landed: string[] = []
  uploads.landed.watch(() => landed.push(uploads.landed.get()?.path ?? ''))
  uploads.add(files, '/shared')
  assert.deepEqual(new Set(uploads.items.get().map(({ folder }) => folder)), new Set(['/shared']))
  await are(uploads, 'done', 'done', 'done', 'done', 'done', 'done', 'done')
  assert.equal(most, UPLOADS_AT_ONCE)
  assert.equal(Buffer.from(tree.there.get('/shared/deep/er/6') ?? []).toString(), 'text 6')
  assert.ok(tree.asked.includes('mkdir /shared/deep/er'))
  assert.ok(!tree.asked.includes('mkdir /shared'))
  assert.equal(landed.length, 7)
  assert.deepEqual(sumOf(uploads.items.get()), {
    files: 7,
    filesDone: 7,
    bytes: 42,
    bytesSent: 42,
    going: 0,
    paused: 0,
    clashes: 0,
    failed: 0,
  })
  uploads.clear()
  assert.deepEqual(uploads.items.get(), [])
})

test('Uploads goes on where it stopped when the connection breaks, and waits longer each time', async () => {
  const tree = new FakeTree()
  let tries = 0
  tree.onSend = ({ onSent, path }) => {
    if (++tries > 3) return
    if (tries === 1) {
      onSent(6)
      tree.partials.set(path, Buffer.from('hello '))
    }
    throw trouble('RING_NOT_REACHABLE')
  }
  const uploads = new Uploads(tree.options())
  uploads.add([{ path: '/a', file: fileOf('hello world') }], '/')
  await are(uploads, 'done')
  assert.deepEqual(
    tree.asked.filter((one) => one.startsWith('send')),
    ['send /a 0', 'send /a 6', 'send /a 6', 'send /a 6'],
  )
  assert.deepEqual(tree.waits, [500, 1_000, 2_000])
  assert.equal(Buffer.from(tree.there.get('/a') ?? []).toString(), 'hello world')
})

test('Uploads takes a file that came whole, but whose answer was lost, for done', async () => {
  const tree = new FakeTree()
  tree.onSend = ({ path }) => {
    tree.there.set(path, Buffer.from('hello'))
    throw trouble('RING_NOT_REACHABLE')
  }
  const uploads = new Uploads(tree.options())
  uploads.add([{ path: '/a', file: fileOf('hello') }], '/')
  await are(uploads, 'done')
  assert.equal(tree.asked.filter((one) => one.startsWith('send')).length, 1)
})

test('Uploads gives a connection up on which nothing moves', async () => {
  const tree = new FakeTree()
  let stall = (): void => assert.fail('nobody waits')
  let tries = 0
  tree.onSend = ({ signal }) => {
    if (++tries > 1) return undefined
    const isGone = new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(trouble('RING_NOT_REACHABLE')))
    })
    tree.nowMs += STALL_MS
    stall()
    return isGone
  }
  const { wait, ...options } = tree.options()
  const uploads = new Uploads({
    ...options,
    wait: (ms, signal) =>
      ms === STALL_MS && tries === 0
        ? new Promise((resolve) => {
            stall = resolve
          })
        : wait(ms, signal),
  })
  uploads.add([{ path: '/a', file: fileOf('hello') }], '/')
  await are(uploads, 'done')
  assert.equal(tries, 2)
})

test('Uploads pauses, goes on, and cancels with what the ring has of it', async () => {
  const tree = new FakeTree()
  let begun = Promise.withResolvers<void>()
  let tries = 0
  tree.onSend = ({ path, signal }) => {
    tree.partials.set(path, Buffer.from('he'))
    if (++tries === 2) return undefined
    begun.resolve()
    return new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(trouble('RING_NOT_REACHABLE')))
    })
  }
  const uploads = new Uploads(tree.options())
  uploads.add([{ path: '/a', file: fileOf('hello') }], '/')
  await begun.promise
  begun = Promise.withResolvers()
  uploads.pauseAll()
  await are(uploads, 'paused')
  uploads.resumeAll()
  await are(uploads, 'done')
  assert.ok(tree.asked.includes('send /a 2'))

  uploads.add([{ path: '/b', file: fileOf('hello') }], '/')
  await begun.promise
  uploads.cancelAll()
  assert.deepEqual(uploads.items.get(), [])
  await tree.discarded.promise
  assert.ok(!tree.partials.has('/b'))
})

for (const [choice, held] of [
  ['replace', { '/a.txt': 'new' }],
  ['both', { '/a.txt': 'old', '/a (2).txt': 'new' }],
  ['skip', { '/a.txt': 'old' }],
] as const)
  test(`Uploads asks where a name is taken: ${choice}`, async () => {
    const tree = new FakeTree()
    tree.there.set('/a.txt', Buffer.from('old'))
    const uploads = new Uploads(tree.options())
    uploads.add([{ path: '/a.txt', file: fileOf('new') }], '/')
    await are(uploads, 'clash')
    uploads.choose(1, choice, false)
    await (choice === 'skip' ? are(uploads) : are(uploads, 'done'))
    const texts = [...tree.there].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])
    assert.deepEqual(Object.fromEntries(texts), held)
  })

test('Uploads takes one answer for all that came together', async () => {
  const tree = new FakeTree()
  const names = ['/a', '/b', '/c', '/d', '/e']
  for (const name of names) tree.there.set(name, Buffer.from('old'))
  const uploads = new Uploads(tree.options())
  uploads.add(
    names.map((path) => ({ path, file: fileOf('new') })),
    '/',
  )
  await are(uploads, 'clash', 'clash', 'clash', 'clash', 'clash')
  uploads.choose(1, 'both', true)
  await are(uploads, 'done', 'done', 'done', 'done', 'done')
  assert.equal(tree.there.size, 10)
})

test('Uploads sends once more what arrived damaged, and then says so', async () => {
  const tree = new FakeTree()
  tree.notes.add('/a')
  tree.partials.set('/a', Buffer.from('HE'))
  const uploads = new Uploads(tree.options())
  uploads.add([{ path: '/a', file: fileOf('hello') }], '/')
  await are(uploads, 'done')
  assert.deepEqual(
    tree.asked.filter((one) => one.startsWith('send')),
    ['send /a 2', 'send /a 0'],
  )
  assert.equal(Buffer.from(tree.there.get('/a') ?? []).toString(), 'hello')

  const lying = tree.options()
  const client = { ...lying.client, send: async () => 'f'.repeat(64) }
  const others = new Uploads({ ...lying, client })
  others.add([{ path: '/b', file: fileOf('hello') }], '/')
  await are(others, 'failed')
  assert.equal(others.items.get()[0]?.trouble?.code, 'PAGE_UPLOAD_DAMAGED')
})

test('Uploads tells what nobody can wait for: no room, a file that cannot be read', async () => {
  const tree = new FakeTree()
  tree.onSend = () => {
    throw trouble('QUOTA_FULL')
  }
  const uploads = new Uploads(tree.options())
  uploads.add([{ path: '/a', file: fileOf('hello') }], '/')
  await are(uploads, 'failed')
  assert.equal(uploads.items.get()[0]?.trouble?.code, 'QUOTA_FULL')
  tree.onSend = () => undefined
  uploads.resume(1)
  await are(uploads, 'done')

  const gone = fileOf('hello')
  gone.slice = () => {
    const part = new Blob()
    part.arrayBuffer = () => Promise.reject(new DOMException('changed', 'NotReadableError'))
    return part
  }
  uploads.add([{ path: '/b', file: gone }], '/')
  await are(uploads, 'done', 'failed')
  assert.equal(uploads.items.get()[1]?.trouble?.code, 'PAGE_FILE_UNREADABLE')
})

test('mostTelling() has first what needs somebody, and the latest that is done', () => {
  const upload = (id: number, state: UploadState) => ({
    id,
    path: '/a',
    folder: '/',
    bytes: 1,
    sent: 0,
    state,
  })
  const all = [upload(1, 'done'), upload(2, 'done'), upload(3, 'waiting'), upload(4, 'clash')]
  assert.deepEqual(
    mostTelling(all, 3).map(({ id }) => id),
    [4, 3, 2],
  )
})
