/**
 * Copies of pages in this browser, encrypted. The key is the session's: it is held in memory, and
 * with the session it is gone for good, so that what may be left on the disk says nothing. Copies
 * of who is not (any more) logged in here are deleted when the page learns of it.
 */
import { RingTrouble } from '../api/ring-client.ts'
import {
  bytesOf,
  COPIES_BYTES_MAX,
  COPIES_MAX,
  COPY_BYTES_MAX,
  copyOf,
  readCopy,
  sameCopy,
  type Copy,
} from '../model/copies.ts'
import type { Page } from '../model/told.ts'
import { Cell } from '../state/cell.ts'
import { hexOf, sealingOf, utf8, type Sealing } from './sealing.ts'
import type { Shelf, Shelves } from './shelf.ts'

/** Codes of the page's own. */
export const COPY_TROUBLES = {
  /** No database, no encryption, or none allowed. */
  refused: 'PAGE_COPIES_REFUSED',
  /** One page is larger than a copy may be. */
  large: 'PAGE_COPY_LARGE',
  full: 'PAGE_COPIES_FULL',
  /** The browser, or the disk, has no more room. */
  browserFull: 'PAGE_BROWSER_FULL',
  /** What came is not what was told of it. */
  changed: 'PAGE_COPY_CHANGED',
  /** It does not open. */
  damaged: 'PAGE_COPY_DAMAGED',
} as const

export function isCopyTrouble(thrown: unknown, ...kinds: (keyof typeof COPY_TROUBLES)[]): boolean {
  return thrown instanceof RingTrouble && kinds.some((kind) => COPY_TROUBLES[kind] === thrown.code)
}

/** For whom copies are kept. */
export type Owner =
  /** It is not known who looks. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'account'; readonly nick: string }
  | { readonly kind: 'guest' }
  /** Nobody may look. */
  | { readonly kind: 'nobody' }

export type CopiesState =
  | { readonly kind: 'closed' }
  /** `lost`: so many did not open, and were deleted. */
  | { readonly kind: 'open'; readonly items: readonly Copy[]; readonly lost: number }

export interface CopiesOptions {
  readonly shelves: Shelves
  /** 32 bytes of the session. @throws RingTrouble */
  readonly sessionSecret: () => Promise<Uint8Array<ArrayBuffer>>
  readonly guests: GuestSecrets
  /** ISO 8601. */
  readonly now: () => string
  /** Other windows read anew. */
  readonly tellWindows: () => void
}

/** Secrets of tabs without a session. */
export interface GuestSecrets {
  /** Of this tab; `undefined`: it has none so far. */
  find(): Uint8Array<ArrayBuffer> | undefined
  make(): Uint8Array<ArrayBuffer>
  forget(): void
  /** The copies of this owner are in use in this tab, until it forgets its secret or closes. */
  hold(owner: string): void
  /** Those in use in any tab, also one that is being loaded again. */
  held(): Promise<ReadonlySet<string>>
}

/** Begins the names of owners that are tabs without a session. */
const OF_TAB = 'tab-'

interface Opened {
  readonly owner: string
  readonly sealing: Sealing
  readonly shelf: Shelf
}

export class Copies {
  readonly state = new Cell<CopiesState>({ kind: 'closed' })
  readonly #options: CopiesOptions
  #owner: Owner = { kind: 'unknown' }
  readonly #known = Promise.withResolvers<void>()
  #opening: Promise<Opened> | undefined

  constructor(options: CopiesOptions) {
    this.#options = options
  }

  get isGuest(): boolean {
    return this.#owner.kind === 'guest'
  }

  /**
   * Somebody looks, perhaps another than before: copies of anybody else are deleted, own ones
   * opened where there are some. Nothing is asked of the ring where this browser keeps nothing.
   */
  async follow(owner: Owner): Promise<void> {
    if (owner.kind === 'unknown') return
    if (JSON.stringify(owner) !== JSON.stringify(this.#owner)) this.#close()
    this.#owner = owner
    this.#known.resolve()
    const { guests, shelves } = this.#options
    if (owner.kind !== 'guest') guests.forget()
    const owners = await shelves.owners()
    if (owners.length === 0) return
    const own = await this.#ownAmong(owner)
    const drop = async (isOthers: (one: string) => boolean): Promise<void> => {
      if (this.#owner !== owner) return
      const others = owners.filter((one) => one !== own && isOthers(one))
      await Promise.all(others.map((one) => shelves.drop(one)))
    }
    await drop((one) => owner.kind === 'account' || !one.startsWith(OF_TAB))
    const held = await guests.held()
    await drop((one) => one.startsWith(OF_TAB) && !held.has(one))
  }

  async #ownAmong({ kind }: Owner): Promise<string | undefined> {
    const isSomebody = kind === 'account' || this.#options.guests.find() !== undefined
    return isSomebody ? (await this.#open()).owner : undefined
  }

  /**
   * Makes nothing where nothing is kept.
   * @throws RingTrouble also where the browser forbids to keep anything
   */
  async open(): Promise<readonly Copy[]> {
    if (!isPossible()) throw copyTrouble('refused')
    const isEmpty = (await allowed(this.#options.shelves.owners())).length === 0
    if (this.#opening !== undefined || !isEmpty) await this.#open()
    else this.state.set({ kind: 'open', items: [], lost: 0 })
    const state = this.state.get()
    return state.kind === 'open' ? state.items : []
  }

  /** Another window changed them. */
  async changed(): Promise<void> {
    if (this.#opening !== undefined) await this.#list(await this.#opening)
  }

  /**
   * @param body as the ring told of it in `page`
   * @returns `same`: this content of this address is kept already
   * @throws RingTrouble of COPY_TROUBLES
   */
  async keep(page: Page, body: Uint8Array<ArrayBuffer>): Promise<'kept' | 'same'> {
    const { sealing, shelf } = await this.#open()
    const state = this.state.get()
    const items = state.kind === 'open' ? state.items : []
    if (sameCopy(items, page) !== undefined) return 'same'
    requireRoom(items, body.byteLength)
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
    if (hexOf(digest) !== page.hash) throw copyTrouble('changed')
    const id = hexOf(crypto.getRandomValues(new Uint8Array(ID_BYTES)))
    const copy = copyOf({ ...page, bytes: body.byteLength }, { id, keptAt: this.#options.now() })
    const sealed = {
      about: await sealing.seal(utf8(JSON.stringify(copy)), ofAbout(id)),
      body: await sealing.seal(body, ofBody(copy)),
    }
    await allowed(shelf.put(id, sealed))
    this.#change((before) => [...before, copy])
    return 'kept'
  }

  /** @throws RingTrouble PAGE_COPY_DAMAGED where it is not there as it was kept */
  async body(copy: Copy): Promise<Uint8Array<ArrayBuffer>> {
    const { sealing, shelf } = await this.#open()
    const sealed = await allowed(shelf.body(copy.id))
    const body = sealed && (await sealing.open(sealed, ofBody(copy)))
    if (body === undefined) throw copyTrouble('damaged')
    return body
  }

  async remove(ids: readonly string[]): Promise<void> {
    const { shelf } = await this.#open()
    await allowed(shelf.remove(ids))
    const gone = new Set(ids)
    this.#change((before) => before.filter(({ id }) => !gone.has(id)))
  }

  /** With their database. */
  async removeAll(): Promise<void> {
    const { owner } = await this.#open()
    this.#close()
    await allowed(this.#options.shelves.drop(owner))
    this.#options.tellWindows()
  }

  /** Whose copies they are is known once the ring has told who looks. */
  async #open(): Promise<Opened> {
    await this.#known.promise
    const opening = (this.#opening ??= this.#openAnew().catch((thrown: unknown) => {
      if (this.#opening === opening) this.#opening = undefined
      throw thrown
    }))
    return opening
  }

  async #openAnew(): Promise<Opened> {
    if (!isPossible()) throw copyTrouble('refused')
    const { guests, sessionSecret, shelves } = this.#options
    const isGuest = this.isGuest
    const secret = isGuest ? (guests.find() ?? guests.make()) : await sessionSecret()
    const sealing = await sealingOf(secret)
    const owner = isGuest ? OF_TAB + sealing.owner : sealing.owner
    if (isGuest) guests.hold(owner)
    const shelf = await allowed(shelves.open(owner, () => this.#close()))
    const opened = { owner, sealing, shelf }
    await this.#list(opened)
    return opened
  }

  async #list({ sealing, shelf }: Opened): Promise<void> {
    const abouts = await allowed(shelf.abouts())
    const read = await Promise.all(
      abouts.map(async ({ about, id }) => {
        const plain = await sealing.open(about, ofAbout(id))
        return { id, copy: plain && readCopy(new TextDecoder().decode(plain)) }
      }),
    )
    const items = read.flatMap(({ copy }) => copy ?? [])
    const broken = read.flatMap(({ copy, id }) => (copy === undefined ? [id] : []))
    if (broken.length > 0) await allowed(shelf.remove(broken))
    this.state.set({ kind: 'open', items, lost: broken.length })
  }

  #change(change: (items: readonly Copy[]) => readonly Copy[]): void {
    this.state.update((state) =>
      state.kind === 'open' ? { ...state, items: change(state.items) } : state,
    )
    this.#options.tellWindows()
  }

  /** The key is forgotten. */
  #close(): void {
    const opening = this.#opening
    this.#opening = undefined
    this.state.set({ kind: 'closed' })
    opening?.then(
      ({ shelf }) => shelf.close(),
      () => undefined,
    )
  }
}

const ID_BYTES = 16

function ofAbout(id: string): string {
  return `anillo copy ${id} about`
}

function ofBody({ id, url }: Pick<Copy, 'id' | 'url'>): string {
  return `anillo copy ${id} body ${url}`
}

function requireRoom(items: readonly Copy[], bytes: number): void {
  if (bytes > COPY_BYTES_MAX) throw copyTrouble('large', { bytes, max: COPY_BYTES_MAX })
  if (items.length >= COPIES_MAX || bytesOf(items) + bytes > COPIES_BYTES_MAX)
    throw copyTrouble('full')
}

export function copyTrouble(
  kind: keyof typeof COPY_TROUBLES,
  details: RingTrouble['details'] = {},
): RingTrouble {
  return new RingTrouble({ code: COPY_TROUBLES[kind], details, text: '' })
}

/** Encryption is offered on loopback and over TLS alone. */
function isPossible(): boolean {
  return typeof crypto !== 'undefined' && 'subtle' in crypto
}

async function allowed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (thrown) {
    if (!(thrown instanceof DOMException)) throw thrown
    throw copyTrouble(thrown.name === 'QuotaExceededError' ? 'browserFull' : 'refused')
  }
}
