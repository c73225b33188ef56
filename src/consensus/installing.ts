/**
 * Snapshots, at the member that needs one. The machine only says what is to be fetched; while that
 * is under way it takes in no entry and gives none to be applied.
 */
import type { MemberId } from '../base/ids.ts'
import type { LogIndex, LogPoint, SnapshotOffer } from '../wire/raft.ts'
import type { Core } from './core.ts'
import { follower, followLeader } from './roles.ts'

export function onOffer(core: Core, from: MemberId, snapshot: SnapshotOffer): void {
  const { point } = snapshot
  const standing = followLeader(core, from)
  if (core.installing?.from === from) return
  if (core.installing === undefined && core.log.has(point)) {
    // It is here already: the log is the leader's up to the point, which is committed.
    standing.verified = Math.max(standing.verified, point.index)
    core.commitTo(point.index)
  }
  if (point.index <= core.commit) {
    standing.verified = Math.max(standing.verified, core.commit)
    standing.owesAnswer = core.installing === undefined
    return
  }
  core.installing = { from, point }
  core.output.install({ from, snapshot })
}

export function onInstalled(
  core: Core,
  { point, configuration }: SnapshotOffer,
  timeMs: number,
): void {
  core.installing = undefined
  core.log.reset({ point, timeMs })
  core.configurations.reset(point.index, configuration)
  core.restart()
  core.output.changed()
  if (core.standing.kind !== 'follower') return
  const standing = follower(core)
  standing.verified = point.index
  standing.told = Math.max(standing.told, point.index)
  standing.owesAnswer = true
}

export function onInstallFailed(core: Core, point: LogPoint): void {
  if (core.installing?.point.index !== point.index) return
  core.installing = undefined
  if (core.leader === undefined || core.leader === core.self) return
  core.send(core.leader, { kind: 'offerFailed', term: core.term, point })
}

/**
 * The state is durable up to `index`. The end of the log is kept even so, within a bound, for
 * followers that lag or are fetching a snapshot.
 */
export function compact(core: Core, index: LogIndex): void {
  const { log, configurations, settings } = core
  const through = Math.min(index, core.applied, log.placeBefore(settings.keptBytesMax))
  if (through <= log.base.index) return
  log.forgetThrough(through)
  configurations.forgetThrough(through)
}
