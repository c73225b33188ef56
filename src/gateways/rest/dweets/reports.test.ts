/** Reports and moderation over HTTP. How they behave is tried where they are kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Check } from 'typebox/value'

import { NotificationPage, Profile } from '../../../wire/api-dweets.ts'
import { ReportCase, ReportPage, ReportQueue, ReportReceipt } from '../../../wire/api-reports.ts'
import { dweetsDoor } from './dweets-door.test-helper.ts'

test('a report is made, queued, looked at and decided, and each answer is what its schema says', async () => {
  await using door = await dweetsDoor()
  const { asAna, asBen, asEva, published } = door
  const { id } = await published('bad')
  const payload = { dweet: id, reason: 'abuse', note: 'look' }
  const made = await asAna({ method: 'POST', url: '/v1/reports', payload })
  assert.equal(made.statusCode, 201, made.body)
  assert.ok(Check(ReportReceipt, made.json()) && made.json().nick === 'ben')
  const queue = await asEva({ url: '/v1/reports' })
  assert.ok(Check(ReportQueue, queue.json()) && queue.json().items.length === 1, queue.body)
  assert.ok(Check(ReportCase, (await asEva({ url: `/v1/reports/${id}` })).json()))
  const said = (await asEva({ url: `/v1/reports/${id}/reports` })).json()
  assert.ok(Check(ReportPage, said) && said.items[0]?.note === 'look')
  const decision = { action: 'remove', reason: 'abuse', message: 'No.', decisions: 0 }
  const url = `/v1/reports/${id}/decisions`
  const decided = await asEva({ method: 'POST', url, payload: decision })
  assert.ok(Check(ReportCase, decided.json()) && decided.json().state === 'closed', decided.body)
  const late = await asEva({ method: 'POST', url, payload: decision })
  assert.deepEqual([late.statusCode, late.json().code], [409, 'REPORT_DECIDED'])
  const gone = await asAna({ url: `/v1/dweets/${id}` })
  assert.deepEqual([gone.statusCode, gone.json().code], [404, 'DWEET_REMOVED'])
  const told = (await asBen({ url: '/v1/notifications' })).json()
  assert.ok(Check(NotificationPage, told))
  assert.deepEqual(told.items[0]?.moderation, {
    action: 'remove',
    reason: 'abuse',
    message: 'No.',
    text: 'bad',
  })
  const closed = (await asEva({ url: '/v1/reports?state=closed' })).json()
  assert.equal(closed.items[0].id, id)
})

test('somebody is suspended by their nick, told so in their language, and let dweet again', async () => {
  await using door = await dweetsDoor()
  const { asAna, asBen, asEva } = door
  await asAna({ method: 'POST', url: '/v1/reports', payload: { nick: 'BEN', reason: 'spam' } })
  const url = '/v1/reports/@ben/decisions'
  const payload = { action: 'suspend', seconds: 3_600 }
  const decided = await asEva({ method: 'POST', url, payload })
  assert.equal(decided.json().standing.kind, 'suspended', decided.body)
  const dweet = { method: 'POST', url: '/v1/dweets', payload: { text: 'hi' } } as const
  const refused = await asBen({ ...dweet, headers: { 'accept-language': 'es' } })
  assert.deepEqual([refused.statusCode, refused.json().code], [403, 'DWEETS_SUSPENDED'])
  assert.match(refused.json().detail, /^Un moderador te ha suspendido/)
  const own = (await asBen({ url: '/v1/users/ben/profile' })).json()
  assert.ok(Check(Profile, own) && own.standing?.kind === 'suspended')
  assert.equal((await asAna({ url: '/v1/users/ben/profile' })).json().standing, undefined)
  await asEva({ method: 'POST', url, payload: { action: 'lift' } })
  assert.equal((await asBen(dweet)).statusCode, 201)
})

test('what moderators do stands in the audit log, without what was said or who reported', async () => {
  await using door = await dweetsDoor()
  const { asAna, asBen, asEva, published } = door
  const one = await published('reported')
  const other = await published('not reported')
  const payload = { dweet: one.id, reason: 'spam', note: 'a note' }
  await asAna({ method: 'POST', url: '/v1/reports', payload })
  const url = `/v1/reports/${one.id}/decisions`
  await asEva({ method: 'POST', url, payload: { action: 'dismiss', message: 'why' } })
  await asEva({ method: 'DELETE', url: `/v1/dweets/${other.id}` })
  await asBen({ method: 'DELETE', url: `/v1/dweets/${one.id}` })
  const noted = door.accounts.noted.map(({ by, detail, to, what }) => [what, by, to, detail])
  assert.deepEqual(noted, [
    ['dweets.dismiss', 'eva', 'ben', one.id],
    ['dweets.remove', 'eva', 'ben', other.id],
  ])
})

test('members may report and no more, and bad requests are refused', async () => {
  await using door = await dweetsDoor()
  const { ask, asAna, asBen, asEva, published } = door
  const { id } = await published('x')
  const report = (payload: object) => asAna({ method: 'POST', url: '/v1/reports', payload })
  for (const payload of [
    { dweet: id },
    { dweet: id, reason: 'because' },
    { reason: 'spam' },
    { dweet: id, nick: 'ben', reason: 'spam' },
    { dweet: id, reason: 'spam', by: 'eva' },
    { dweet: id, reason: 'spam', note: 'a'.repeat(9_000) },
  ]) {
    assert.equal((await report(payload)).statusCode, 400, JSON.stringify(payload).slice(0, 80))
  }
  const long = await report({ dweet: id, reason: 'spam', note: 'a'.repeat(501) })
  assert.deepEqual([long.statusCode, long.json().code], [422, 'NOTE_UNFIT'])
  assert.equal((await report({ dweet: '7', reason: 'spam' })).json().code, 'DWEET_GONE')
  assert.equal((await report({ nick: 'nobody', reason: 'spam' })).json().code, 'NO_USER')
  assert.equal((await report({ nick: 'ana', reason: 'spam' })).json().code, 'FORBIDDEN')
  await report({ dweet: id, reason: 'spam' })
  const decide = { method: 'POST', url: `/v1/reports/${id}/decisions` } as const
  for (const asked of [
    { url: '/v1/reports' },
    { url: `/v1/reports/${id}` },
    { url: `/v1/reports/${id}/reports` },
    { ...decide, payload: { action: 'remove' } },
  ] as const) {
    assert.equal((await asBen(asked)).json().code, 'PERMISSION_MISSING')
    assert.equal((await ask(asked)).json().code, 'LOGIN_FIRST')
  }
  for (const payload of [{}, { action: 'shoot' }, { action: 'suspend', seconds: 1 }]) {
    assert.equal((await asEva({ ...decide, payload })).statusCode, 400)
  }
  for (const wrong of ['@nobody', '../audit', '0', '%00', '@ANA']) {
    const url = `/v1/reports/${encodeURIComponent(wrong)}`
    assert.equal((await asEva({ url })).json().code, 'REPORT_GONE', wrong)
  }
  assert.equal((await asEva({ url: '/v1/reports?cursor=x' })).json().code, 'BAD_REQUEST')
  assert.equal((await asEva({ url: '/v1/reports?state=all' })).statusCode, 400)
})
