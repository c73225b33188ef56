import assert from 'node:assert/strict'
import { test } from 'node:test'

import { png } from '../../../services/dweets/pictures/pictures.test-helper.ts'
import { accountIdOf } from '../../../wire/account-ids.ts'
import { attachmentsDoor, settled } from '../dweets/attachments-door.test-helper.ts'
import { readFileForm } from './file-form.ts'

interface Media {
  readonly id: string
  readonly type: string
  readonly url: string
  readonly description: string | null
  readonly meta: { readonly original?: { readonly width: number } }
}

const BOUNDARY = 'xyz'
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`

function form(...parts: readonly (readonly [head: string, body: Uint8Array | string])[]): Buffer {
  const pieces = parts.flatMap(([head, body]) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
    Buffer.from(body as Uint8Array),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)])
}

const FILE = 'name="file"; filename="sea.png"'

test('a picture is sent, described, published with a status, and shown with it', async () => {
  await using door = await attachmentsDoor()
  const headers = { 'content-type': TYPE }
  const payload = form([FILE, png(30, 20)], ['name="description"', 'Wellen'])
  const sent = await door.asAna({ method: 'POST', url: '/api/v2/media', headers, payload })
  assert.equal(sent.statusCode, 200, sent.body)
  const { id, ...media } = sent.json<Media>()
  assert.deepEqual(
    [media.type, media.description, media.meta.original?.width],
    ['image', 'Wellen', 30],
  )
  const change = { method: 'PUT', url: `/api/v1/media/${id}` } as const
  const described = await door.asAna({ ...change, payload: { description: 'Waves' } })
  assert.equal(described.json<Media>().description, 'Waves')
  assert.equal((await door.asAna({ url: `/api/v1/media/${id}` })).json<Media>().id, id)
  assert.equal((await door.asBen({ url: `/api/v1/media/${id}` })).statusCode, 404)
  const status = { status: '', media_ids: [id] }
  const published = await door.asAna({ method: 'POST', url: '/api/v1/statuses', payload: status })
  assert.equal(published.statusCode, 200, published.body)
  await settled()
  const { id: statusId } = published.json<{ id: string }>()
  const seen = await door.asBen({ url: `/api/v1/statuses/${statusId}` })
  const [shown] = seen.json<{ media_attachments: Media[] }>().media_attachments
  assert.deepEqual([shown?.description, shown?.type], ['Waves', 'image'])
  const { pathname } = new URL(shown?.url ?? '')
  const bytes = await door.asBen({ url: pathname })
  assert.equal(bytes.headers['content-type'], 'image/png')
  assert.ok(!bytes.rawPayload.includes('GPS'))
})

interface Shown {
  readonly id: string
  readonly media_attachments: readonly Media[]
}

async function withPicture(visibility: string) {
  const door = await attachmentsDoor()
  const headers = { 'content-type': TYPE }
  const payload = form([FILE, png(30, 20)])
  const { id } = (
    await door.asAna({ method: 'POST', url: '/api/v2/media', headers, payload })
  ).json<Media>()
  const publish = { status: 'x', visibility, media_ids: [id] }
  const published = await door.asAna({ method: 'POST', url: '/api/v1/statuses', payload: publish })
  await settled()
  const status = published.json<Shown>().id
  const path = async (ask: typeof door.asAna): Promise<string> => {
    const [shown] = (await ask({ url: `/api/v1/statuses/${status}` })).json<Shown>()
      .media_attachments
    return new URL(shown?.url ?? '').pathname
  }
  return { door, id, status, path }
}

test('a program loads pictures without a token, by an address that is for that alone', async () => {
  const { door, id, path, status } = await withPicture('public')
  await using _ = door
  const [anas, bens] = [await path(door.asAna), await path(door.asBen)]
  assert.notEqual(anas, bens)
  assert.equal(await path(door.asBen), bens, 'the same again')
  for (const url of [anas, bens]) {
    const got = await door.ask({ url, headers: { origin: 'https://elsewhere.test' } })
    assert.equal(got.statusCode, 200, got.body)
    assert.equal(got.headers['content-type'], 'image/png')
    assert.equal(got.headers['cross-origin-resource-policy'], 'cross-origin')
    assert.match(String(got.headers['content-security-policy']), /default-src 'none'/)
    const part = await door.ask({ url, headers: { range: 'bytes=0-3' } })
    assert.deepEqual([part.statusCode, part.rawPayload.length], [206, 4])
    assert.equal((await door.ask({ method: 'HEAD', url })).statusCode, 200)
  }
  const pass = bens.split('/')[4] ?? ''
  const other = await door.attached(png(), 'name=b.png')
  for (const url of [
    `/api/v1/media/${pass}/${status}/${other.id}`,
    `/api/v1/media/${pass}/unused/${other.id}`,
    `/api/v1/media/${pass}/unused/${id}`,
    `/api/v1/media/${pass}/1${status}/${id}`,
    `/api/v1/media/x/${status}/${id}`,
    `/api/v1/media/%2e%2e/${status}/${id}`,
    `/v1/dweets/${status}/attachments/${id}`,
  ]) {
    const refused = await door.ask({ url })
    assert.ok([401, 404].includes(refused.statusCode), `${url} ${refused.statusCode}`)
  }
  // As a credential it is nothing.
  for (const url of ['/api/v1/timelines/home', '/v1/dweets/home', `/api/v1/media/${id}`]) {
    assert.equal(
      (await door.ask({ url, headers: { authorization: `Bearer ${pass}` } })).statusCode,
      401,
    )
  }
})

test('such an address shows what its reader may see, as long as they may, and no longer', async () => {
  const { door, path } = await withPicture('private')
  await using _ = door
  await door.asBen({ method: 'PUT', url: '/v1/users/ana/follow' })
  await settled()
  const [anas, bens] = [await path(door.asAna), await path(door.asBen)]
  const status = async (url: string): Promise<number> => (await door.ask({ url })).statusCode
  assert.deepEqual([await status(anas), await status(bens)], [200, 200])
  await door.asAna({ method: 'PUT', url: '/v1/users/ben/block' })
  await settled()
  assert.deepEqual([await status(anas), await status(bens)], [200, 404])
  for (const { sessions } of door.accounts.people.values()) sessions.clear()
  assert.equal(await status(anas), 404)
})

test('what is sent and not published has such an address for its sender', async () => {
  await using door = await attachmentsDoor()
  const headers = { 'content-type': TYPE }
  const payload = form([FILE, png()])
  const sent = await door.asAna({ method: 'POST', url: '/api/v2/media', headers, payload })
  const { id, url } = sent.json<Media>()
  const { pathname } = new URL(url)
  assert.match(pathname, new RegExp(`/unused/${id}$`))
  assert.equal((await door.ask({ url: pathname })).statusCode, 200)
})

test('lists of statuses with something attached have those, and all of them', async () => {
  const { door, status } = await withPicture('public')
  await using _ = door
  await door.published({ text: 'without #sea' })
  const { id } = await door.attached(png(), 'name=b.png')
  const tagged = await door.published({ text: 'with #sea', attachments: [{ id }] })
  await settled()
  const ids = async (url: string): Promise<readonly string[]> =>
    (await door.asBen({ url })).json<Shown[]>().map((one) => one.id)
  const ana = accountIdOf('ana')
  assert.deepEqual(await ids(`/api/v1/accounts/${ana}/statuses?only_media=true`), [
    tagged.id,
    status,
  ])
  assert.deepEqual(await ids('/api/v1/timelines/public?only_media=true&limit=1'), [tagged.id])
  assert.deepEqual(await ids('/api/v1/timelines/tag/sea?only_media=1'), [tagged.id])
  assert.deepEqual(await ids(`/api/v1/accounts/${accountIdOf('ben')}/statuses?only_media=true`), [])
})

test('what is no file, or somebody else’s, is refused', async () => {
  await using door = await attachmentsDoor()
  const headers = { 'content-type': TYPE }
  const send = (payload: Buffer, ask = door.asAna) =>
    ask({ method: 'POST', url: '/api/v1/media', headers, payload })
  assert.equal((await send(form(['name="description"', 'none']))).statusCode, 422)
  assert.equal((await send(Buffer.from('no form'))).statusCode, 400)
  assert.equal((await send(form([FILE, png().subarray(0, 40)]))).statusCode, 422)
  const { id } = (await send(form([FILE, png()]), door.asBen)).json<Media>()
  const publish = (media: string) =>
    door.asAna({
      method: 'POST',
      url: '/api/v1/statuses',
      payload: { status: 'x', media_ids: [media] },
    })
  assert.equal((await publish(id)).statusCode, 404)
  assert.equal((await publish('1')).statusCode, 422)
  assert.equal((await door.ask({ method: 'POST', url: '/api/v1/media', headers })).statusCode, 401)
})

test('readFileForm() finds the file whatever is in it, and nothing in what is no form', () => {
  const body = '\r\n--xy\r\n\r\nname="other"\r\n--'
  const read = readFileForm(TYPE, form(['name="focus"', '0,0'], [FILE, body]))
  assert.equal(Buffer.from(read?.file?.bytes ?? []).toString(), body)
  assert.deepEqual(read?.texts, { focus: '0,0' })
  const whole = form([FILE, 'abc'], ['name="__proto__"', 'evil'])
  assert.equal(readFileForm(TYPE, whole)?.file?.name, 'sea.png')
  for (let end = 0; end < whole.length - 4; end++) {
    assert.equal(readFileForm(TYPE, whole.subarray(0, end)), undefined, `${end} bytes`)
  }
  assert.equal(readFileForm('multipart/form-data', whole), undefined)
})

test('what is said of media is changed with their status, as JSON and as a form, with its history', async () => {
  const { door, id, status } = await withPicture('public')
  await using _ = door
  const url = `/api/v1/statuses/${status}`
  const put = { method: 'PUT', url } as const
  const said = async (at: string): Promise<unknown> => {
    const answer = await door.asBen({ url: at })
    assert.equal(answer.statusCode, 200, answer.body)
    const shown = [answer.json<Shown | Shown[]>()].flat()
    return shown.map(({ media_attachments: media }) => media.map((one) => one.description))
  }
  const attributes = [{ id, description: 'Waves', focus: '0,0' }]
  const payload = { status: 'x', media_ids: [id], media_attributes: attributes }
  const changed = await door.asAna({ ...put, payload })
  assert.equal(changed.statusCode, 200, changed.body)
  assert.deepEqual(await said(url), [['Waves']])
  const fields = [
    ['status', 'y'],
    ['media_attributes[][id]', id],
    ['media_attributes[][description]', 'Higher waves'],
  ]
  const formed = await door.asAna({
    ...put,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  })
  assert.equal(formed.statusCode, 200, formed.body)
  assert.deepEqual(await said(`${url}/history`), [[null], ['Waves'], ['Higher waves']])
  for (const wrong of [
    { media_attributes: [{ id: 'x', description: 'y' }] },
    { media_attributes: [{ id: '0'.repeat(32), description: 'y' }] },
    { 'media_attributes[][id]': [id, id], 'media_attributes[][description]': 'y' },
  ]) {
    const refused = await door.asAna({ ...put, payload: { status: 'z', ...wrong } })
    assert.ok([404, 422].includes(refused.statusCode), refused.body)
  }
  assert.deepEqual(await said(url), [['Higher waves']])
})
