import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Dweet } from '../wire/api-dweets.ts'
import { dweetLines, notificationLines } from './dweet-lines.ts'

const paint = (_colour: string, text: string): string => text
const ben = { nick: 'ben', name: 'Ben' }
const SEA: Dweet = {
  kind: 'dweet',
  id: '12',
  author: ben,
  createdAt: '2026-11-21T00:00:00.000Z',
  text: 'The sea',
  visibility: 'public',
  mentions: [],
  tags: [],
  attachments: [
    {
      id: 'a',
      kind: 'picture',
      type: 'image/jpeg',
      name: 'sea.jpg',
      bytes: 2_048,
      sha256: '0'.repeat(64),
      url: '/v1/dweets/12/attachments/a',
    },
  ],
  replies: 1,
  redweets: 0,
  likes: 0,
  mine: { liked: false, redweeted: false, bookmarked: false },
}

test('an attachment stands with its address at the door that was asked', () => {
  assert.deepEqual(dweetLines(SEA, { paint, door: 'http://localhost:9101' }), [
    'Ben (@ben) 2026-11-21 00:00 · 1 reply · 12',
    '  The sea',
    '  [picture: sea.jpg] http://localhost:9101/v1/dweets/12/attachments/a (2.0 KiB)',
  ])
})

test('what moderators removed is told with the reason, and what it said', () => {
  const moderation = { action: 'remove', reason: 'abuse', text: 'bad' } as const
  const at = '2026-11-21T00:00:00.000Z'
  const note = { id: '1', kind: 'moderated', at, by: ben, moderation } as const
  assert.deepEqual(notificationLines(note, { paint }), [
    'A moderator has decided: 2026-11-21 00:00',
    '  this dweet of yours was removed · reason: abuse',
    '    bad',
  ])
})
