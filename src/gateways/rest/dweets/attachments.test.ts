import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { utf8 } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { DAY_MS, HOUR_MS, KIB } from '../../../base/limits.ts'
import { noise } from '../../../services/files/contents/noise.test-helper.ts'
import type { Dweet, DweetHistory } from '../../../wire/api-dweets.ts'
import type { ReportCase } from '../../../wire/api-reports.ts'
import { UNUSED_MAX } from '../../../wire/dweet-limits.ts'
import { bearer } from '../entrance.test-helper.ts'
import { attachmentsDoor, fileUser, settled } from './attachments-door.test-helper.ts'

/** A content of chunks, not of a row. */
const LARGE = noise(64 * KIB, 1)
const SMALL = utf8('few bytes')
const [NOTES, SECRET] = [homeFile('notes.txt'), homeFile('secret.txt')]

/** Of Ana: nobody else may read it. */
function homeFile(name: string): string {
  return ['', 'home', 'ana', name].join('/')
}

function first({ attachments }: Dweet) {
  return present(attachments?.[0], 'an attachment')
}

for (const [size, bytes] of [
  ['large', LARGE],
  ['small', SMALL],
] as const) {
  test(`a ${size} attachment is read by whoever sees the dweet, in ranges too`, async () => {
    await using door = await attachmentsDoor()
    const sent = await door.attached(bytes, 'name=../dir/data.bin&description=%20two%20words%20')
    assert.equal(sent.name, 'data.bin')
    assert.equal(sent.description, 'two words')
    const own = await door.asAna({ url: sent.url })
    assert.deepEqual(own.rawPayload, Buffer.from(bytes))
    const dweet = await door.published({ text: 'look', attachments: [{ id: sent.id }] })
    const { url, ...told } = first(dweet)
    assert.deepEqual(told, {
      id: sent.id,
      kind: 'file',
      type: 'application/octet-stream',
      name: 'data.bin',
      bytes: bytes.length,
      sha256: sha256Hex(bytes),
      description: 'two words',
    })
    assert.equal((await door.asAna({ url: sent.url })).statusCode, 404, 'it is the dweet’s now')
    const whole = await door.asBen({ url })
    assert.equal(whole.statusCode, 200)
    assert.deepEqual(whole.rawPayload, Buffer.from(bytes))
    const part = await door.asBen({ url, headers: { range: 'bytes=3-5' } })
    assert.equal(part.statusCode, 206)
    assert.deepEqual(part.rawPayload, Buffer.from(bytes.subarray(3, 6)))
    assert.equal(part.headers['content-range'], `bytes 3-5/${bytes.length}`)
    const etag = String(whole.headers['etag'])
    const known = await door.asBen({ url, headers: { 'if-none-match': etag } })
    assert.equal(known.statusCode, 304)
    const beyond = await door.asBen({ url, headers: { range: 'bytes=999999-' } })
    assert.equal(beyond.statusCode, 416)
  })

  test(`a ${size} attachment counts for its author, and goes with the dweet`, async () => {
    await using door = await attachmentsDoor()
    const usage = async () => {
      const { bytes: used, files } = await door.files.usage(fileUser('ana'))
      return { used, files }
    }
    const { id } = await door.attached(bytes)
    const dweet = await door.published({ text: 'look', attachments: [{ id }] })
    assert.deepEqual(await usage(), { used: bytes.length, files: 1 })
    const content = /files\.contents\\u0000([0-9a-f]{32})/.exec(door.records.contents)?.[1]
    assert.equal(content === undefined, size === 'small')
    door.clock.advance(2 * DAY_MS)
    if (content !== undefined) assert.equal(await door.swept(content), false, 'it is held')
    const { url } = first(dweet)
    await door.asAna({ method: 'DELETE', url: `/v1/dweets/${dweet.id}` })
    await settled()
    assert.equal((await door.asAna({ url })).statusCode, 404)
    assert.deepEqual(await usage(), { used: 0, files: 0 })
    door.clock.advance(2 * DAY_MS)
    if (content !== undefined) assert.equal(await door.swept(content), true)
    else assert.doesNotMatch(door.records.contents, new RegExp(Buffer.from(bytes).toString('hex')))
  })
}

test('what is for followers is read by them, and by nobody else; a block ends it', async () => {
  await using door = await attachmentsDoor()
  await door.asBen({ method: 'PUT', url: '/v1/users/ana/follow', payload: {} })
  const { id } = await door.attached(LARGE)
  const body = { text: 'ours', visibility: 'followers', attachments: [{ id }] }
  const { url } = first(await door.published(body))
  assert.equal((await door.asBen({ url })).statusCode, 200)
  assert.equal((await door.asEva({ url })).statusCode, 404)
  assert.equal((await door.ask({ url })).statusCode, 401, 'nobody')
  await door.asAna({ method: 'PUT', url: '/v1/users/ben/block' })
  await settled()
  assert.equal((await door.asBen({ url })).statusCode, 404)
})

test('what somebody else sent is not to be used, read or taken away', async () => {
  await using door = await attachmentsDoor()
  const { id, url } = await door.attached(SMALL)
  assert.equal((await door.asBen({ url })).statusCode, 404)
  await door.asBen({ method: 'DELETE', url })
  const payload = { text: 'mine', attachments: [{ id }] }
  const stolen = await door.asBen({ method: 'POST', url: '/v1/dweets', payload })
  assert.equal(stolen.statusCode, 404)
  assert.equal(stolen.json<{ code: string }>().code, 'ATTACHMENT_GONE')
  await door.published({ text: 'still mine', attachments: [{ id }] })
  const again = await door.asAna({ method: 'POST', url: '/v1/dweets', payload })
  assert.equal(again.statusCode, 404, 'once used, it is of that dweet')
})

test('a file of the tree is attached as it is then, whatever happens to it', async () => {
  await using door = await attachmentsDoor()
  const upload = await door.files.write(fileUser('ana'), NOTES, { how: 'replace' })
  await upload.push(LARGE)
  await upload.commit()
  const dweet = await door.published({
    text: 'look',
    attachments: [{ path: NOTES, description: 'my notes' }],
  })
  const { description, name, type, url } = first(dweet)
  assert.deepEqual(
    [name, type, description],
    ['notes.txt', 'text/plain; charset=utf-8', 'my notes'],
  )
  const next = await door.files.write(fileUser('ana'), NOTES, { how: 'replace' })
  await next.push(SMALL)
  await next.commit()
  await door.files.remove(fileUser('ana'), NOTES)
  await door.files.emptyTrash(fileUser('ana'))
  assert.deepEqual((await door.asBen({ url })).rawPayload, Buffer.from(LARGE))
})

test('a file that one may not read is not attached', async () => {
  await using door = await attachmentsDoor()
  const upload = await door.files.write(fileUser('ana'), SECRET, { how: 'replace' })
  await upload.push(SMALL)
  await upload.commit()
  const attachments = [{ path: SECRET }]
  const payload = { text: 'stolen', attachments }
  const published = await door.asBen({ method: 'POST', url: '/v1/dweets', payload })
  assert.equal(published.statusCode, 404)
  const url = `/v1/dweets/attachments?from=${SECRET}`
  assert.equal((await door.asBen({ method: 'POST', url })).statusCode, 404)
  assert.equal((await door.asAna({ method: 'POST', url })).statusCode, 201)
  // Without the right to read files at all.
  const key = door.accounts.key('ana', ['dweets.read', 'dweets.write'])
  const bare = await door.ask({ method: 'POST', url, headers: { authorization: `Bearer ${key}` } })
  assert.equal(bare.statusCode, 403)
})

test('a document runs nothing: it is saved, in a sandbox, as what it is', async () => {
  await using door = await attachmentsDoor()
  const hostile = {
    'evil.html': '<script>alert(1)</script>',
    'evil.svg': '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    'evil.png': '<script>alert(1)</script>',
    'evil.pdf': '<script>alert(1)</script>',
  }
  for (const [name, text] of Object.entries(hostile)) {
    const { id } = await door.attached(utf8(text), `name=${name}`)
    const attached = first(await door.published({ text: name, attachments: [{ id }] }))
    assert.equal(attached.kind, 'file', name)
    const { headers } = await door.asBen({ url: attached.url })
    assert.match(String(headers['content-disposition']), /^attachment; /)
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /sandbox/)
    assert.match(policy, /default-src 'none'/)
    assert.doesNotMatch(policy, /allow-scripts|script-src/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.doesNotMatch(String(headers['content-type']), /^image\/png|^application\/pdf/)
  }
})

test('one that no dweet uses goes after twelve hours; so many may wait', async () => {
  await using door = await attachmentsDoor()
  const { id, url } = await door.attached(SMALL)
  door.clock.advance(12 * HOUR_MS)
  assert.equal((await door.asAna({ url })).statusCode, 404)
  const payload = { text: 'late', attachments: [{ id }] }
  const late = await door.asAna({ method: 'POST', url: '/v1/dweets', payload })
  assert.equal(late.statusCode, 404)
  for (let sent = 0; sent < UNUSED_MAX; sent++) await door.attached(SMALL)
  const send = {
    method: 'POST',
    url: '/v1/dweets/attachments?name=a',
    payload: 'one more',
  } as const
  assert.equal((await door.asAna(send)).statusCode, 409)
  const { url: own } = await door.attached(SMALL, 'name=b', door.asBen)
  assert.equal((await door.asBen({ method: 'DELETE', url: own })).statusCode, 204)
  assert.equal((await door.asBen({ url: own })).statusCode, 404)
})

test('a dweet has at most four; its text may be empty then, and only then', async () => {
  await using door = await attachmentsDoor()
  const ids: { id: string }[] = []
  for (let sent = 0; sent < 5; sent++) ids.push({ id: (await door.attached(SMALL)).id })
  const publish = (payload: object) => door.asAna({ method: 'POST', url: '/v1/dweets', payload })
  const five = await publish({ text: '', attachments: ids })
  assert.equal(five.json<{ code: string }>().code, 'ATTACHMENTS_TOO_MANY')
  const twice = await publish({ text: '', attachments: [ids[0], ids[0]] })
  assert.equal(twice.statusCode, 404)
  const four = await publish({ text: ' ', attachments: ids.slice(0, 4) })
  assert.equal(four.statusCode, 201)
  const dweet = four.json<Dweet>()
  assert.deepEqual(
    [dweet.text, dweet.attachments?.map(({ id }) => ({ id }))],
    ['', ids.slice(0, 4)],
  )
  assert.equal((await publish({ text: '' })).statusCode, 422)
  const change = { method: 'PATCH', url: `/v1/dweets/${dweet.id}` } as const
  const edited = await door.asAna({ ...change, payload: { text: 'now with words' } })
  assert.equal(edited.json<Dweet>().attachments?.length, 4, 'they stay')
})

test('sent again with its key, a dweet is published once, with what it has', async () => {
  await using door = await attachmentsDoor()
  const { id } = await door.attached(SMALL)
  const payload = { text: 'once', attachments: [{ id, description: 'said later' }] }
  const headers = { 'idempotency-key': 'k1' }
  const publish = () => door.asAna({ method: 'POST', url: '/v1/dweets', payload, headers })
  const [one, two] = [await publish(), await publish()]
  assert.equal(one.statusCode, 201)
  assert.deepEqual(two.json(), one.json())
  assert.equal(first(one.json<Dweet>()).description, 'said later')
  await settled()
  assert.equal((await door.files.usage(fileUser('ana'))).files, 1)
})

test('describing what a dweet takes at the same time does not bring it back', async () => {
  await using door = await attachmentsDoor()
  const { id } = await door.attached(LARGE)
  const ana = { nick: 'ana', isModerator: false }
  // What describes it began while it was there, and comes to its partition behind the dweet.
  const { call } = door.records
  const published = Promise.withResolvers<void>()
  const late: typeof call = async (partition, procedure, ...asked) => {
    if (procedure.name !== 'dweets.publish') await published.promise
    return call(partition, procedure, ...asked)
  }
  Object.defineProperty(door.records, 'call', { value: late })
  const describing = door.attachments.describe(ana, id, 'said too late')
  await door.dweets.publish(ana, { text: 'x', attachments: [{ id }] })
  published.resolve()
  await Promise.allSettled([describing])
  await settled()
  await assert.rejects(door.attachments.unused(ana, id), (thrown) =>
    isAnilloError(thrown, 'ATTACHMENT_GONE'),
  )
  const again = door.dweets.publish(ana, { text: 'y', attachments: [{ id }] })
  await assert.rejects(again, (thrown) => isAnilloError(thrown, 'ATTACHMENT_GONE'))
  await settled()
  assert.equal((await door.files.usage(fileUser('ana'))).files, 1)
})

test('what does not fit is refused: too long, too much for the account, badly described', async () => {
  await using door = await attachmentsDoor()
  const url = '/v1/dweets/attachments?name=a.bin'
  const large = { 'content-length': String(200 * KIB * KIB) }
  const announced = await door.asAna({ method: 'POST', url, payload: 'a', headers: large })
  assert.equal(announced.statusCode, 413)
  await door.files.setLimits({ ...fileUser('admin'), isManager: true }, 'ana', { bytesMax: 10 })
  const send = (query: string, payload: Uint8Array | string) =>
    door.asAna({
      method: 'POST',
      url: `/v1/dweets/attachments?${query}`,
      payload: Buffer.from(payload),
    })
  const full = await send('name=a.bin', LARGE)
  assert.equal(full.json<{ code: string }>().code, 'QUOTA_FULL')
  assert.equal((await send('name=a.bin', 'few')).statusCode, 201)
  const said = await send(`name=a&description=${'x'.repeat(1_501)}`, 'few')
  assert.equal(said.json<{ code: string }>().code, 'DESCRIPTION_UNFIT')
  const turned = await send('name=a&description=%E2%80%AEx', 'few')
  assert.equal(turned.json<{ code: string }>().code, 'DESCRIPTION_UNFIT')
})

test('what is said of an attachment changes with its dweet, and what was said stays in the history', async () => {
  await using door = await attachmentsDoor()
  const [one, other] = [await door.attached(SMALL), await door.attached(LARGE, 'name=b.bin')]
  const attachments = [{ id: one.id, description: 'wvaes' }, { id: other.id }]
  const { id } = await door.published({ text: 'look', attachments })
  const url = `/v1/dweets/${id}`
  const edit = (body: object, ask = door.asAna) => ask({ method: 'PATCH', url, payload: body })
  const saying = (description: string, file = one.id) => ({
    attachments: [{ id: file, description }],
  })
  door.clock.advance(HOUR_MS)
  const edited = await edit(saying(' Waves '))
  assert.equal(edited.statusCode, 200, edited.body)
  const said = ({ attachments: all = [] }: Pick<Dweet, 'attachments'>) =>
    all.map(({ description }) => description)
  assert.deepEqual(said(edited.json<Dweet>()), ['Waves', undefined])
  assert.equal(edited.json<Dweet>().text, 'look')
  assert.ok(edited.json<Dweet>().editedAt !== undefined)
  // The same again is no change; another text leaves what is said.
  await edit(saying('Waves'))
  await edit({ text: 'look there', ...saying('Cliffs', other.id) })
  await edit(saying(''))
  const history = await door.asBen({ url: `${url}/history` })
  assert.deepEqual(
    history.json<DweetHistory>().items.map((its) => [its.text, ...said(its)]),
    [
      ['look there', undefined, 'Cliffs'],
      ['look there', 'Waves', 'Cliffs'],
      ['look', 'Waves', undefined],
      ['look', 'wvaes', undefined],
    ],
  )
  for (const [body, status] of [
    [saying('x', '0'.repeat(32)), 404],
    [saying('x'.repeat(1_501)), 422],
    [saying('bell \u0007'), 422],
    [{ attachments: [{ id: one.id }] }, 400],
  ] as const) {
    assert.equal((await edit(body)).statusCode, status, JSON.stringify(body).slice(0, 80))
  }
  assert.equal((await edit(saying('mine'), door.asBen)).statusCode, 403)
  assert.deepEqual(said((await door.asBen({ url })).json<Dweet>()), [undefined, 'Cliffs'])
  const bytes = await door.asBen({ url: `${url}/attachments/${one.id}` })
  assert.deepEqual(bytes.rawPayload, Buffer.from(SMALL))
})

test('moderators see what is attached to a reported dweet by its case alone, and that is noted', async () => {
  await using door = await attachmentsDoor()
  const headers = bearer(door.accounts.person('eva', 'moderator'))
  const asModerator = (url: string, more: Readonly<Record<string, string>> = {}) =>
    door.ask({ url, headers: { ...headers, ...more } })
  const [sent, other] = [await door.attached(LARGE, 'name=a.bin&description=odd')].concat(
    await door.attached(SMALL, 'name=b.txt'),
  )
  const attachments = [{ id: present(sent, 'one').id }]
  const { id } = await door.published({ text: 'mine', visibility: 'followers', attachments })
  const quiet = { text: 'quiet', visibility: 'followers', attachments: [{ id: other?.id }] }
  const unreported = await door.published(quiet)
  await door.asBen({ method: 'PUT', url: '/v1/users/ana/follow', payload: {} })
  await settled()
  const ofCase = (dweet: string, file = sent?.id) => `/v1/reports/${dweet}/attachments/${file}`
  for (const url of [ofCase(id), `/v1/dweets/${id}/attachments/${sent?.id}`]) {
    assert.equal((await asModerator(url)).statusCode, 404, url)
  }
  const payload = { dweet: id, reason: 'sensitive' }
  assert.equal((await door.asBen({ method: 'POST', url: '/v1/reports', payload })).statusCode, 201)
  await settled()
  const change = { attachments: [{ id: sent?.id, description: 'harmless' }] }
  await door.asAna({ method: 'PATCH', url: `/v1/dweets/${id}`, payload: change })
  const { dweet } = (await asModerator(`/v1/reports/${id}`)).json<ReportCase>()
  assert.deepEqual(
    dweet?.reported?.attachments?.map(({ description }) => description),
    ['odd'],
  )
  const [shown] = dweet?.now?.attachments ?? []
  assert.deepEqual([shown?.url, shown?.description], [ofCase(id), 'harmless'])
  const noted = () => door.accounts.noted.filter(({ what }) => what === 'dweets.inspect')
  assert.equal(noted().length, 0)
  const part = await asModerator(ofCase(id), { range: 'bytes=1-4' })
  assert.deepEqual([part.statusCode, part.rawPayload], [206, Buffer.from(LARGE.subarray(1, 5))])
  assert.deepEqual((await asModerator(ofCase(id))).rawPayload, Buffer.from(LARGE))
  assert.deepEqual(
    noted().map(({ by, detail, to }) => [by, to, detail]),
    [['eva', 'ana', id]],
  )
  door.clock.advance(HOUR_MS)
  await asModerator(ofCase(id))
  assert.equal(noted().length, 2)
  // By the dweet itself they see it no more than before, and of what nobody reported nothing.
  for (const url of [
    `/v1/dweets/${id}/attachments/${sent?.id}`,
    ofCase(id, other?.id),
    ofCase(unreported.id, other?.id),
    ofCase('@ana'),
  ]) {
    assert.equal((await asModerator(url)).statusCode, 404, url)
  }
  assert.equal((await door.asBen({ url: ofCase(id) })).statusCode, 403)
  assert.equal((await door.ask({ url: ofCase(id) })).statusCode, 401)
  await door.asAna({ method: 'DELETE', url: `/v1/dweets/${id}` })
  await settled()
  assert.equal((await asModerator(ofCase(id))).statusCode, 404)
  assert.equal(noted().length, 2)
})
