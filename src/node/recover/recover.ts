/**
 * `anillo recover`: the members that are left go on without a majority (architecture 5, *Lost
 * majority*). Of each group the copy that came furthest stays, as its only voter, under a greater
 * generation; other copies go and are made again from it. The missing are revoked, so that one that
 * comes back is refused and joins as a new member.
 */
import { assert } from '../../base/assert.ts'
import type { MemberId } from '../../base/ids.ts'
import type { RecoveredGroup } from '../../store/group/recovery.ts'
import { raiseGeneration } from '../../store/partition/meta.ts'
import { Partition } from '../../store/partition/partition.ts'
import { setMemberState } from '../../store/roster/procedures.ts'
import { jsonOf, MEMBERS_PK, readMemberRow, ENROLLED_MAX } from '../../store/roster/rows.ts'
import { encodeCommand } from '../../wire/command-codec.ts'
import type { Command } from '../../wire/command.ts'
import { RING_PARTITION, RING_TABLE } from '../../wire/partition.ts'
import type { Configuration, LogPoint } from '../../wire/raft.ts'
import { beginGeneration, writeGeneration } from '../store/generation.ts'
import { memberProcedures } from '../store/member-store.ts'
import { lastOf, type GroupLeft } from './survey.ts'
import type { Survivor } from './survivor.ts'

export interface Recovering {
  readonly survivors: readonly Survivor[]
  readonly groups: readonly GroupLeft[]
  /** Greater than any of the survivors'. */
  readonly generation: number
  readonly onProgress: (groups: number) => void
}

/**
 * Repeated after it was broken off, it does the rest: what was kept before has the greatest term.
 * Groups of which nobody has a copy are not made: the caller refuses them. @returns who was revoked
 */
export async function recoverRing(recovering: Recovering): Promise<readonly MemberId[]> {
  const { survivors, groups, generation } = recovering
  const revoked: MemberId[] = []
  let done = 0
  // First: no member starts before all is done.
  for (const { effects } of survivors) await beginGeneration(effects.disk, generation)
  for (const left of groups) {
    assert(left.best !== undefined, 'a group that is recovered has a copy')
    for (const survivor of survivors) {
      const copy = survivor.groups.get(left.group)
      if (copy === undefined) continue
      if (survivor === left.best) revoked.push(...(await keep(recovering, survivor, copy)))
      else await forget(survivor, copy)
      survivor.check()
    }
    recovering.onProgress(++done)
  }
  for (const { effects } of survivors) await writeGeneration(effects.disk, generation)
  return revoked
}

/** Its log becomes state to its end, and begins anew behind it. */
async function keep(
  { survivors, generation }: Recovering,
  { id, log, state }: Survivor,
  copy: RecoveredGroup,
): Promise<readonly MemberId[]> {
  const procedures = memberProcedures()
  const machine = new Partition({ id: copy.id, state: copy.state, procedures })
  const configuration: Configuration = { voters: [id], learners: [] }
  for (const entry of copy.restored.entries) {
    if (entry.index <= machine.appliedIndex) continue
    const { writes } = machine.apply(entry)
    const applied = { index: entry.index, term: entry.term }
    copy.state.commit(writes, { applied, configuration })
  }
  const last = lastOf(copy)
  assert(machine.appliedIndex === last.index, 'all that the log holds is applied')
  const term = Math.max(last.term, copy.restored.hardState.term) + 1
  if (machine.generation < generation) {
    copy.state.commit(raiseGeneration(copy.state, generation), { applied: last, configuration })
  }
  const raised = new Partition({ id: copy.id, state: copy.state, procedures })
  const revoked = copy.id === RING_PARTITION ? missingIn(raised, survivors) : []
  const point = revoke({ copy, machine: raised, configuration, term }, revoked)
  await state.checkpoint()
  await log.append([
    { kind: 'base', group: copy.id, base: point },
    { kind: 'hardState', group: copy.id, hardState: { term, vote: id } },
  ])
  return revoked
}

function missingIn(machine: Partition, survivors: readonly Survivor[]): readonly MemberId[] {
  const rows = machine.list({ table: RING_TABLE, pk: MEMBERS_PK, limit: ENROLLED_MAX }).items
  const members = rows.flatMap(({ value }) => readMemberRow(jsonOf(value)) ?? [])
  return members
    .filter(({ id, state }) => state !== 'removed' && !survivors.some((left) => left.id === id))
    .map(({ id }) => id)
}

interface Kept {
  readonly copy: RecoveredGroup
  readonly machine: Partition
  readonly configuration: Configuration
  readonly term: number
}

/** As entries of the term that begins, which the only voter may write. @returns the last one. */
function revoke(
  { copy, machine, configuration, term }: Kept,
  members: readonly MemberId[],
): LogPoint {
  const apply = (command: Command): void => {
    const index = machine.appliedIndex + 1
    const { timeMs } = machine
    const data = encodeCommand(command)
    const { writes } = machine.apply({ index, term, timeMs, kind: 'command', data })
    copy.state.commit(writes, { applied: { index, term }, configuration })
  }
  if (members.length === 0) return copy.state.mark.applied
  apply({ kind: 'openSession', owner: 'recover' })
  const session = machine.appliedIndex
  for (const [at, id] of members.entries()) {
    const request = { session, sequence: at + 1, floor: at + 1 }
    const input = { id, order: 'remove' }
    apply({ kind: 'call', request, procedure: setMemberState.name, input })
  }
  return copy.state.mark.applied
}

/** The log forgets first; the state of what it does not know goes. */
async function forget({ log, state }: Survivor, { id: group }: RecoveredGroup): Promise<void> {
  await log.append([{ kind: 'forget', group }])
  await state.drop(group)
}
