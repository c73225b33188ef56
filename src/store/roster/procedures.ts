/**
 * The only ways in which the ring's list of members changes: procedures of partition 0. Letting a
 * newcomer in is one of them, with its token's use in the same entry, so that neither can be
 * without the other, whenever a member dies.
 */
import { parseMemberId, type MemberId } from '../../base/ids.ts'
import { DAY_MS, HOUR_MS } from '../../base/limits.ts'
import type { Levels } from '../../wire/levels.ts'
import { reader } from '../../wire/method.ts'
import { RING_TABLE } from '../../wire/partition.ts'
import {
  BackupInput,
  EnrolInput,
  HoldInput,
  LevelInput,
  SettingInput,
  StateInput,
  UpdateInput,
  type MemberOrder,
} from '../../wire/roster-rows.ts'
import type { PartitionWork, Procedure } from '../partition/procedure.ts'
import { commonLevel } from '../placement/common-level.ts'
import { isStoring } from '../placement/desired.ts'
import type { EnrolledMember } from '../placement/types.ts'
import {
  ENROLLED_MAX,
  holdKey,
  levelKey,
  levelOf,
  jsonBytes,
  jsonOf,
  lastBackupKey,
  memberKey,
  MEMBERS_PK,
  readMemberRow,
  settingKey,
  tokenKey,
  TOKENS_MAX,
  TOKENS_PK,
} from './rows.ts'
import { isRingSetting, isRingSettingName, RING_SETTING_ROWS } from './settings.ts'

/** A token is refused by its date on some member until its clock agrees that it has expired. */
const KEPT_AFTER_EXPIRY_MS = HOUR_MS
/** No token lives longer (`TOKEN_VALID_MS_MAX`), whatever the asking member says. */
const TOKEN_LIFE_MS_MAX = 30 * DAY_MS

export interface Enrolled {
  /**
   * `tokenUsed`: another came with the token before. `removed`: it was taken out of the ring, and
   * its id stays out.
   */
  readonly outcome: 'enrolled' | 'tokenUsed' | 'removed'
  /** Members that stood at its address, and are gone with this. */
  readonly replaced: readonly string[]
}

const REFUSED = { replaced: [] }

/** Asked again with the same, it answers the same: a newcomer whose answer was lost comes again. */
export const enrolMember: Procedure<EnrolInput, Enrolled> = {
  name: 'ring.enrol',
  tables: [RING_TABLE],
  readInput: reader(EnrolInput),
  // A newcomer may be what brings room.
  freesRoom: () => true,
  run(work, { member, token }) {
    const before = memberIn(work, member.id)
    if (before?.state === 'removed') return { outcome: 'removed', ...REFUSED }
    if (token !== undefined && !useToken(work, token, member.id)) {
      return { outcome: 'tokenUsed', ...REFUSED }
    }
    const members = membersIn(work)
    if (before === undefined && members.length >= ENROLLED_MAX) {
      work.refuse('BUSY', { what: 'members of the ring' })
    }
    // Only a new member takes a place: one that moves, or comes back, says nothing of another's
    // disk.
    const displaced =
      before === undefined ? members.filter((other) => isAt(other, member.address)) : []
    for (const other of displaced) displace(work, other)
    const { state = 'active', isLeaving } = before ?? {}
    checkLevels(work, member.levels)
    const kept = { ...member, id: parseMemberId(member.id), state }
    put(work, isLeaving === undefined ? kept : { ...kept, isLeaving })
    return { outcome: 'enrolled', replaced: displaced.map(({ id }) => id) }
  },
}

function isAt({ address, state }: EnrolledMember, newcomer: string): boolean {
  return address === newcomer && (state === 'active' || state === 'draining')
}

/** One that never stored is in no group: nothing is left to be done about it. */
function displace(work: PartitionWork, other: EnrolledMember): void {
  const { isLeaving: _, ...member } = other
  if (member.roles.includes('tweeter')) put(work, { ...member, state: 'gone' })
  else work.delete(memberKey(member.id))
}

/** `false` where another came with it before. */
function useToken(
  work: PartitionWork,
  token: NonNullable<EnrolInput['token']>,
  member: string,
): boolean {
  const key = tokenKey(token.id)
  const used = work.get(key)
  if (used !== undefined) return jsonOf(used.value) === member
  const uses = work.list({ table: RING_TABLE, pk: TOKENS_PK, limit: TOKENS_MAX })
  if (uses.length >= TOKENS_MAX) work.refuse('BUSY', { what: 'join tokens' })
  const expiresAtMs = Math.min(token.expiresAtMs, work.timeMs + TOKEN_LIFE_MS_MAX)
  work.put(key, jsonBytes(member), expiresAtMs + KEPT_AFTER_EXPIRY_MS)
  return true
}

/** The member has another address or name; its place on the ring moves, nothing else. */
export const updateMember: Procedure<UpdateInput, { readonly isChanged: boolean }> = {
  name: 'ring.update',
  tables: [RING_TABLE],
  readInput: reader(UpdateInput),
  freesRoom: () => true,
  run(work, { id, address, name, levels }) {
    checkLevels(work, levels)
    const { levels: before, ...member } = requireMember(work, id)
    const isSame = before?.from === levels?.from && before?.to === levels?.to
    const isChanged = !isSame || member.address !== address || member.name !== name
    const told = levels === undefined ? {} : { levels }
    if (isChanged) put(work, { ...member, address, name, ...told })
    return { isChanged }
  },
}

export interface StateChanged {
  readonly state: EnrolledMember['state']
  readonly isChanged: boolean
}

/** Repeated, it changes nothing. `removed` and `gone` are final but for `gone` to `removed`. */
export const setMemberState: Procedure<StateInput, StateChanged> = {
  name: 'ring.state',
  tables: [RING_TABLE],
  readInput: reader(StateInput),
  // Emptying a member is how its disk gets room.
  freesRoom: () => true,
  run(work, { id, order }) {
    const member = requireMember(work, id)
    const wanted = stateAfter(work, member, order)
    const isChanged = wanted.state !== member.state || wanted.isLeaving !== member.isLeaving
    if (isChanged) put(work, wanted)
    return { state: wanted.state, isChanged }
  },
}

function stateAfter(
  work: PartitionWork,
  member: EnrolledMember,
  order: MemberOrder,
): EnrolledMember {
  const { isLeaving: _, ...plain } = member
  if (member.state === 'removed') return member
  if (member.state === 'gone') return order === 'remove' ? { ...plain, state: 'removed' } : member
  if (order === 'undrain') return { ...plain, state: 'active' }
  requireOtherStore(work, member)
  switch (order) {
    case 'drain':
      return { ...plain, state: 'draining' }
    case 'leave':
      return { ...plain, state: 'draining', isLeaving: true }
    case 'remove':
      return { ...plain, state: 'removed' }
  }
}

/** A ring keeps at least one member that stores, for there its records are. */
function requireOtherStore(work: PartitionWork, member: EnrolledMember): void {
  const others = membersIn(work).filter(({ id }) => id !== member.id)
  if (!member.roles.includes('tweeter') || others.some(isStoring)) return
  work.refuse('FORBIDDEN', { problem: `${member.name} is the last member that stores data` })
}

export const setRingSetting: Procedure<SettingInput, Record<string, never>> = {
  name: 'ring.setting',
  tables: [RING_TABLE],
  readInput: reader(SettingInput),
  freesRoom: () => true,
  run(work, { name, value }) {
    if (!isRingSettingName(name)) return work.refuse('NOT_FOUND', { what: `setting ${name}` })
    if (value !== null && !isRingSetting(name, value)) {
      const { min, max } = RING_SETTING_ROWS[name]
      const problem = `it is a whole number from ${min} to ${max}`
      return work.refuse('SETTING_INVALID', { name, value, problem })
    }
    // A row that says nothing keeps the time of its change, which a deleted one would not.
    work.put(settingKey(name), jsonBytes(value))
    return {}
  },
}

/** By the leader of this partition, when all members know the level; it never falls. */
export const raiseLevel: Procedure<LevelInput, { readonly level: number }> = {
  name: 'ring.level',
  tables: [RING_TABLE],
  readInput: reader(LevelInput),
  freesRoom: () => true,
  run(work, { level }) {
    const now = levelIn(work)
    if (level <= now || commonLevel(membersIn(work)) < level) return { level: now }
    work.put(levelKey(), jsonBytes(level))
    return { level }
  },
}

/** Gives the number of a backup that is about to begin; each number once. */
export const beginBackup: Procedure<BackupInput, { readonly backup: number }> = {
  name: 'ring.backup',
  tables: [RING_TABLE],
  readInput: reader(BackupInput),
  // A backup is what one takes before making room.
  freesRoom: () => true,
  run(work, { above }) {
    const row = work.get(lastBackupKey())
    const last = row === undefined ? 0 : Number(jsonOf(row.value))
    const backup = Math.max(last, above) + 1
    work.put(lastBackupKey(), jsonBytes(backup))
    return { backup }
  },
}

/** By whoever copies a backup's chunks, again before its time is over. */
export const holdChunks: Procedure<HoldInput, Record<string, never>> = {
  name: 'ring.hold',
  tables: [RING_TABLE],
  readInput: reader(HoldInput),
  freesRoom: () => true,
  run(work, { holder, forMs }) {
    if (forMs === 0) work.delete(holdKey(holder))
    else work.put(holdKey(holder), jsonBytes(forMs), work.timeMs + forMs)
    return {}
  },
}

export const RING_PROCEDURES = [
  enrolMember,
  updateMember,
  setMemberState,
  setRingSetting,
  raiseLevel,
  beginBackup,
  holdChunks,
] as const

function levelIn(work: PartitionWork): number {
  return levelOf(work.get(levelKey()))
}

/** Whoever tells what it knows must know the level of the ring. */
function checkLevels(work: PartitionWork, levels: Levels | undefined): void {
  if (levels === undefined) return
  const level = levelIn(work)
  const what = 'the ring'
  if (levels.to < level) work.refuse('VERSION_TOO_OLD', { what, level, known: levels.to })
  if (levels.from > level) work.refuse('VERSION_TOO_NEW', { what, level, known: levels.from })
}

function membersIn(work: PartitionWork): readonly EnrolledMember[] {
  const rows = work.list({ table: RING_TABLE, pk: MEMBERS_PK, limit: ENROLLED_MAX + 1 })
  return rows.flatMap(({ value }) => readMemberRow(jsonOf(value)) ?? [])
}

function memberIn(work: PartitionWork, id: string): EnrolledMember | undefined {
  const row = work.get(memberKey(id))
  return row === undefined ? undefined : readMemberRow(jsonOf(row.value))
}

function requireMember(work: PartitionWork, id: string): EnrolledMember {
  return memberIn(work, id) ?? work.refuse('NOT_FOUND', { what: `member ${id}` })
}

function put(work: PartitionWork, member: EnrolledMember): void {
  const id: MemberId = member.id
  work.put(memberKey(id), jsonBytes(member))
}
