/**
 * What accounts have and may have, and room that is claimed before bytes are added: in the
 * partition of the account, so that uploads at several members never pass its limit together.
 * Accounts without a limit claim nothing.
 */
import { AnilloError, ERRORS, isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { CallOptions } from '../../../store/types.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { quotaFull } from '../room.ts'
import type { ChangeOptions, FileLimits, Usage } from '../types.ts'
import { CLAIM_PREFIX, limitsKey, usageKey } from './places.ts'
import { readClaimRow, readLimitsRow, readUsageRow, type LimitsRow, type UsageRow } from './rows.ts'
import type { TreeStore } from './tree-store.ts'
import { CLAIMS_MAX, claimRoom, mostOf, setLimits, waiveRoom } from './usage-procedures.ts'

/** What a member knows of limits is no older. */
export const LIMITS_KNOWN_MS = 5 * SECOND_MS
/** 200 bytes each. */
const KNOWN_MAX = 10_000
/** Of everybody of whom nothing else is said. */
const EVERYBODY = ''

/** What holds of an account; `undefined`: no limit. */
export interface Limits {
  readonly bytesMax: number | undefined
  readonly filesMax: number | undefined
  readonly upPerSecond: number | undefined
  readonly downPerSecond: number | undefined
}

export interface Claim {
  readonly nick: string
  readonly id: string
  readonly files: number
}

export interface More {
  /** Whose files they are; empty: nobody’s, who has no limit. */
  readonly nick: string
  readonly bytes: number
  readonly files: number
  /** A claim of the same upload, which ends with this one. */
  readonly instead?: string | undefined
}

interface Known {
  readonly atMs: number
  readonly row: Promise<LimitsRow>
}

export class Quotas {
  readonly #rows: TreeStore
  readonly #known = new Map<string, Known>()

  constructor(rows: TreeStore) {
    this.#rows = rows
  }

  /** @param apart a claim that does not count: of who asks */
  async usage(
    nick: string | undefined,
    { apart, ...options }: CallOptions & { readonly apart?: string } = {},
  ): Promise<Usage> {
    if (nick === undefined) return NOTHING
    const { pk, table } = usageKey(nick)
    const range = { table, pk, limit: CLAIMS_MAX + ROWS_OF_ITS_OWN }
    const [{ items }, usual] = await Promise.all([
      this.#rows.store.list(range, options),
      this.#limitsRow(EVERYBODY, options),
    ])
    let usage: Usage = NOTHING
    let own: LimitsRow = {}
    for (const record of items) {
      if (record.sk === usageKey(nick).sk) {
        const row = readUsageRow(record)
        const { bytes, files } = row
        usage = { ...usage, bytes, files: usage.files + files, services: servicesIn(row) }
      } else if (record.sk.startsWith(CLAIM_PREFIX)) {
        const { bytes, files, id } = readClaimRow(record)
        if (id === apart) continue
        const claimedBytes = usage.claimedBytes + bytes
        usage = { ...usage, claimedBytes, files: usage.files + files }
      } else own = readLimitsRow(record)
    }
    return { ...usage, ...limitsFrom(own, usual) }
  }

  /** At most `LIMITS_KNOWN_MS` old. */
  async limitsOf(nick: string, options?: CallOptions): Promise<Limits> {
    const [own, usual] = await Promise.all([
      nick === EVERYBODY ? {} : this.#limitsRow(nick, options),
      this.#limitsRow(EVERYBODY, options),
    ])
    return limitsFrom(own, usual)
  }

  async isLimited(nick: string, options?: CallOptions): Promise<boolean> {
    if (nick === '') return false
    const { bytesMax, filesMax } = await this.limitsOf(nick, options)
    return bytesMax !== undefined || filesMax !== undefined
  }

  /** As it was said; of nobody: what holds for all of whom nothing else is said. */
  async said(nick: string | undefined, options?: CallOptions): Promise<FileLimits> {
    const record = await this.#rows.store.get(limitsKey(nick ?? EVERYBODY), options)
    return record === undefined ? {} : readLimitsRow(record)
  }

  async setLimits(
    nick: string | undefined,
    limits: FileLimits,
    options?: ChangeOptions,
  ): Promise<void> {
    const of = nick ?? EVERYBODY
    const { pk, table } = limitsKey(of)
    const input = { nick: of, limits }
    await this.#rows.decideIn(partitionOf(table, pk), setLimits, { input, options })
    this.#known.delete(of)
  }

  /**
   * Runs what adds to an account’s files, with room claimed for it where there is a limit.
   * @throws AnilloError QUOTA_FULL, QUOTA_FILES_FULL, BUSY
   */
  async within<T>(
    more: More,
    run: (claim: Claim | undefined) => Promise<T>,
    options?: CallOptions,
  ): Promise<T> {
    const { bytes, files, nick } = more
    const isMore = bytes > 0 || files > 0 || more.instead !== undefined
    if (!isMore || !(await this.isLimited(nick, options))) return run(undefined)
    const id = this.#rows.newId()
    await this.claim({ ...more, id, wished: bytes, isKept: false }, options)
    try {
      return await run({ nick, id, files })
    } catch (thrown) {
      // What may have been carried out ends its claim by itself, or the claim lapses.
      if (isRefusal(thrown)) await this.waive(nick, id).catch(() => undefined)
      throw thrown
    }
  }

  /**
   * @returns bytes that are claimed: as many as are wished, where they fit
   * @throws AnilloError QUOTA_FULL, QUOTA_FILES_FULL, BUSY
   */
  async claim(
    {
      instead,
      ...claim
    }: More & { readonly id: string; readonly wished: number; readonly isKept: boolean },
    options?: CallOptions,
  ): Promise<number> {
    const { nick } = claim
    const { bytesMax, filesMax } = await this.#limitsRow(EVERYBODY, options)
    const usual = {
      ...(typeof bytesMax === 'number' ? { bytesMax } : {}),
      ...(typeof filesMax === 'number' ? { filesMax } : {}),
    }
    const input = { ...claim, ...(instead === undefined ? {} : { instead }), usual }
    const told = await this.#rows.store.call(partitionOfUsage(nick), claimRoom, input, options)
    if (told.kind === 'full') throw quotaFull(nick, told, claim.bytes)
    if (told.kind === 'crowded') throw new AnilloError('BUSY', { what: 'uploads of the account' })
    return told.bytes
  }

  async waive(nick: string, id: string, options?: CallOptions): Promise<void> {
    await this.#rows.store.call(partitionOfUsage(nick), waiveRoom, { nick, id }, options)
  }

  #limitsRow(nick: string, options?: CallOptions): Promise<LimitsRow> {
    const nowMs = this.#rows.clock.nowMs()
    const known = this.#known.get(nick)
    if (known !== undefined && nowMs - known.atMs < LIMITS_KNOWN_MS) return known.row
    if (this.#known.size >= KNOWN_MAX) this.#known.clear()
    // Others wait for it as well: it is not given up with whoever asks first.
    const { signal: _, ...shared } = options ?? {}
    const row = this.said(nick === EVERYBODY ? undefined : nick, shared)
    const found = { atMs: nowMs, row }
    this.#known.set(nick, found)
    row.catch(() => {
      if (this.#known.get(nick) === found) this.#known.delete(nick)
    })
    return row
  }
}

/** Its sum, and its limits. */
const ROWS_OF_ITS_OWN = 2

/** What no other service holds is the tree’s. */
function servicesIn({ bytes, dweets = NONE, files, shares = NONE }: UsageRow): Usage['services'] {
  const own = {
    bytes: bytes - dweets.bytes - shares.bytes,
    files: files - dweets.files - shares.files,
  }
  return { files: own, dweets, shares }
}

const NONE = { bytes: 0, files: 0 }

const NOTHING: Usage = {
  services: { files: NONE, dweets: NONE, shares: NONE },
  bytes: 0,
  files: 0,
  claimedBytes: 0,
  bytesMax: undefined,
  filesMax: undefined,
  upPerSecond: undefined,
  downPerSecond: undefined,
}

function limitsFrom(own: LimitsRow, usual: LimitsRow): Limits {
  const { downPerSecond, upPerSecond } = usual
  const shared = { bytesMax: usual.bytesMax ?? undefined, filesMax: usual.filesMax ?? undefined }
  return {
    ...mostOf(own, shared),
    upPerSecond: (own.upPerSecond === undefined ? upPerSecond : own.upPerSecond) ?? undefined,
    downPerSecond:
      (own.downPerSecond === undefined ? downPerSecond : own.downPerSecond) ?? undefined,
  }
}

function partitionOfUsage(nick: string): PartitionId {
  const { pk, table } = usageKey(nick)
  return partitionOf(table, pk)
}

/** Surely not carried out. */
function isRefusal(thrown: unknown): boolean {
  return isAnilloError(thrown) && ERRORS[thrown.code].httpStatus < 500
}
