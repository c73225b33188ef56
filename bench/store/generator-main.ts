/**
 * The load generator, a process of its own. Closed loops: each client sends its next request when
 * the last was answered.
 */
import { present } from '../../src/base/assert.ts'
import { partitionOf } from '../../src/wire/partition.ts'
import type { Connect, KvConnection } from './connection.ts'
import { GET_KEYS, PUT_KEYS, TABLE, type Job, type JobDone } from './job.ts'
import { CONNECT } from './protocols.ts'
import { RunRecord } from './run-record.ts'

/** A client that fails over waits so long for one answer, then asks the next member. */
const PATIENCE_MS = 400
/** After a failure: a member that is gone refuses at once. */
const PAUSE_MS = 10

/** etcd's clients share connections, as its own client library does; HTTP/1.1 has one each. */
const ETCD_CONNECTIONS = 16

class Generator {
  readonly #job: Job
  readonly #record: RunRecord
  #filled = 0

  constructor(job: Job) {
    this.#job = job
    this.#record = new RunRecord({
      keepsKeys: job.keys === 'new',
      partitionOf:
        job.protocol === 'anillo' && job.failsOver ? (key) => partitionOf(TABLE, key) : undefined,
    })
  }

  async run(): Promise<JobDone> {
    const job = this.#job
    const lanes = await this.#lanes()
    const cpu = process.cpuUsage()
    this.#record.begin()
    const endMs = performance.now() + job.seconds * 1_000
    const clients = Array.from({ length: job.clients }, (_, client) => client)
    const laneOf = (client: number): Lane => present(lanes[client % lanes.length], 'a lane')
    await Promise.all(
      clients.map((client) => this.#client(client, { lane: laneOf(client), endMs })),
    )
    const { system, user } = process.cpuUsage(cpu)
    for (const lane of lanes) lane.close()
    return this.#record.done((system + user) / 1e6)
  }

  #lanes(): Promise<Lane[]> {
    const { clients, failsOver, protocol } = this.#job
    const isShared = protocol === 'etcd' && !failsOver
    const count = isShared ? Math.min(clients, ETCD_CONNECTIONS) : clients
    const open = (at: number): Promise<Lane> => Lane.open(CONNECT[protocol], this.#job, at)
    return Promise.all(Array.from({ length: count }, (_, at) => open(at)))
  }

  async #client(
    client: number,
    { lane, endMs }: { readonly lane: Lane; readonly endMs: number },
  ): Promise<void> {
    const { failsOver, operation } = this.#job
    const patienceMs = failsOver ? PATIENCE_MS : undefined
    for (let turn = 0; performance.now() < endMs; turn++) {
      const key = this.#key(client, turn)
      if (key === undefined) return
      const sentMs = performance.now()
      if (await lane.request(operation, key, patienceMs)) {
        this.#record.acknowledged(key, sentMs)
        continue
      }
      this.#record.failed()
      if (failsOver) lane.move()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  #key(client: number, turn: number): string | undefined {
    const { count, keys, operation } = this.#job
    if (keys === 'new') return `a${client}-${turn}`
    if (keys === 'fill') return this.#filled < count ? `k${this.#filled++}` : undefined
    return `k${Math.floor(Math.random() * (operation === 'get' ? GET_KEYS : PUT_KEYS))}`
  }
}

type Reachable = Pick<Job, 'authorizations' | 'doors'>

/** A connection to one of the members, made again, or to the next one, when it is lost. */
class Lane {
  readonly #connect: Connect
  readonly #to: Reachable
  /** Who it is does not change with the member that it asks. */
  readonly #authorization: string | undefined
  #at: number
  #connection: KvConnection | undefined

  static async open(connect: Connect, to: Reachable, at: number): Promise<Lane> {
    const lane = new Lane(connect, to, at)
    await lane.#reach()
    return lane
  }

  private constructor(connect: Connect, to: Reachable, at: number) {
    this.#connect = connect
    this.#to = to
    this.#authorization = to.authorizations[at % to.authorizations.length]
    this.#at = at
  }

  async request(
    operation: Job['operation'],
    key: string,
    patienceMs: number | undefined,
  ): Promise<boolean> {
    const connection = this.#connection ?? (await this.#reach())
    if (connection === undefined) return false
    return new Promise((resolve) => {
      const timer =
        patienceMs === undefined ? undefined : setTimeout(() => resolve(false), patienceMs)
      connection.request(operation, key, (isDone) => {
        clearTimeout(timer)
        resolve(isDone)
      })
    })
  }

  /** To the next member. */
  move(): void {
    this.#connection?.close()
    this.#connection = undefined
    this.#at++
  }

  close(): void {
    this.#connection?.close()
  }

  async #reach(): Promise<KvConnection | undefined> {
    const { doors } = this.#to
    const door = doors[this.#at % doors.length]
    if (door === undefined) return undefined
    const lost = (): void => {
      if (this.#connection === connection) this.#connection = undefined
    }
    const connection = await this.#connect(
      { door, authorization: this.#authorization },
      lost,
    ).catch(() => undefined)
    this.#connection = connection
    return connection
  }
}

process.once('message', (job: Job) => void answer(job))

async function answer(job: Job): Promise<void> {
  const done = await new Generator(job).run()
  process.send?.(done)
  process.channel?.unref()
}
