/**
 * What an account’s files take, and may take. Folders send what they change to the partition of the
 * account, where all that it has and was promised stands together: so a limit holds for uploads at
 * several members at once (docs/spec/tree.md, *Quotas*).
 */
import { Type, type Static } from 'typebox'

import { MINUTE_MS } from '../../../base/limits.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { ADD_USAGE, CHARGING_SERVICES, type ChargingService } from '../../../wire/held-contents.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { partitionOf } from '../../../wire/partition.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { PARTIAL_KEPT_MS } from './limits.ts'
import { CLAIM_PREFIX, claimKey, limitsKey, USAGE_TABLE, usageKey } from './places.ts'
import {
  LimitsShape,
  Nick,
  readClaimRow,
  readLimitsRow,
  readUsageRow,
  type ClaimRow,
  type LimitsRow,
  type UsageRow,
} from './rows.ts'

/** Of one account: uploads under way, and those of a day that broke off. Each is 50 bytes. */
export const CLAIMS_MAX = 500
/** Of an upload that claims anew as it goes on, or is about to end. */
const CLAIM_KEPT_MS = 10 * MINUTE_MS

const AddInput = Type.Object({
  nick: Nick,
  bytes: Type.Integer(),
  files: Type.Integer(),
  /** Carried out with this: it ends. */
  claim: Type.Optional(Hex32),
  /** Whose it is; absent: the tree’s. */
  service: Type.Optional(
    Type.Unsafe<ChargingService>(Type.Union(CHARGING_SERVICES.map((one) => Type.Literal(one)))),
  ),
})
type AddInput = Readonly<Static<typeof AddInput>>

export const addUsage = defineProcedure({
  name: ADD_USAGE,
  tables: [USAGE_TABLE],
  readInput: reader(AddInput),
  freesRoom: ({ bytes, files }: AddInput) => bytes <= 0 && files <= 0,
  run: (work, { bytes, claim, files, nick, service }: AddInput): null => {
    const before = sumIn(work, nick)
    const more = { bytes, files }
    const part = service === undefined ? {} : { [service]: sumOf(before[service], more) }
    const row = { ...before, ...sumOf(before, more), ...part }
    work.put(usageKey(nick), rowBytes(row satisfies UsageRow))
    if (claim !== undefined) work.delete(claimKey(nick, claim))
    return null
  },
})

/** Counts for whoever made the file; files of nobody are not counted. */
export function charge(
  work: PartitionWork,
  nick: string,
  {
    claim,
    ...more
  }: {
    readonly bytes: number
    readonly files: number
    readonly claim?: string | undefined
  },
): void {
  if (nick === '' || (more.bytes === 0 && more.files === 0 && claim === undefined)) return
  const { pk, table } = usageKey(nick)
  const input = { nick, ...more, ...(claim === undefined ? {} : { claim }) } satisfies AddInput
  work.send({ to: partitionOf(table, pk), procedure: addUsage.name, input })
}

const Most = { bytesMax: Type.Optional(Count), filesMax: Type.Optional(Count) }

const ClaimInput = Type.Object({
  nick: Nick,
  /** An earlier claim of this id is replaced. */
  id: Hex32,
  /** A claim that this one takes the place of. */
  instead: Type.Optional(Hex32),
  bytes: Count,
  /** So many, where there is room. */
  wished: Count,
  files: Count,
  /** Of an upload that broke off: as long as that is kept. */
  isKept: Type.Boolean(),
  /** What the ring says, where nothing is said of the account. */
  usual: Type.Object(Most),
})
export type ClaimInput = Readonly<Static<typeof ClaimInput>>

export type Claimed =
  | { readonly kind: 'claimed'; readonly bytes: number }
  /** `used`: with what is promised to others. */
  | {
      readonly kind: 'full'
      readonly of: 'bytes' | 'files'
      readonly used: number
      readonly limit: number
    }
  | { readonly kind: 'crowded' }

/** Room is promised before bytes are there, so that together they never take more than there is. */
export const claimRoom = defineProcedure({
  name: 'usage.claim',
  tables: [USAGE_TABLE],
  readInput: reader(ClaimInput),
  run: (work, input: ClaimInput): Claimed => {
    const { bytes, files, id, instead, isKept, nick, usual, wished } = input
    if (instead !== undefined) work.delete(claimKey(nick, instead))
    const others = claimsIn(work, nick).filter((claim) => claim.id !== id)
    if (others.length >= CLAIMS_MAX) return { kind: 'crowded' }
    const sum = sumIn(work, nick)
    const { bytesMax, filesMax } = mostOf(limitsIn(work, nick), usual)
    const usedFiles = others.reduce((all, claim) => all + claim.files, sum.files)
    if (filesMax !== undefined && files > 0 && usedFiles + files > filesMax) {
      return { kind: 'full', of: 'files', used: usedFiles, limit: filesMax }
    }
    const used = others.reduce((all, claim) => all + claim.bytes, sum.bytes)
    if (bytesMax !== undefined && bytes > 0 && used + bytes > bytesMax) {
      return { kind: 'full', of: 'bytes', used, limit: bytesMax }
    }
    const left = bytesMax === undefined ? wished : Math.max(0, bytesMax - used)
    const given = Math.max(bytes, Math.min(wished, left))
    const keptMs = isKept ? PARTIAL_KEPT_MS : CLAIM_KEPT_MS
    const row = { id, bytes: given, files } satisfies ClaimRow
    work.put(claimKey(nick, id), rowBytes(row), work.timeMs + keptMs)
    return { kind: 'claimed', bytes: given }
  },
})

const WaiveInput = Type.Object({ nick: Nick, id: Hex32 })

/** What was claimed is not wanted any more. */
export const waiveRoom = defineProcedure({
  name: 'usage.waive',
  tables: [USAGE_TABLE],
  readInput: reader(WaiveInput),
  freesRoom: () => true,
  run: (work, { id, nick }: Static<typeof WaiveInput>): null => {
    work.delete(claimKey(nick, id))
    return null
  },
})

const LimitInput = Type.Object({
  /** Empty: what holds for everybody of whom nothing else is said. */
  nick: Nick,
  limits: LimitsShape,
})

export const setLimits = defineProcedure({
  name: 'usage.limit',
  tables: [USAGE_TABLE],
  readInput: reader(LimitInput),
  freesRoom: () => true,
  run: (work, { limits, nick }: Static<typeof LimitInput>): null => {
    if (Object.keys(limits).length === 0) work.delete(limitsKey(nick))
    else work.put(limitsKey(nick), rowBytes(limits))
    return null
  },
})

/** What is said of an account goes before what is said of all. `null`: no limit. */
export function mostOf(
  { bytesMax, filesMax }: LimitsRow,
  usual: { readonly bytesMax?: number | undefined; readonly filesMax?: number | undefined },
): { readonly bytesMax: number | undefined; readonly filesMax: number | undefined } {
  return {
    bytesMax: bytesMax === undefined ? usual.bytesMax : (bytesMax ?? undefined),
    filesMax: filesMax === undefined ? usual.filesMax : (filesMax ?? undefined),
  }
}

interface Used {
  readonly bytes: number
  readonly files: number
}

function sumOf({ bytes, files }: Used = { bytes: 0, files: 0 }, more: Used): Used {
  return { bytes: bytes + more.bytes, files: files + more.files }
}

function sumIn(work: PartitionWork, nick: string): UsageRow {
  const record = work.get(usageKey(nick))
  return record === undefined ? { nick, bytes: 0, files: 0 } : readUsageRow(record)
}

function limitsIn(work: PartitionWork, nick: string): LimitsRow {
  const record = work.get(limitsKey(nick))
  return record === undefined ? {} : readLimitsRow(record)
}

function claimsIn(work: PartitionWork, nick: string): readonly ClaimRow[] {
  const { pk, table } = usageKey(nick)
  return work.list({ table, pk, prefix: CLAIM_PREFIX, limit: CLAIMS_MAX + 1 }).map(readClaimRow)
}

export const USAGE_PROCEDURES = [addUsage, claimRoom, waiveRoom, setLimits]
