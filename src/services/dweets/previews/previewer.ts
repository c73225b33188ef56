/**
 * Asks sites for what is shown of links, in the background: for dweets that were published here at
 * once, and for those that wait in a partition that this member leads, whoever took them up before
 * and died.
 */
import { isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Effects } from '../../../effects/effects.ts'
import { pause } from '../../../effects/pause.ts'
import { Sweeper, type SweeperParts } from '../../../store/sweeper.ts'
import type { Store } from '../../../store/types.ts'
import {
  PREVIEW_DESCRIPTION_CHARS_MAX,
  PREVIEW_PICTURE_BYTES_MAX,
  PREVIEW_SITE_CHARS_MAX,
  PREVIEW_TITLE_CHARS_MAX,
} from '../../../wire/dweet-limits.ts'
import { pkIn, type PartitionId } from '../../../wire/partition.ts'
import type { AttachedBytes } from '../attachments/attached-bytes.ts'
import { barePicture } from '../pictures/picture.ts'
import { sniffedType } from '../pictures/sniffed-type.ts'
import type { AttachmentRow, PreviewRow } from '../rows.ts'
import { firstLink } from './first-link.ts'
import type { Glance, LinkGlance } from './glance.ts'
import { plainText } from './plain-text.ts'
import { settlePreview, takePreview } from './preview-procedures.ts'
import { DUE_TABLE, dueTime, hashOfDue, linkHash, partitionOfLink } from './preview-rows.ts'
import type { Previews } from './previews.ts'

export interface PreviewerParts extends SweeperParts {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log'>
  readonly store: Pick<Store, 'call' | 'list'>
  readonly bytes: Pick<AttachedBytes, 'begin' | 'claim' | 'waive'>
  readonly glance: LinkGlance
}

/** Sites that are asked at once by one member. */
const ASKED_AT_ONCE = 3
/** Links that wait for that here; those beyond are found by their partition’s leader. */
const WAITING_MAX = 200
/** The word of a new dweet is on its way to the partition of its link. */
const LOOKS = 8
const LOOK_PAUSE_MS = 250
/** Of one partition, at a sweep. */
const SWEPT_MAX = 50
/** The site with its picture. */
const ASK_TIMEOUT_MS = 40 * SECOND_MS

const ID_BYTES = 16

/** Of a site that may be back in some minutes. */
const AWAY: ReadonlySet<ErrorCode> = new Set(['FETCH_REFUSED', 'FETCH_TIMEOUT', 'FETCH_BROKEN'])

export class Previewer implements Previews, AsyncDisposable {
  readonly #parts: PreviewerParts
  readonly #sweeper: Sweeper
  readonly #ending = new AbortController()
  readonly #waiting = new Map<string, { readonly looks: number }>()
  readonly #running = new Map<string, Promise<void>>()

  constructor(parts: PreviewerParts) {
    this.#parts = parts
    this.#sweeper = new Sweeper({
      ...parts,
      table: DUE_TABLE,
      end: dueTime,
      sweep: (partition, signal) => this.#sweep(partition, signal),
    })
  }

  linkIn(text: string): string | undefined {
    return firstLink(text)
  }

  /** Where it cannot be told now, there is none: what is published does not wait for it. */
  async reserve(nick: string): Promise<string | undefined> {
    const { bytes, effects } = this.#parts
    const id = hexOf(effects.random.bytes(ID_BYTES))
    try {
      await bytes.claim({ nick, id }, PREVIEW_PICTURE_BYTES_MAX)
      return id
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      return undefined
    }
  }

  /** What cannot be said now ends by itself. */
  async free(nick: string, id: string): Promise<void> {
    try {
      await this.#parts.bytes.waive({ nick, id })
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
    }
  }

  soon(url: string): void {
    this.#add(linkHash(url), LOOKS)
  }

  /** Resolves when nothing is under way any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    this.#waiting.clear()
    await this.#sweeper.close()
    await Promise.all(this.#running.values())
  }

  async #sweep(partition: PartitionId, signal: AbortSignal): Promise<void> {
    const end = dueTime(Math.floor(this.#parts.effects.clock.wallMs()))
    const range = { table: DUE_TABLE, pk: pkIn(DUE_TABLE, partition), end, limit: SWEPT_MAX }
    const { items } = await this.#parts.store.list(range, { signal })
    for (const { sk } of items) this.#add(hashOfDue(sk), 1)
  }

  #add(hash: string, looks: number): void {
    if (this.#ending.signal.aborted || this.#running.has(hash)) return
    if (this.#waiting.size < WAITING_MAX) this.#waiting.set(hash, { looks })
    this.#next()
  }

  #next(): void {
    if (this.#running.size >= ASKED_AT_ONCE) return
    const [first] = this.#waiting
    if (first === undefined) return
    const [hash, { looks }] = first
    this.#waiting.delete(hash)
    const running = this.#take(hash, looks).finally(() => {
      this.#running.delete(hash)
      this.#next()
    })
    this.#running.set(hash, running)
  }

  /** Never rejects: it is found again by the leader of its partition. */
  async #take(hash: string, looks: number): Promise<void> {
    const { clock, log } = this.#parts.effects
    const { signal } = this.#ending
    try {
      for (let look = 1; look <= looks && !signal.aborted; look++) {
        const options = { signal }
        const taken = await this.#parts.store.call(
          partitionOfLink(hash),
          takePreview,
          { hash },
          options,
        )
        if (taken.kind === 'take') return await this.#ask(hash, taken.url)
        if (taken.kind === 'later') return
        if (look < looks) await pause(clock, LOOK_PAUSE_MS, signal)
      }
    } catch (thrown) {
      if (!isAnilloError(thrown)) log.error('a preview failed', { error: thrown })
      else log.debug('a link is looked at later', { code: thrown.code })
    }
  }

  async #ask(hash: string, url: string): Promise<void> {
    const { clock } = this.#parts.effects
    const late = new AbortController()
    const timer = clock.after(ASK_TIMEOUT_MS, () => late.abort())
    const signal = AbortSignal.any([this.#ending.signal, late.signal])
    try {
      const glance = await this.#glance(url, signal)
      this.#ending.signal.throwIfAborted()
      // Asked again once its lease is over, a few times.
      if (glance === 'away') return
      const shown = glance === undefined ? undefined : await this.#shown(url, glance)
      const input = { hash, ...shown }
      await this.#parts.store.call(partitionOfLink(hash), settlePreview, input)
    } finally {
      timer.cancel()
    }
  }

  /** @throws AnilloError BUSY; all else that a site may do comes to nothing */
  async #glance(url: string, signal: AbortSignal): Promise<Glance | 'away' | undefined> {
    try {
      return await this.#parts.glance.at(url, signal)
    } catch (thrown) {
      if (isAnilloError(thrown, 'BUSY') || this.#ending.signal.aborted) throw thrown
      this.#parts.effects.log.debug('a link has no preview', { error: thrown })
      return isAnilloError(thrown) && AWAY.has(thrown.code) ? 'away' : undefined
    }
  }

  async #shown(
    url: string,
    glance: Glance,
  ): Promise<{ readonly preview?: PreviewRow; readonly here?: Uint8Array }> {
    const title = plainText(glance.title, PREVIEW_TITLE_CHARS_MAX)
    if (title === undefined) return {}
    const description = plainText(glance.description, PREVIEW_DESCRIPTION_CHARS_MAX)
    const site = plainText(glance.site, PREVIEW_SITE_CHARS_MAX)
    const kept = glance.picture === undefined ? undefined : await this.#keep(glance.picture)
    const preview: PreviewRow = {
      url,
      title,
      ...(description === undefined ? {} : { description }),
      ...(site === undefined ? {} : { site }),
      ...(kept === undefined ? {} : { picture: kept.picture }),
    }
    return { preview, ...(kept?.here === undefined ? {} : { here: kept.here }) }
  }

  /** `undefined`: it is none of the pictures that are shown. */
  async #keep(
    bytes: Uint8Array,
  ): Promise<{ readonly picture: AttachmentRow; readonly here?: Uint8Array } | undefined> {
    const type = sniffedType(bytes)
    const bare = type === undefined ? undefined : barePicture(type, bytes)
    if (type === undefined || bare === undefined) return undefined
    const writer = this.#parts.bytes.begin({ nick: '' })
    await writer.push(bare.bytes)
    const { sha256, ...body } = await writer.seal()
    const id = hexOf(this.#parts.effects.random.bytes(ID_BYTES))
    const { height, width } = bare
    const facts = { id, type, name: 'preview', bytes: bare.bytes.length, sha256, width, height }
    if (body.kind === 'here') return { picture: facts, here: body.bytes }
    return { picture: { ...facts, content: body.id } }
  }
}
