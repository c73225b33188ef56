import assert from 'node:assert/strict'
import { test } from 'node:test'

import { png } from '../../../services/dweets/pictures/pictures.test-helper.ts'
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
