/** What this node is told to find, read and write: each a search, and what follows it. */
import { unreachable } from '../base/assert.ts'
import { sha1 } from '../base/digests.ts'
import { bytesOfHex } from '../base/hex.ts'
import { readRecords, readTaken } from '../wire/kademlia/answers.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { storedList, storedText, textsOf, type StoredValue } from '../wire/kademlia/stored-value.ts'
import { isSigned, partsOf, type ReadRecord } from './checked-record.ts'
import { ask, type Core } from './core.ts'
import type { Candidate } from './lookup.ts'
import { markOf, RecordUnion } from './record-union.ts'
import { Search, type Holding, type SearchOptions } from './search.ts'
import {
  HANDED_RECORDS_MAX,
  K,
  LOOKUPS_MAX,
  LOOKUPS_WAITING_MAX,
  PATHS,
  READ_GRACE_MS,
  READ_VALUES_MAX,
  REPAIRS_MAX,
} from './settings.ts'
import type { Command, Token } from './types.ts'

export class Commands {
  readonly #core: Core
  readonly #running = new Map<Search, Token | undefined>()
  readonly #waiting: Command[] = []

  constructor(core: Core) {
    this.#core = core
  }

  get dueMs(): number {
    let dueMs = Infinity
    for (const search of this.#running.keys()) dueMs = Math.min(dueMs, search.dueMs)
    return dueMs
  }

  get isIdle(): boolean {
    return this.#running.size < LOOKUPS_MAX / 2 && this.#waiting.length === 0
  }

  passed(nowMs: number): void {
    for (const search of this.#running.keys()) search.passed(nowMs)
  }

  run(command: Command): void {
    if (this.#waiting.length >= LOOKUPS_WAITING_MAX) {
      this.#core.outcomes.push({ kind: 'busy', token: command.token })
      return
    }
    this.#waiting.push(command)
    this.#startWaiting()
  }

  cancel(token: Token): void {
    const waiting = this.#waiting.findIndex((command) => command.token === token)
    if (waiting >= 0) this.#waiting.splice(waiting, 1)
    for (const [search, other] of this.#running) {
      if (other !== token) continue
      search.cancel()
      this.#running.delete(search)
    }
    this.#startWaiting()
  }

  /** For upkeep: refreshes the table; `undefined` ends nothing. */
  find(target: KeyId, ended: () => void = () => undefined): void {
    this.#search(undefined, { target, kind: 'nodes', ways: 1, ended })
  }

  /** Gives the closest nodes what this one holds under the key and they lack. */
  replicate(key: KeyId): void {
    const { held, now } = this.#core
    const union = new RecordUnion(this.#core, key)
    held.said(key, now.nowMs)
    this.#search(undefined, {
      target: key,
      kind: 'records',
      ways: 1,
      records: (records, holding) =>
        union.take(records, (mark) => holding.records.add(mark)).length > 0,
      ended: (search) => {
        const own = held.records(key, this.#core.now.nowMs).map((record) => record.bytes)
        union.take(own, () => undefined)
        const given = { value: held.value(key, this.#core.now.nowMs), records: union.all }
        for (const { candidate, holding } of search.closest()) {
          if (giveMissing(this.#core, { key, candidate, holding, ...given })) {
            this.#core.count('republished')
          }
        }
      },
    })
  }

  #start(command: Command): void {
    switch (command.kind) {
      case 'find':
        return this.#find(command.token, command.key)
      case 'get':
        return this.#get(command.token, command.key)
      case 'set':
        return this.#set(command)
      case 'put':
        return this.#put(command)
      default:
        return unreachable(command)
    }
  }

  #search(token: Token | undefined, options: SearchOptions): Search {
    const search = new Search(this.#core, {
      ...options,
      ended: (ending) => {
        this.#running.delete(ending)
        options.ended(ending)
        this.#core.agenda.push(() => this.#startWaiting())
      },
    })
    this.#running.set(search, token)
    search.start()
    return search
  }

  #startWaiting(): void {
    while (this.#running.size < LOOKUPS_MAX) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#start(next)
    }
  }

  #find(token: Token, target: KeyId): void {
    const ended = (search: Search): void => {
      const nodes = search.closest().map(({ candidate }) => candidate.contact)
      this.#core.outcomes.push({ kind: 'done', token, taken: 0, nodes })
    }
    this.#search(token, { target, kind: 'nodes', ways: 1, ended })
  }

  #get(token: Token, key: KeyId): void {
    const core = this.#core
    const { held, now } = core
    const union = new RecordUnion(core, key)
    const texts = new Set<string>()
    let stored: StoredValue | undefined
    const value = (found: StoredValue): boolean => {
      stored ??= found
      const news = textsOf(found).filter((text) => !texts.has(text))
      for (const text of news.slice(0, READ_VALUES_MAX - texts.size)) {
        texts.add(text)
        core.outcomes.push({ kind: 'text', token, text })
      }
      return news.length > 0
    }
    const records = (given: readonly Uint8Array[], seen: (mark: string) => void): boolean => {
      const news = union.take(given, seen)
      for (const { record } of news) core.outcomes.push({ kind: 'record', token, record })
      return news.length > 0
    }
    const own = held.value(key, now.nowMs)
    if (own !== undefined) value(own)
    const ownRecords = held.records(key, now.nowMs).map(({ bytes }) => bytes)
    records(ownRecords, () => undefined)
    this.#search(token, {
      target: key,
      kind: 'records',
      ways: PATHS,
      graceMs: READ_GRACE_MS,
      value,
      records: (given, holding) => records(given, (mark) => holding.records.add(mark)),
      ended: (ending) => {
        const { number: lookup } = ending
        const reported = lookup === undefined ? {} : { lookup }
        core.outcomes.push({ kind: 'done', token, taken: 0, nodes: [], ...reported })
        const agreed = texts.size === 1 ? stored : undefined
        const isLists = core.options.values === 'lists' && texts.size > 0
        const whole = isLists ? storedList([...texts]) : agreed
        this.#repair(ending, { key, union, value: whole })
      },
    })
  }

  /** The closest get what was found elsewhere; where values differ nobody knows which is right. */
  #repair(
    search: Search,
    { key, union, value }: Pick<Giving, 'key' | 'value'> & { readonly union: RecordUnion },
  ): void {
    let left = REPAIRS_MAX
    for (const { candidate, holding } of search.closest()) {
      if (left === 0) return
      const given = { key, candidate, holding, value, records: union.all }
      if (!giveMissing(this.#core, given)) continue
      this.#core.count('repaired')
      left--
    }
  }

  #set({ key, token, value }: Extract<Command, { kind: 'set' }>): void {
    const core = this.#core
    this.#search(token, {
      target: key,
      kind: 'nodes',
      ways: 1,
      ended: (search) => {
        const nodes = search.closest().map(({ candidate }) => candidate)
        const takers = new Takers(core, token)
        if (this.#isAmongClosest(key, nodes)) {
          core.held.putValue(key, value, core.now.nowMs)
          takers.tookIt()
        }
        for (const node of nodes) takers.expect((end) => store(core, { key, node, value, end }))
        takers.expectNoMore()
      },
    })
  }

  #put({ record, token }: Extract<Command, { kind: 'put' }>): void {
    const core = this.#core
    const read = partsOf(record)
    const key = keyOfRecord(read)
    if (!isSigned(core.options, read)) {
      core.outcomes.push({ kind: 'done', token, taken: 0, nodes: [] })
      return
    }
    this.#search(token, {
      target: key,
      kind: 'nodes',
      ways: 1,
      ended: (search) => {
        const closest = search.closest()
        const takers = new Takers(core, token)
        const nodes = closest.map(({ candidate }) => candidate)
        if (this.#isAmongClosest(key, nodes)) {
          const kept = core.held.putRecord(key, read, { ...core.now, network: undefined })
          if (kept === 'kept' || kept === 'known') takers.tookIt()
        }
        for (const { candidate, holding } of closest) {
          takers.expect((end) => putAt(core, { key, node: candidate, holding, read, end }))
        }
        takers.expectNoMore()
      },
    })
  }

  /** Whether this node itself is one of the k closest. */
  #isAmongClosest(key: KeyId, nodes: readonly Candidate[]): boolean {
    const last = nodes[K - 1]
    return last === undefined || key.compareDistance(this.#core.self, last.contact.id) < 0
  }
}

/** Counts who takes something, and tells when all have said. */
class Takers {
  readonly #core: Core
  readonly #token: Token
  #open = 1
  #taken = 0

  constructor(core: Core, token: Token) {
    this.#core = core
    this.#token = token
  }

  tookIt(): void {
    this.#taken++
  }

  expect(begin: (end: (isTaken: boolean) => void) => void): void {
    this.#open++
    let isOver = false
    begin((isTaken) => {
      if (isOver) return
      isOver = true
      if (isTaken) this.#taken++
      this.#close()
    })
  }

  expectNoMore(): void {
    this.#close()
  }

  #close(): void {
    this.#open--
    if (this.#open > 0) return
    const { outcomes } = this.#core
    outcomes.push({ kind: 'done', token: this.#token, taken: this.#taken, nodes: [] })
  }
}

interface Storing {
  readonly key: KeyId
  readonly node: Candidate
  readonly end: (isTaken: boolean) => void
}

/** Asked once more when it is slow: a lost datagram is no refusal. */
function store(
  core: Core,
  { end, key, node, value }: Storing & { readonly value: StoredValue },
  triesLeft = 1,
): void {
  ask(core, {
    to: node.contact,
    id: node.contact.id,
    question: { kind: 'store', id: core.self, key, value },
    read: readTaken,
    answered: end,
    slow: () => {
      if (triesLeft > 0) store(core, { end, key, node, value }, triesLeft - 1)
      else end(false)
    },
    lost: () => end(false),
  })
}

/**
 * A stock node is given the first address, which it can tell other stock nodes. Who did not say
 * that it is one may have been slow to say otherwise: it is asked for a token.
 */
function putAt(
  core: Core,
  {
    end,
    holding,
    key,
    node,
    read,
  }: Storing & { readonly holding: Holding; readonly read: ReadRecord },
  triesLeft = 1,
): void {
  const { token } = holding
  const { url } = read
  if (token === undefined) {
    const storeAddress = (): void => {
      if (url === undefined) return end(false)
      store(core, { end, key, node, value: storedText(url) }, triesLeft)
    }
    if (node.isCapable === false) return storeAddress()
    return askToken(core, { key, node }, (given) => {
      if (given === undefined) return storeAddress()
      putAt(core, { end, key, node, read, holding: { ...holding, token: given } }, triesLeft)
    })
  }
  ask(core, {
    to: node.contact,
    id: node.contact.id,
    question: {
      kind: url === undefined ? 'a_del' : 'a_put',
      id: core.self,
      key,
      token,
      record: read.bytes,
    },
    read: readTaken,
    answered: end,
    slow: () => {
      if (triesLeft > 0) putAt(core, { end, holding, key, node, read }, triesLeft - 1)
      else end(false)
    },
    lost: () => end(false),
  })
}

/** @param told once; of none where it is slow twice, or no capable node */
function askToken(
  core: Core,
  { key, node }: Pick<Storing, 'key' | 'node'>,
  told: (token: Uint8Array | undefined) => void,
  triesLeft = 1,
): void {
  const none = new Uint8Array()
  let isTold = false
  const tell = (token?: Uint8Array): void => {
    if (!isTold) told(token)
    isTold = true
  }
  ask(core, {
    to: node.contact,
    id: node.contact.id,
    question: { kind: 'a_get', id: core.self, key, cursor: none, token: none, padding: none },
    read: (body) => readRecords(body, core.options.values),
    answered: ({ publicKey, token }) => {
      tell(KeyId.of(sha1(publicKey)).equals(node.contact.id) ? token : undefined)
    },
    slow: () => {
      if (isTold) return
      isTold = true
      if (triesLeft > 0) askToken(core, { key, node }, told, triesLeft - 1)
      else told(undefined)
    },
    lost: tell,
  })
}

export interface Giving {
  readonly key: KeyId
  readonly candidate: Candidate
  readonly holding: Holding
  readonly value: StoredValue | undefined
  readonly records: readonly ReadRecord[]
}

/** @returns whether it lacked anything */
export function giveMissing(core: Core, giving: Giving): boolean {
  const { candidate: node, holding, key, records, value } = giving
  const end = (): void => undefined
  let hasGiven = false
  if (value !== undefined && holding.value === undefined) {
    store(core, { key, node, value, end })
    hasGiven = true
  }
  if (holding.token === undefined) return hasGiven
  // Beyond what was read of it nothing is known to be missing.
  const isReadWhole = holding.records.size >= holding.total
  if (!isReadWhole) return hasGiven
  const missing = records.filter((read) => !holding.records.has(markOf(read)))
  for (const read of missing.slice(0, HANDED_RECORDS_MAX)) {
    putAt(core, { key, node, holding, read, end })
  }
  return hasGiven || missing.length > 0
}

function keyOfRecord({ record }: ReadRecord): KeyId {
  return KeyId.of(bytesOfHex(record.key))
}
