/** What the generator is asked for, and what it answers: over the channel of a forked process. */

export type Protocol = 'anillo' | 'etcd'
export type Operation = 'put' | 'get'

export interface Job {
  readonly protocol: Protocol
  readonly operation: Operation
  /** `host:port` of the members; clients are spread over them. */
  readonly doors: readonly string[]
  /** Values of that header, given to connections in turn; none: they show no credential. */
  readonly authorizations: readonly string[]
  readonly clients: number
  readonly seconds: number
  /**
   * `hot`: random keys of a fixed set, over and over. `new`: each key once, noted when it is
   * acknowledged. `fill`: `k0` to `k{count - 1}`, each once, until all are done.
   */
  readonly keys: 'hot' | 'new' | 'fill'
  readonly count: number
  /** A client whose member fails or keeps silent goes on at the next one. */
  readonly failsOver: boolean
}

export interface JobDone {
  readonly operations: number
  readonly seconds: number
  readonly failures: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly cpuSeconds: number
  /** Longest time without an acknowledgement, over all. */
  readonly gapMs: number
  /** The same of the worst partition, where the store has such. */
  readonly partitionGapMs: number
  /** With `new`: what was acknowledged. */
  readonly acknowledged: readonly string[]
}

/** Value of a record, in bytes. */
export const VALUE_BYTES = 256

/** Keys of a run of puts, and of a run of gets, which are written before it. */
export const PUT_KEYS = 10_000
export const GET_KEYS = 1_000

/** Records of ours: PUT /v1/kv/bench/{key}/v. */
export const TABLE = 'bench'
export const SORT_KEY = 'v'
