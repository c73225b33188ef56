/** Previews of links: asked for once, told to all dweets with the link, and gone with them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { AnilloError } from '../../../base/errors.ts'
import { DAY_MS, HOUR_MS, KIB, MINUTE_MS } from '../../../base/limits.ts'
import { png } from '../../../services/dweets/pictures/pictures.test-helper.ts'
import type { Glance, LinkGlance } from '../../../services/dweets/previews/glance.ts'
import { takePreview } from '../../../services/dweets/previews/preview-procedures.ts'
import { linkHash, partitionOfLink } from '../../../services/dweets/previews/preview-rows.ts'
import { noise } from '../../../services/files/contents/noise.test-helper.ts'
import type { Dweet } from '../../../wire/api-dweets.ts'
import { PREVIEW_LEASE_MS } from '../../../wire/dweet-limits.ts'
import { attachmentsDoor, fileUser, settled } from './attachments-door.test-helper.ts'

const URL_OF_SEA = 'https://sea.example/waves?x=1'
/** A picture whose bytes are many. */
const LARGE = Buffer.concat([png(30, 20).subarray(0, 33), pngText(), png(30, 20).subarray(33)])

/** A chunk that is kept, as colours are. */
function pngText(): Uint8Array {
  const body = noise(16 * KIB, 2)
  const chunk = Buffer.alloc(body.length + 12)
  chunk.writeUInt32BE(body.length, 0)
  chunk.write('iCCP', 4, 'latin1')
  chunk.set(body, 8)
  return chunk
}

class Site implements LinkGlance {
  readonly asked: string[] = []
  /** It says nothing before. */
  opens: Promise<void> = Promise.resolve()
  says: () => Glance | undefined = () => ({ title: 'Waves', site: 'Sea', picture: LARGE })

  async at(url: string): Promise<Glance | undefined> {
    this.asked.push(url)
    await this.opens
    return this.says()
  }
}

async function sea() {
  const site = new Site()
  const door = await attachmentsDoor(site)
  const look = async (id: string, ask = door.asBen): Promise<Dweet> => {
    await settled()
    return (await ask({ url: `/v1/dweets/${id}` })).json<Dweet>()
  }
  /** What was published has its preview, if there is to be one. */
  const publish = async (payload: object): Promise<Dweet> => {
    const { id } = await door.published(payload)
    for (let turn = 0; turn < 10; turn++) {
      door.clock.advance(250)
      await settled()
    }
    return look(id, door.asAna)
  }
  return { ...door, site, look, publish }
}

test('the first link has a preview, whose picture the ring keeps', async () => {
  await using at = await sea()
  const { id, preview } = await at.publish({
    text: `look: ${URL_OF_SEA}#part, and https://other.example/`,
  })
  const { picture, ...texts } = present(preview, 'a preview')
  assert.deepEqual(texts, { url: URL_OF_SEA, title: 'Waves', site: 'Sea' })
  const { url, ...told } = present(picture, 'a picture')
  assert.deepEqual(
    [told.kind, told.type, told.width, told.height],
    ['picture', 'image/png', 30, 20],
  )
  assert.ok(url.startsWith(`/v1/dweets/${id}/attachments/`))
  const answer = await at.asBen({ url })
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.rawPayload.length, told.bytes)
  assert.ok(!answer.rawPayload.includes('GPS'), 'it tells no more than attachments do')
  assert.equal((await at.ask({ url })).statusCode, 401)
  assert.deepEqual(at.site.asked, [URL_OF_SEA])
})

test('a site is asked once a day, however many link to it', async () => {
  await using at = await sea()
  for (let dweet = 0; dweet < 3; dweet++) {
    const { preview } = await at.publish({ text: `${dweet} ${URL_OF_SEA}#${dweet}` })
    assert.equal(preview?.title, 'Waves')
    assert.notEqual(preview.picture, undefined)
    at.clock.advance(HOUR_MS)
  }
  at.site.says = () => undefined
  at.clock.advance(18 * HOUR_MS)
  const late = await at.publish({ text: URL_OF_SEA })
  assert.equal(late.preview?.title, 'Waves')
  assert.equal(late.preview?.picture, undefined, 'it may go before the day is over')
  assert.equal(at.site.asked.length, 1)
  at.clock.advance(DAY_MS)
  const next = await at.publish({ text: URL_OF_SEA })
  assert.equal(next.preview, undefined)
  await at.publish({ text: `once more ${URL_OF_SEA}` })
  assert.equal(at.site.asked.length, 2, 'also where there is none')
})

test('it is shown while the site is down, and its picture goes with the last dweet', async () => {
  await using at = await sea()
  const one = await at.publish({ text: URL_OF_SEA })
  const two = await at.publish({ text: `again ${URL_OF_SEA}` })
  const used = async () => (await at.files.usage(fileUser('ana'))).bytes
  const content = present(/dweet\/\d+/.exec(at.records.contents), 'a holder') && contentIn(at)
  assert.ok((await used()) > 2 * 16 * KIB, 'it counts for whoever links to it')
  at.site.says = () => {
    throw new AnilloError('HOST_UNKNOWN', { host: 'sea.example' })
  }
  at.clock.advance(10 * DAY_MS)
  assert.equal((await at.look(one.id)).preview?.title, 'Waves')
  await at.asAna({ method: 'DELETE', url: `/v1/dweets/${one.id}` })
  await settled()
  at.clock.advance(2 * DAY_MS)
  assert.equal(await at.swept(content), false)
  assert.equal((await at.asBen({ url: two.preview?.picture?.url ?? '' })).statusCode, 200)
  await at.asAna({ method: 'DELETE', url: `/v1/dweets/${two.id}` })
  await settled()
  assert.equal(await used(), 0)
  at.clock.advance(2 * DAY_MS)
  assert.equal(await at.swept(content), true)
})

function contentIn({ records }: { readonly records: { readonly contents: string } }): string {
  const found = /files\.contents\\u0000([0-9a-f]{32})/.exec(records.contents)?.[1]
  return present(found, 'a content')
}

test('nobody is asked of what is for followers, what is not wanted, or names who asks', async () => {
  await using at = await sea()
  await at.publish({ text: URL_OF_SEA, visibility: 'followers' })
  const { id } = await at.publish({ text: URL_OF_SEA, preview: false })
  await at.publish({ text: 'https://ana:secret@sea.example/' })
  await at.publish({ text: `https://sea.example/${'x'.repeat(100)} no, plain`, preview: false })
  const payload = { text: `changed ${URL_OF_SEA}` }
  await at.asAna({ method: 'PATCH', url: `/v1/dweets/${id}`, payload })
  await settled()
  assert.deepEqual(at.site.asked, [])
  await using off = await attachmentsDoor()
  const dweet = await off.published({ text: URL_OF_SEA })
  assert.equal(dweet.preview, undefined)
  assert.doesNotMatch(off.records.contents, /dweets\.previews/)
})

test('with another link it has another preview, with none it has none', async () => {
  await using at = await sea()
  const { id } = await at.publish({ text: URL_OF_SEA })
  const change = async (text: string) => {
    await at.asAna({ method: 'PATCH', url: `/v1/dweets/${id}`, payload: { text } })
    at.clock.advance(250)
    return at.look(id)
  }
  assert.equal((await change(`other words ${URL_OF_SEA}`)).preview?.title, 'Waves')
  at.site.says = () => ({ title: 'Hills' })
  assert.equal((await change('now https://hills.example/')).preview?.title, 'Hills')
  assert.equal((await change('nothing')).preview, undefined)
  assert.equal((await at.files.usage(fileUser('ana'))).bytes, 0)
  assert.equal((await change(`back ${URL_OF_SEA}`)).preview?.title, 'Waves')
  assert.equal(at.site.asked.length, 2)
})

test('what a member that died had begun another ends; three such ends, and there is none', async () => {
  await using at = await sea()
  const hash = linkHash(URL_OF_SEA)
  const take = () => at.records.call(partitionOfLink(hash), takePreview, { hash })
  at.site.says = () => {
    throw new AnilloError('BUSY', { what: 'downloads' })
  }
  // Asked here and not ended, as by a member that dies.
  const { id, preview } = await at.publish({ text: URL_OF_SEA })
  assert.equal(preview, undefined)
  assert.deepEqual(await take(), { kind: 'later' })
  at.site.says = () => ({ title: 'Waves' })
  // Whoever leads the partition finds it when the lease is over.
  for (let half = 0; half < 2 * (PREVIEW_LEASE_MS / MINUTE_MS) + 4; half++) {
    at.clock.advance(MINUTE_MS)
    await settled()
    await settled()
  }
  assert.equal((await at.look(id)).preview?.title, 'Waves')
  assert.deepEqual(await take(), { kind: 'none' })
  const other = 'https://other.example/'
  at.site.says = () => {
    throw new AnilloError('BUSY', { what: 'downloads' })
  }
  const lost = await at.publish({ text: other })
  for (let minute = 0; minute < 20; minute++) {
    at.clock.advance(MINUTE_MS)
    await settled()
    await settled()
  }
  assert.equal(at.site.asked.filter((url) => url === other).length, 3)
  assert.equal((await at.look(lost.id)).preview, undefined)
})

test('a site that is away is asked again some minutes later, three times in all', async () => {
  await using at = await sea()
  const minutes = async (count: number): Promise<void> => {
    for (let minute = 0; minute < count; minute++) {
      at.clock.advance(MINUTE_MS)
      await settled()
      await settled()
    }
  }
  at.site.says = () => {
    throw new AnilloError('FETCH_REFUSED', { host: 'sea.example' })
  }
  const { id, preview } = await at.publish({ text: URL_OF_SEA })
  assert.equal(preview, undefined)
  at.site.says = () => ({ title: 'Waves' })
  await minutes(6)
  assert.equal((await at.look(id)).preview?.title, 'Waves')
  assert.equal(at.site.asked.length, 2)
  const other = 'https://other.example/'
  at.site.says = () => {
    throw new AnilloError('FETCH_TIMEOUT', { host: 'other.example', phase: 'connect', limitMs: 1 })
  }
  const lost = await at.publish({ text: other })
  await minutes(20)
  assert.equal(at.site.asked.filter((url) => url === other).length, 3)
  assert.equal((await at.look(lost.id)).preview, undefined)
})

test('an account without room has no previews, and is charged nothing', async () => {
  await using at = await sea()
  const admin = { ...fileUser('admin'), isManager: true }
  await at.files.setLimits(admin, 'ana', { bytesMax: 100 * KIB })
  const { id, preview } = await at.publish({ text: URL_OF_SEA })
  assert.equal(preview, undefined)
  const changed = { text: 'now https://hills.example/' }
  await at.asAna({ method: 'PATCH', url: `/v1/dweets/${id}`, payload: changed })
  at.clock.advance(250)
  assert.equal((await at.look(id)).preview, undefined)
  assert.deepEqual(at.site.asked, [])
  assert.equal((await at.files.usage(fileUser('ana'))).bytes, 0)
  await at.files.setLimits(admin, 'ana', { bytesMax: 10 * KIB * KIB })
  const shown = await at.publish({ text: URL_OF_SEA })
  assert.notEqual(shown.preview?.picture, undefined)
  // What was asked for is not promised any longer.
  const { bytes, claimedBytes } = await at.files.usage(fileUser('ana'))
  assert.ok(bytes > 0 && claimedBytes === 0)
})

test('of what is published at once no more has previews than the account has room for', async () => {
  await using at = await sea()
  const admin = { ...fileUser('admin'), isManager: true }
  await at.files.setLimits(admin, 'ana', { bytesMax: 3 * KIB * KIB })
  const site = (number: number) => `https://sea.example/${number}`
  const gate = Promise.withResolvers<void>()
  at.site.opens = gate.promise
  const texts = [1, 2, 3, 4].map((number) => ({ text: site(number) }))
  const all = await Promise.all(texts.map((text) => at.published(text)))
  assert.ok((await at.files.usage(fileUser('ana'))).claimedBytes > 0, 'it is promised')
  gate.resolve()
  for (let turn = 0; turn < 10; turn++) {
    at.clock.advance(250)
    await settled()
  }
  const shown = await Promise.all(all.map(({ id }) => at.look(id)))
  assert.equal(shown.filter(({ preview }) => preview !== undefined).length, 1)
  assert.equal(at.site.asked.length, 1)
  const claimed = async () => (await at.files.usage(fileUser('ana'))).claimedBytes
  assert.equal(await claimed(), 0)
  // It is free again where the site says nothing, the link goes, or the dweet.
  at.site.says = () => undefined
  const none = await at.publish({ text: site(5) })
  assert.deepEqual([none.preview, await claimed()], [undefined, 0])
  at.site.opens = new Promise(() => undefined)
  for (const how of ['PATCH', 'DELETE'] as const) {
    const { id } = await at.published({ text: `${site(6)}${how}` })
    assert.ok((await claimed()) > 0, how)
    const payload = how === 'PATCH' ? { payload: { text: 'no link' } } : {}
    await at.asAna({ method: how, url: `/v1/dweets/${id}`, ...payload })
    await settled()
    assert.equal(await claimed(), 0, how)
  }
  const refused = await at.asAna({
    method: 'POST',
    url: '/v1/dweets',
    payload: { text: site(7), replyTo: '12345' },
  })
  assert.deepEqual([refused.statusCode, await claimed()], [404, 0])
})

test('what a site says is shown as one line of plain text, and bounded', async () => {
  await using at = await sea()
  const title = `\u202e<script>\u001b[2J\u0000 a\n\n b\u200b ${'x'.repeat(500)}`
  at.site.says = () => ({ title, description: ' \u200b ', site: '__proto__' })
  const { preview } = await at.publish({ text: 'https://evil.example/constructor' })
  assert.match(preview?.title ?? '', /^<script>\[2J a b x+…$/)
  assert.equal(preview?.title.length, 200)
  assert.equal(preview?.description, undefined)
  assert.equal(preview?.site, '__proto__')
  for (const [at2, says] of [undefined, {}, { title: ' \n\u200b' }, { title: '—…' }].entries()) {
    at.site.says = () => says
    const none = await at.publish({ text: `https://bare.example/${at2}` })
    assert.equal(none.preview, undefined)
  }
})

test('a picture that is none is left out: SVG, HTML, a part of one', async () => {
  await using at = await sea()
  const pictures = ['<svg xmlns="http://www.w3.org/2000/svg"/>', '<script>', '', '\u0089PNG\r\n']
  for (const [number, picture] of pictures.entries()) {
    at.site.says = () => ({ title: 'Fine', picture: Buffer.from(picture, 'latin1') })
    const { preview } = await at.publish({ text: `https://pictures.example/${number}` })
    assert.equal(preview?.title, 'Fine')
    assert.equal(preview.picture, undefined)
  }
  at.site.says = () => ({ title: 'Fine', picture: png(2, 3) })
  const small = await at.publish({ text: 'https://pictures.example/small' })
  const { url = '' } = small.preview?.picture ?? {}
  assert.equal((await at.asBen({ url })).statusCode, 200)
})
