/**
 * Which feature level brought which procedure and setting. A member of an older build answers what
 * it does not know with a refusal, where a newer one writes: whatever comes after the first level
 * bears its own, or replicas of one partition would differ.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { RING_SETTING_ROWS } from '../../store/roster/settings.ts'
import { FIRST_LEVEL, LEVELS } from '../../wire/levels.ts'
import { MEMBER_PROCEDURES, memberProcedures } from './member-store.ts'

/**
 * Of the first release, which is not made yet: what is built before it joins them. Nothing is added
 * here afterwards: what comes later has `sinceLevel`.
 */
const FIRST_PROCEDURES = `
  administrators.count administrators.leave apps.make apps.reseed apps.use audit.add
  chunk.collect chunk.pin chunk.refer chunk.unpin chunk.unrefer
  content.append content.ask content.clear content.discard content.heard content.hold content.keep
  content.release content.seal content.sweep
  crawl.add crawl.begin crawl.changes crawl.end crawl.forget crawl.grant crawl.leave crawl.note
  crawl.remove crawl.removeHosts crawl.share crawl.start crawl.steer crawl.tally
  crawlHook.keep crawlHook.make crawlHook.next crawlHook.note crawlHook.sent crawlHook.tell
  crawlHook.test
  crawlSchedule.change crawlSchedule.fire crawlSchedule.make crawlSchedule.over
  crawlSchedule.remove crawlSchedule.run crawlSchedule.time
  dweets.acknowledge dweets.attach dweets.block dweets.blocked dweets.clear dweets.clearNotes
  dweets.decide dweets.describe dweets.describeFile dweets.detach dweets.dismissNote
  dweets.dropList dweets.edit
  dweets.enlist dweets.expire dweets.follow dweets.followed dweets.forgetLike dweets.import
  dweets.leave dweets.like dweets.makeList dweets.mark dweets.markRead dweets.mention dweets.mute
  dweets.publish dweets.react dweets.redweet dweets.remove dweets.renameList dweets.report
  dweets.reported dweets.retain dweets.settlePreview dweets.showPreview dweets.sweep
  dweets.sweepList dweets.sweepReports dweets.tagged dweets.takePreview dweets.unfollow
  dweets.unredweet dweets.wantPreview
  download.begin download.clear download.end download.forget download.join download.keep
  download.lapse download.layer download.learn download.live download.partial download.pause
  download.restart download.resume
  fileActs.add
  groups.drop groups.forget groups.make groups.put groups.remove groups.title
  links.change links.count links.forget links.make links.revoke
  lock.acquire lock.release lock.renew
  pathLocks.clear pathLocks.refresh pathLocks.release pathLocks.take
  repeats.answer repeats.step repeats.void
  ring.backup ring.enrol ring.hold ring.level ring.setting ring.state ring.update
  schedule.declare schedule.fail schedule.finish schedule.plan schedule.renew schedule.take
  share.add share.forget share.forgetMainline share.goneFromMainline share.publisher
  share.refreshed share.remove share.saidInMainline share.takeFromMainline share.takeMainline
  share.takeRefresh share.withdrawn
  shares.forget shares.note
  tokens.addKey transact
  tree.arrive tree.close tree.depart tree.departed tree.drop tree.follow tree.forgetFolder
  tree.forgetMove tree.found tree.foundRoot tree.freeSlot tree.keepPartial tree.make tree.placed
  tree.put tree.remove tree.rename tree.restoreVersion tree.setGrants tree.setParent tree.settle
  tree.stay tree.sweep tree.takeSlot tree.touch tree.ungrant
  upload.settle usage.add usage.claim usage.limit usage.waive
  users.addKey users.change users.dropKey users.endSessions users.forgetGuess
  users.forgetSubject users.guess users.guessAddress users.guessSubject users.guessedRight
  users.membership users.openSession users.redeemCode
  users.refresh users.register users.remove users.rights users.useSession`

/** Values of `ring.setting`, which refuses every other name. */
const FIRST_SETTINGS = ['incomingMax', 'registrationOpen', 'replaceAfterMs', 'stableMs']

test('the first level knows what the first release knew, no more and no less', () => {
  const { levels } = memberProcedures()
  assert.equal(levels.from, FIRST_LEVEL, 'a ring of the first release can be updated')
  const known = MEMBER_PROCEDURES.filter(
    ({ name }) => memberProcedures().find(name, FIRST_LEVEL) !== undefined,
  )
  const names = known.map(({ name }) => name).toSorted()
  assert.deepEqual(names, FIRST_PROCEDURES.trim().split(/\s+/).toSorted())
  const settings = Object.keys(RING_SETTING_ROWS).toSorted()
  assert.deepEqual(settings, FIRST_SETTINGS, '`ring.setting` refuses a later one below its level')
})

test('LEVELS reaches as far as the latest procedure', () => {
  const latest = MEMBER_PROCEDURES.map((procedure) => procedure.sinceLevel ?? FIRST_LEVEL)
  assert.ok(Math.max(...latest) <= LEVELS.to)
})
