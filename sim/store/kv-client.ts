/** What a client does with the twenty keys, and what it records of it. */
import { assert } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { pick, shuffled, type Chance } from '../../src/base/random.ts'
import { KeptRanges } from '../../src/store/kept-ranges.ts'
import type { Etag, StoredRecord } from '../../src/store/partition/procedure.ts'
import type {
  RangeAnswer,
  RangeQuestion,
  RecordWrite,
  TransactOutcome,
} from '../../src/store/types.ts'
import type { Client } from './client.ts'
import type { History, Observed, Written } from './history.ts'
import { KV_TABLE, keysOf, type KeySpace, type SimKey } from './keys.ts'
import { ABSENT } from './linearizable.ts'

const LARGE_VALUE_BYTES = 3_000
const SMALL_VALUE_BYTES = 40
const EXPIRES_MS_MIN = 2_000
const EXPIRES_MS_MAX = 60_000
const LIST_LIMIT = 10
const KEPT_ROWS_MAX = 100

/** No answer came. */
const UNREAD = new Error('not read')

export const KV_OPERATIONS = [
  'get',
  'list',
  'read again',
  'put',
  'put that expires',
  'create',
  'swap',
  'delete',
  'batch',
] as const

export type KvOperation = (typeof KV_OPERATIONS)[number]

interface KeyedWrite {
  readonly written: Written
  readonly write: RecordWrite
}

interface KeyedCondition {
  readonly key: SimKey
  readonly is: 'absent' | 'present' | Etag
}

interface Transaction {
  readonly what: string
  readonly head: string
  readonly conditions: readonly KeyedCondition[]
  readonly writes: readonly KeyedWrite[]
}

export class KvClient {
  readonly #client: Client
  readonly #history: History
  readonly #space: KeySpace
  /** The newest ETag that this client saw of a key. */
  readonly #known = new Map<SimKey, Etag>()
  readonly #kept = new KeptRanges<StoredRecord>({
    store: { read: (question) => this.#ask(question) },
    rowOf: (record) => record,
    rowsMax: KEPT_ROWS_MAX,
  })

  constructor(client: Client, history: History, space: KeySpace) {
    this.#client = client
    this.#history = history
    this.#space = space
  }

  /** Two of three times about a key of the head with the number `focus`. */
  async perform(operation: KvOperation, chance: Chance, focus: number): Promise<void> {
    const { heads, keys } = this.#space
    const isFocused = chance.below(3) > 0
    const key = pick(chance, isFocused ? keys.filter(({ head }) => head === heads[focus]) : keys)
    if (operation === 'get') await this.get(key)
    else if (operation === 'list') await this.#list(key, chance)
    else if (operation === 'read again') await this.#readAgain(key)
    else if (operation === 'batch') await this.#batch(key.head, chance)
    else await this.#transact(this.#single(operation, key, chance), chance)
  }

  async get(key: SimKey): Promise<void> {
    const { pk, sk, head } = key
    const open = this.#history.call(`${this.#client.name} get`, head, { needs: [], writes: [] })
    const read = await this.#client.read(async (store, timeoutMs) => {
      return { record: await store.get({ table: KV_TABLE, pk, sk }, { timeoutMs }) }
    })
    if (read === undefined) open.never()
    else open.happened([this.#saw(key, read.record)])
  }

  async #list({ pk, head }: SimKey, chance: Chance): Promise<void> {
    const open = this.#history.call(`${this.#client.name} list`, head, { needs: [], writes: [] })
    const reverse = chance.below(2) === 0
    const range = { table: KV_TABLE, pk, limit: LIST_LIMIT, reverse }
    const page = await this.#client.read((store, timeoutMs) => store.list(range, { timeoutMs }))
    if (page === undefined) return open.never()
    const keys = keysOf(head).filter((key) => key.pk === pk)
    const sks = page.items.map(({ sk }) => sk)
    const expected = keys.map(({ sk }) => sk).filter((sk) => sks.includes(sk))
    if (reverse) expected.reverse()
    assert(expected.join() === sks.join(), `a list of ${expected.join()} came as ${sks.join()}`)
    open.happened(
      keys.map((key) =>
        this.#saw(
          key,
          page.items.find(({ sk }) => sk === key.sk),
        ),
      ),
    )
  }

  /** What this client has of it is brought up to date, at whichever member it stands. */
  async #readAgain({ pk, head }: SimKey): Promise<void> {
    const { name } = this.#client
    const open = this.#history.call(`${name} read again`, head, { needs: [], writes: [] })
    const wanted = { table: KV_TABLE, pk, prefix: '', last: LIST_LIMIT }
    const range = await this.#kept.of(wanted).catch((thrown: unknown) => {
      if (thrown !== UNREAD) throw thrown
      return undefined
    })
    if (range === undefined) return open.never()
    assert(range.isWhole, 'a page has all keys of a head')
    const keys = keysOf(head).filter((key) => key.pk === pk)
    open.happened(
      keys.map((key) =>
        this.#saw(
          key,
          range.rows.find(({ sk }) => sk === key.sk),
        ),
      ),
    )
  }

  async #ask(question: RangeQuestion): Promise<RangeAnswer> {
    const answer = await this.#client.read((store, timeoutMs) =>
      store.read(question, { timeoutMs }),
    )
    if (answer === undefined) throw UNREAD
    this.#client.tally(`store: read again as ${answer.kind}`)
    return answer
  }

  #single(
    operation: Exclude<KvOperation, 'get' | 'list' | 'read again' | 'batch'>,
    key: SimKey,
    chance: Chance,
  ): Transaction {
    const what = `${this.#client.name} ${operation}`
    const { head } = key
    const known = this.#known.get(key)
    const seen: KeyedCondition = { key, is: known ?? 'absent' }
    switch (operation) {
      case 'put':
        return { what, head, conditions: [], writes: [this.#put(key, chance)] }
      case 'put that expires':
        return { what, head, conditions: [], writes: [this.#put(key, chance, true)] }
      case 'create':
        return { what, head, conditions: [{ key, is: 'absent' }], writes: [this.#put(key, chance)] }
      case 'swap':
        return { what, head, conditions: [seen], writes: [this.#put(key, chance)] }
      case 'delete': {
        const conditions = chance.below(2) === 0 && known !== undefined ? [seen] : []
        return { what, head, conditions, writes: [deletionOf(key)] }
      }
    }
  }

  /** Several keys of one head, some of them under a condition. */
  async #batch(head: string, chance: Chance): Promise<void> {
    const keys = shuffled(chance, keysOf(head)).slice(0, 2 + chance.below(2))
    const own = keys.map((key) => this.#ownKey(key))
    const writes = own.map((key) =>
      chance.below(5) === 0 ? deletionOf(key) : this.#put(key, chance),
    )
    const conditions = own.flatMap((key): KeyedCondition[] => {
      const known = this.#known.get(key)
      if (chance.below(3) > 0) return []
      return [{ key, is: known ?? (chance.below(2) === 0 ? 'absent' : 'present') }]
    })
    const what = `${this.#client.name} batch`
    await this.#transact({ what, head, conditions, writes }, chance)
  }

  /** The object by which the key is known to this client. */
  #ownKey(key: SimKey): SimKey {
    const same = ({ pk, sk }: SimKey): boolean => pk === key.pk && sk === key.sk
    return this.#space.keys.find(same) ?? key
  }

  async #transact(transaction: Transaction, chance: Chance): Promise<void> {
    const { what, head, conditions, writes } = transaction
    const needs = conditions.map(claimOf)
    const written = writes.map((write) => write.written)
    const open = this.#history.call(what, head, { needs, writes: written })
    const request = {
      table: KV_TABLE,
      pk: head,
      conditions: conditions.map(({ key: { pk, sk }, is }) => ({ pk, sk, is })),
      writes: writes.map(({ write }) => write),
    }
    const told = await this.#client.change(chance, (store, options) =>
      store.transact(request, options),
    )
    if (told.kind === 'never') return open.never()
    if (told.kind === 'unknown') return
    this.#record(told.value, transaction, open)
  }

  #record(
    outcome: TransactOutcome,
    { conditions, writes }: Transaction,
    open: ReturnType<History['call']>,
  ): void {
    if (outcome.kind === 'conflict') {
      const failed = conditions[outcome.condition]
      assert(failed !== undefined, `no condition ${outcome.condition} was set`)
      const before = conditions.slice(0, outcome.condition).map(claimOf)
      const { key } = failed
      const { etag } = outcome
      if (etag === undefined) open.happened([...before, { key, is: 'absent' }])
      else open.happened([...before, { key, is: 'etag', etag }])
      return
    }
    const { etag, existed } = outcome
    assert(existed.length === writes.length, 'one word for each write')
    const found = writes.map(({ written: { key } }, at): Observed => ({
      key,
      is: existed[at] === true ? 'present' : 'absent',
    }))
    const written = writes.map((write) => write.written)
    for (const { key, token } of written) {
      if (token === ABSENT) this.#known.delete(key)
      else this.#saw(key, undefined, { etag, token })
    }
    open.happened([...conditions.map(claimOf), ...found], written, etag)
  }

  #put(key: SimKey, chance: Chance, expires = false): KeyedWrite {
    const token = this.#history.newToken()
    const bytes = chance.below(20) === 0 ? LARGE_VALUE_BYTES : SMALL_VALUE_BYTES
    const value = utf8(`${token} `.padEnd(chance.below(bytes), '.'))
    const expiresInMs = EXPIRES_MS_MIN + chance.below(EXPIRES_MS_MAX)
    const { pk, sk } = key
    const write: RecordWrite = expires
      ? { kind: 'put', pk, sk, value, expiresInMs }
      : { kind: 'put', pk, sk, value }
    return { written: { key, token, expires }, write }
  }

  /** What an answer shows of a key. */
  #saw(
    key: SimKey,
    record: StoredRecord | undefined,
    wrote?: { readonly etag: Etag; readonly token: number },
  ): Observed {
    const seen = record === undefined ? wrote : { etag: record.etag, token: tokenIn(record.value) }
    const own = this.#ownKey(key)
    if (seen === undefined) {
      this.#known.delete(own)
      return { key, is: 'absent' }
    }
    this.#history.learn(key, seen.etag, seen.token)
    this.#known.set(own, seen.etag)
    return { key, is: 'token', token: seen.token }
  }
}

const decoder = new TextDecoder()

/** The number of the write that wrote the value. */
export function tokenIn(value: Uint8Array): number {
  return Number.parseInt(decoder.decode(value.subarray(0, 12)), 10)
}

function deletionOf(key: SimKey): KeyedWrite {
  const { pk, sk } = key
  return { written: { key, token: ABSENT, expires: false }, write: { kind: 'delete', pk, sk } }
}

function claimOf({ key, is }: KeyedCondition): Observed {
  return typeof is === 'string' ? { key, is } : { key, is: 'etag', etag: is }
}
