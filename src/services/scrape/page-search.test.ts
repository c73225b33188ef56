import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { parseMemberId } from '../../base/ids.ts'
import type { Log } from '../../effects/log.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import type { OwnerAnswer, Overlay } from '../../overlay/types.ts'
import type { RpcClient } from '../../rpc/types.ts'
import { contactOf } from '../../wire/contact.ts'
import { peekPage, type PageRecord } from '../../wire/pages.ts'
import { canonicalUrl, pageIdOf } from './canonical-url.ts'
import { SEARCH_PATIENCE_MS, SETTLING_MS } from './limits.ts'
import { pageRecord } from './page-record.ts'
import { PageSearch } from './page-search.ts'
import type { PageShelf } from './page-shelf.ts'

type Peer = OwnerAnswer['owner']
type Says = 'holds' | 'lacks' | 'silent'

const url = canonicalUrl(':8000')
const SUBJECT = { id: pageIdOf(url), url }
const STEP_MS = 50
const MEMBERS = ['a', 'b', 'c', 'd'] as const
const SILENT: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => SILENT,
}

/** A search over members that say what the test wants of them at that moment. */
class Trial {
  readonly clock = new ManualClock()
  /** By name; whoever is not named here lacks the page. */
  readonly says = new Map<string, Says>()
  readonly taken: PageRecord[] = []
  successors: readonly string[] = ['a', 'b', 'c']
  remembered: readonly string[] = []
  bodyFails = new Set<string>()
  readonly #search = new PageSearch({
    clock: this.clock,
    log: SILENT,
    rpc: this.#rpc(),
    overlay: this.#overlay(),
    shelf: this.#shelf(),
    takeOver: async (record, from) => {
      if (this.bodyFails.has(from.name)) throw new AnilloError('NOT_FOUND', { what: 'content' })
      this.taken.push(record)
    },
  })

  /** @returns the virtual milliseconds that it took */
  async search(patienceMs = SEARCH_PATIENCE_MS): Promise<number> {
    const startedMs = this.clock.nowMs()
    let isDone = false
    const searching = this.#search.search(SUBJECT.id, patienceMs).finally(() => {
      isDone = true
    })
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (isDone) break
      this.clock.advance(STEP_MS)
    }
    await searching
    return this.clock.nowMs() - startedMs
  }

  #rpc(): RpcClient {
    return {
      call: async (target, method) => {
        const name = target.addresses[0]?.split(':')[0] ?? ''
        const says = this.says.get(name) ?? 'lacks'
        if (says === 'silent')
          throw new AnilloError('RPC_TIMEOUT', { address: name, method: method.name })
        const answer = method.readAnswer({
          running: false,
          ...(says === 'holds' ? { record: RECORD } : {}),
        })
        assert.ok(answer !== undefined && method.name === peekPage.name)
        return answer
      },
      stream: () => assert.fail('a search asks for no content'),
    }
  }

  #overlay(): Overlay {
    const fail = (): never => assert.fail('a search asks for neighbours only')
    return {
      self: peer('self'),
      joined: true,
      owner: fail,
      owns: fail,
      successors: (count) => this.successors.slice(0, count).map(peer),
      predecessor: () => undefined,
      remembered: (_, count) => this.remembered.slice(0, count).map(peer),
      onNeighbours: () => nothing,
    }
  }

  #shelf(): PageShelf {
    const fail = (): never => assert.fail('a search only looks records up')
    return {
      get: () => this.taken.at(-1),
      changedAtMs: fail,
      holdsBody: fail,
      draft: fail,
      keep: fail,
      body: fail,
      entries: fail,
      counts: fail,
      close: fail,
    }
  }
}

const ANSWER = { finalUrl: url, status: 200, statusText: 'OK', contentType: 'text/html' }
const FACTS = { bytes: 1, wireBytes: 1, durationMs: 1, remoteAddress: '192.0.2.1' }
const NONE = { redirects: [], headers: [], charset: null, title: null }
const RECORD = pageRecord(
  SUBJECT,
  { ...ANSWER, ...FACTS, ...NONE, hash: '0'.repeat(64) },
  { by: peer('a'), atMs: Date.UTC(2026, 10, 21) },
)

function peer(name: string): Peer {
  const id = parseMemberId(name.charCodeAt(0).toString(16).padStart(32, '0'))
  return { ...contactOf(id, `${name}:1`), name }
}

function nothing(): void {}

test('search() is over at once when all say no, and when one holds it', async () => {
  const trial = new Trial()
  assert.ok((await trial.search()) < SEARCH_PATIENCE_MS / 10)
  assert.equal(trial.taken.length, 0)
  trial.says.set('c', 'holds').set('a', 'silent').set('b', 'silent')
  assert.ok((await trial.search()) < SEARCH_PATIENCE_MS / 10)
  assert.equal(trial.taken.length, 1)
})

test('search() takes two that lack it for more than one that is silent', async () => {
  const trial = new Trial()
  trial.says.set('a', 'silent')
  assert.ok((await trial.search()) < SEARCH_PATIENCE_MS / 10)
})

test('search() waits for neighbours that are silent, until they speak', async () => {
  for (const successors of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
    const trial = new Trial()
    trial.successors = successors
    for (const name of successors) trial.says.set(name, 'silent')
    trial.clock.after(SEARCH_PATIENCE_MS / 2, () => trial.says.set('a', 'holds'))
    const tookMs = await trial.search()
    assert.ok(tookMs >= SEARCH_PATIENCE_MS / 2 && tookMs < SEARCH_PATIENCE_MS)
    assert.equal(trial.taken.length, 1)
  }
})

test('search() waits for those that are silent only as long as the ring knows them', async () => {
  const trial = new Trial()
  for (const name of MEMBERS) trial.says.set(name, 'silent')
  trial.clock.after(SEARCH_PATIENCE_MS / 2, () => {
    trial.successors = ['e']
  })
  const tookMs = await trial.search()
  assert.ok(tookMs >= SEARCH_PATIENCE_MS / 2 && tookMs < SEARCH_PATIENCE_MS)
})

test('search() waits no longer than it is told to', async () => {
  const trial = new Trial()
  for (const name of MEMBERS) trial.says.set(name, 'silent')
  const tookMs = await trial.search()
  assert.ok(tookMs >= SEARCH_PATIENCE_MS && tookMs < 1.2 * SEARCH_PATIENCE_MS)
  assert.ok((await trial.search(0)) < STEP_MS)
})

test('search() of a member with few neighbours asks those it remembers, and waits for them at first', async () => {
  const trial = new Trial()
  trial.successors = []
  trial.remembered = ['d']
  trial.says.set('d', 'silent')
  trial.clock.after(SETTLING_MS / 2, () => trial.says.set('d', 'holds'))
  assert.ok((await trial.search()) >= SETTLING_MS / 2)
  assert.equal(trial.taken.length, 1)
  const later = new Trial()
  later.successors = []
  later.remembered = ['d']
  later.says.set('d', 'silent')
  later.clock.advance(SETTLING_MS)
  assert.ok((await later.search()) < STEP_MS)
})

test('search() goes to another holder, or waits, when a body cannot be had', async () => {
  const trial = new Trial()
  trial.says.set('a', 'holds').set('b', 'holds')
  trial.bodyFails.add('a')
  assert.ok((await trial.search()) < SEARCH_PATIENCE_MS / 10)
  assert.equal(trial.taken.length, 1)
  const alone = new Trial()
  alone.says.set('a', 'holds')
  alone.bodyFails.add('a')
  alone.clock.after(SEARCH_PATIENCE_MS / 2, () => alone.bodyFails.clear())
  assert.ok((await alone.search()) >= SEARCH_PATIENCE_MS / 2)
  assert.equal(alone.taken.length, 1)
})
