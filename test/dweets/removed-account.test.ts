/** What an account wrote goes with it, over the procedures of both. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../src/effects/manual-clock.test-helper.ts'
import { knownNick } from '../../src/services/accounts/parts.ts'
import { RingDweets } from '../../src/services/dweets/dweets.ts'
import type { Dweeter } from '../../src/services/dweets/types.ts'
import { AccountRing, HERE } from '../accounts/account-ring.test-helper.ts'

const ANA: Dweeter = { nick: 'ana', isModerator: false }
const BEN: Dweeter = { nick: 'ben', isModerator: false }

test('dweets, likes and follows of a removed account are gone, and none come after', async () => {
  const ring = new AccountRing()
  const admin = await ring.administrator()
  for (const nick of ['ana', 'ben']) await ring.register(nick)
  const find = async (text: string) => {
    const nick = knownNick(text)
    return { nick, name: nick, joinedAtMs: 0 }
  }
  const dweets = new RingDweets({
    store: ring.ring.store(1),
    people: { find },
    clock: new ManualClock(),
  })
  const kept = await ring.within(dweets.publish(BEN, { text: 'kept' }))
  const gone = await ring.within(dweets.publish(ANA, { text: 'gone #tag', replyTo: kept.id }))
  await ring.within(dweets.like(ANA, kept.id, true))
  await ring.within(dweets.follow(BEN, 'ana', {}))
  ring.ring.deliver()
  assert.equal((await ring.within(dweets.dweet(BEN, kept.id))).likes, 1)
  await ring.within(ring.at(1).remove(admin, 'ana', undefined, HERE))
  ring.ring.deliver()
  await ring.refused('DWEET_GONE', dweets.dweet(BEN, gone.id))
  const { likes, replies } = await ring.within(dweets.dweet(BEN, kept.id))
  assert.deepEqual([likes, replies], [0, 0])
  assert.equal((await ring.within(dweets.profile(BEN, 'ben'))).following, 0)
  await ring.refused('NO_USER', dweets.publish(ANA, { text: 'once more' }))
  await ring.refused('NO_USER', dweets.redweet(ANA, kept.id))
  await ring.refused('NO_USER', dweets.follow(ANA, 'ben', {}))
})
