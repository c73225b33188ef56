/**
 * Records of an archive, one after the other, as pages that can be kept. Some are known whole only
 * when the next comes: a redirect with what it led to, an answer with the facts that anillo wrote
 * behind it.
 */
import { concat } from '../../../base/bytes.ts'
import { isAnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { instant } from '../../../base/instant.ts'
import { KIB } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Unpack } from '../../../effects/unpack.ts'
import type { MemberRef, Page } from '../../../wire/api.ts'
import { mimeOf } from '../archive/cdxj.ts'
import { fieldOf, parseHead, type Fields } from '../archive/fields.ts'
import { readAnswer, type HttpAnswer } from '../archive/http-answer.ts'
import type { WarcRecord } from '../archive/warc-reader.ts'
import { IDENTICAL_PAYLOAD, WARC_FIELDS_TYPE } from '../archive/warc-record.ts'
import { BodyReader } from '../fetch/fetch-page.ts'
import { isHtml, mediaTypeOf, redirectOf } from '../fetch/http-message.ts'
import {
  FILE_BYTES_MAX,
  HTML_BYTES_MAX,
  REDIRECTS_MAX,
  UNPACK_RATIO_FROM_BYTES,
  UNPACK_RATIO_MAX,
} from '../limits.ts'
import { BodyWriter } from '../pages/page-body.ts'
import { sinceOf } from '../pages/page-record.ts'
import type { PageStore, PageTable } from '../pages/page-table.ts'
import { canonicalUrl, pageIdOf, redirectTarget, type CanonicalUrl } from '../urls/canonical-url.ts'
import type { Archive } from '../versions/archive.ts'
import type { DrawnReader } from './drawn-reader.ts'
import type { ImportRefusal } from './import-counts.ts'
import type { ImportRun } from './import-run.ts'
import { IMPORT_AHEAD_MS_MAX, IMPORT_CONTENTS_MAX, IMPORT_HEADER_BYTES_MAX } from './limits.ts'
import type { CapturedPage, PageKeeper } from './page-keeper.ts'

export interface CaptureTools {
  readonly clock: Clock
  readonly unpack: Unpack
  readonly store: PageStore
  readonly table: PageTable
  readonly archive: Archive
  readonly keeper: PageKeeper
  readonly drawn: DrawnReader
  readonly run: ImportRun
  /** In place of who downloaded it. */
  readonly by: MemberRef
}

/** Where a content of the archive is by now. */
interface Place {
  readonly id: string
  readonly fetchedAt: string
  /** Absent: the archive only names it. */
  readonly hash?: string
}

/** A redirect, as long as it is not known whether it was followed. */
interface Hop {
  readonly url: CanonicalUrl
  readonly to: string
  readonly page: Page
}

/** What a record says of itself. */
interface Subject {
  readonly url: CanonicalUrl
  readonly at: string
}

export class CaptureReader {
  readonly #tools: CaptureTools
  /** By hashes of the digests that the archive tells: those hold whole headers in memory. */
  readonly #contents = new Map<string, Place>()
  /** Redirects that led to the next answer, from the first on. */
  #hops: Hop[] = []
  /** anillo wrote the archive: redirects belong to the page that was asked for. */
  #isOurs = false
  #last: CapturedPage | undefined
  /** The check sum over it held; else what follows must show that it ended where it said. */
  #isSound = false

  constructor(tools: CaptureTools) {
    this.#tools = tools
  }

  /** What is whole although no record follows: at the end, or where the archive is damaged. */
  atEnd(isDamaged: boolean): CapturedPage | undefined {
    const last = this.#takeLast()
    return isDamaged && !this.#isSound ? undefined : last
  }

  #takeLast(): CapturedPage | undefined {
    const last = this.#last
    this.#last = undefined
    return last
  }

  async take(record: WarcRecord, signal: AbortSignal): Promise<void> {
    const { drawn, run } = this.#tools
    const { type } = record
    const facts = type === 'metadata' || type === 'warcinfo' ? await factsOf(record) : []
    if (type === 'metadata') await this.#endsWith(record, signal)
    const last = this.#takeLast()
    await run.add(last === undefined ? undefined : withFacts(last, record, facts))
    if (type === 'warcinfo') {
      this.#isOurs = fieldOf(facts, 'software')?.startsWith('anillo/') === true
    }
    if (type !== 'response' && type !== 'revisit') {
      if (!(await drawn.take(record, signal))) run.counts.note('passedOver')
      return
    }
    await drawn.flush(signal)
    drawn.follows(undefined)
    if (!/^https?:/i.test(record.url ?? '')) run.counts.note('passedOver')
    else await this.#answer(record, signal)
  }

  /** Facts of a redirect: it was not followed, and is a page itself. */
  async #endsWith(record: WarcRecord, signal: AbortSignal): Promise<void> {
    const last = this.#hops.at(-1)
    if (last === undefined || last.url !== record.url) return
    const before = this.#hops.slice(0, -1)
    this.#hops = []
    const page = { ...asAsked(last.page, before), finalUrl: last.url }
    const written = await this.#write(record, { body: nothing(), page, signal })
    if (!('refused' in written)) {
      this.#last = written
      this.#isSound = true
    }
  }

  async #answer(record: WarcRecord, signal: AbortSignal): Promise<void> {
    const { counts } = this.#tools.run
    const subject = this.#subjectOf(record)
    if (typeof subject === 'string') return counts.note({ refused: subject })
    const answer = await readAnswer(record, this.#tools.unpack)
    const status = answer?.status
    if (answer === undefined || status === undefined) return counts.note({ refused: 'notHttp' })
    if (bytesOf(answer.headers) > IMPORT_HEADER_BYTES_MAX) {
      return counts.note({ refused: 'tooLarge' })
    }
    const page = this.#pageOf(record, subject, { ...answer, status })
    const to = this.#isOurs ? redirectTo(subject.url, page) : undefined
    const hops = this.#hops.at(-1)?.to === subject.url ? this.#hops : []
    if (to !== undefined && hops.length < REDIRECTS_MAX) {
      this.#hops = [...hops, { url: subject.url, to, page }]
      return
    }
    this.#hops = []
    await this.#content(record, { answer, page: asAsked(page, hops), signal })
  }

  #subjectOf({ date, url = '' }: WarcRecord): Subject | ImportRefusal {
    const atMs = Date.parse(date ?? '')
    const nowMs = this.#tools.clock.wallMs()
    if (Number.isNaN(atMs) || atMs < 0 || atMs > nowMs + IMPORT_AHEAD_MS_MAX) return 'date'
    try {
      return { url: canonicalUrl(url), at: instant(atMs) }
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      return 'url'
    }
  }

  /** Without what its content will tell. */
  #pageOf(
    { fields }: WarcRecord,
    { at, url }: Subject,
    { headers, status, statusText }: HttpAnswer & { readonly status: number },
  ): Page {
    return {
      id: pageIdOf(url),
      url,
      finalUrl: url,
      redirects: [],
      status,
      statusText,
      headers: headers.map(([name, value]) => [name, value]),
      contentType: '',
      charset: null,
      title: null,
      bytes: 0,
      wireBytes: 0,
      hash: '',
      fetchedAt: at,
      since: at,
      importedAt: instant(this.#tools.clock.wallMs()),
      durationMs: 0,
      remoteAddress: fieldOf(fields, 'WARC-IP-Address') ?? '',
      fetchedBy: this.#tools.by,
    }
  }

  async #content(record: WarcRecord, { answer, page, signal }: Answered): Promise<void> {
    const { drawn, keeper, run } = this.#tools
    const digest = digestOf(record.fields)
    const hash = SHA256.exec(digest ?? '')?.[1]
    // Its content need not be read at all.
    if (hash !== undefined && (await keeper.holds({ ...page, hash }, signal))) {
      this.#remember(digest, { ...page, hash })
      drawn.follows({ ...page, hash })
      run.counts.note('same')
      return
    }
    const body =
      record.type === 'revisit' ? await this.#referred(record, digest, signal) : answer.body
    if (body === undefined) return run.counts.note({ refused: 'revisit' })
    const written = await this.#write(record, { body, page, signal })
    if ('refused' in written) return run.counts.note(written)
    if (this.#isOurs && hash !== undefined && written.page.hash !== hash) {
      return run.counts.note({ refused: 'body' })
    }
    // Its check sum comes behind it.
    this.#isSound = (await record.finish()) !== undefined
    this.#remember(digest, written.page)
    this.#last = written
    drawn.follows(written.page)
  }

  async #write(
    record: WarcRecord,
    { body, page, signal }: Written,
  ): Promise<CapturedPage | { readonly refused: ImportRefusal }> {
    const { store, table } = this.#tools
    const media = mediaTypeOf(page.headers)
    const bytesMax = isHtml(media.type) || media.type === '' ? HTML_BYTES_MAX : FILE_BYTES_MAX
    const packedBytes = record.type === 'revisit' ? Infinity : record.bytes
    const upload = table.upload(page.id)
    const writer = new BodyWriter(store.chunks, upload, signal)
    const reader = new BodyReader()
    let bytes = 0
    const givenUp = async (refused: ImportRefusal) => {
      await writer.abandon()
      return { refused }
    }
    try {
      for await (const piece of body) {
        bytes += piece.length
        if (bytes > bytesMax) return await givenUp('tooLarge')
        const isBomb = bytes > UNPACK_RATIO_FROM_BYTES && bytes > UNPACK_RATIO_MAX * packedBytes
        if (isBomb) return await givenUp('bomb')
        reader.take(piece)
        await writer.write(piece)
      }
    } catch (thrown) {
      if (!isAnilloError(thrown, 'ARCHIVE_BROKEN')) throw thrown
      // Of the record itself, or of its content alone?
      await record.finish()
      return givenUp('body')
    }
    const facts = { ...reader.read(media), bytes, wireBytes: bytes }
    return { page: { ...page, ...facts }, body: await writer.finish(), upload }
  }

  /** ISO 28500:2017, 6.7: content that is elsewhere. */
  async #referred(
    { fields }: WarcRecord,
    digest: string | undefined,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const profile = fieldOf(fields, 'WARC-Profile') ?? ''
    if (!IDENTICAL.some((name) => profile.startsWith(name))) return undefined
    const place = this.#placeOf(digest) ?? namedIn(fields)
    if (place === undefined) return undefined
    const { archive, run } = this.#tools
    await run.until(place.id)
    const found = await archive.at(place.id, place.fetchedAt, { signal })
    const isIt = found !== undefined && isContent(found.page, place, digest)
    return isIt ? found.body : undefined
  }

  #placeOf(digest: string | undefined): Place | undefined {
    return digest === undefined ? undefined : this.#contents.get(sha256Hex(digest))
  }

  #remember(digest: string | undefined, { fetchedAt, hash, id }: Page): void {
    if (digest === undefined || this.#contents.size >= IMPORT_CONTENTS_MAX) return
    const key = sha256Hex(digest)
    if (!this.#contents.has(key)) this.#contents.set(key, { id, fetchedAt, hash })
  }
}

interface Answered {
  readonly answer: HttpAnswer
  readonly page: Page
  readonly signal: AbortSignal
}

interface Written extends Omit<Answered, 'answer'> {
  readonly body: AsyncIterable<Uint8Array>
}

/** The page that was asked for, and led to this one. */
function asAsked(page: Page, hops: readonly Hop[]): Page {
  const [first] = hops
  if (first === undefined) return page
  const redirects = hops.map((hop) => ({ status: hop.page.status, url: hop.to }))
  return { ...page, id: first.page.id, url: first.url, redirects }
}

/** `undefined`: to nowhere that a page could be of. */
function redirectTo(from: CanonicalUrl, { headers, status }: Page): string | undefined {
  const location = redirectOf(status, headers)
  if (location === undefined) return undefined
  try {
    return redirectTarget(from, location)
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return undefined
  }
}

const FACTS_BYTES_MAX = 64 * KIB

/** Of a record of the type `application/warc-fields`; else none. */
async function factsOf({ block, fields }: WarcRecord): Promise<Fields> {
  if (mimeOf(fieldOf(fields, 'Content-Type')) !== WARC_FIELDS_TYPE) return []
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of block) {
    bytes += piece.length
    if (bytes > FACTS_BYTES_MAX) return []
    pieces.push(piece.slice())
  }
  return parseHead(`\n${new TextDecoder().decode(concat(pieces))}`).fields
}

/** What anillo writes behind a page. */
function withFacts(captured: CapturedPage, { url }: WarcRecord, facts: Fields): CapturedPage {
  const { page } = captured
  if (url !== page.finalUrl) return captured
  const durationMs = countIn(facts, 'fetchTimeMs')
  const wireBytes = countIn(facts, 'wireBytes')
  const told = {
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(wireBytes === undefined ? {} : { wireBytes }),
  }
  return { ...captured, page: { ...page, ...told } }
}

function countIn(facts: Fields, name: string): number | undefined {
  const text = fieldOf(facts, name) ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function bytesOf(headers: Fields): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
}

function digestOf(fields: Fields): string | undefined {
  return fieldOf(fields, 'WARC-Payload-Digest')
}

/** ISO 28500:2017, 6.7.2, and :2009; whose addresses differ, too. */
const IDENTICAL = [
  IDENTICAL_PAYLOAD,
  'http://netpreserve.org/warc/1.0/revisit/identical-payload-digest',
  'http://netpreserve.org/warc/1.0/revisit/uri-agnostic-identical-payload-digest',
  'http://netpreserve.org/warc/1.1/revisit/uri-agnostic-identical-payload-digest',
]

function namedIn(fields: Fields): Place | undefined {
  const url = fieldOf(fields, 'WARC-Refers-To-Target-URI')?.replace(/^<(.*)>$/, '$1')
  const atMs = Date.parse(fieldOf(fields, 'WARC-Refers-To-Date') ?? '')
  if (url === undefined || !URL.canParse(url) || Number.isNaN(atMs)) return undefined
  try {
    return { id: pageIdOf(canonicalUrl(url)), fetchedAt: instant(atMs) }
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return undefined
  }
}

function isContent(page: Page, place: Place, digest: string | undefined): boolean {
  const { fetchedAt } = place
  const hash = SHA256.exec(digest ?? '')?.[1] ?? place.hash
  if (hash !== undefined) return page.hash === hash
  return sinceOf(page) <= fetchedAt && fetchedAt <= page.fetchedAt
}

const SHA256 = /^sha256:([0-9a-f]{64})$/

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An answer without a body.
}
