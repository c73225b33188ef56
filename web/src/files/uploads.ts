/**
 * Files on their way into the tree: some at once, each going on by itself where its connection
 * broke, at whichever member answers, and compared with what the ring has at the end.
 */
import { ERRORS, parseErrorCode } from '../../../src/base/errors.ts'
import { fileInstant } from '../../../src/wire/file-times.ts'
import { isTrouble } from '../api/files.ts'
import { RingTrouble } from '../api/ring-client.ts'
import { childOf, freeName, nameOf, parentOf } from '../model/file-paths.ts'
import { marked, type Mark } from '../model/pace.ts'
import { Cell } from '../state/cell.ts'
import type { UnfinishedUploads } from './unfinished.ts'
import {
  isGoing,
  isOver,
  type ClashChoice,
  type Part,
  type ToUpload,
  type Upload,
} from './upload-item.ts'

/** A browser has six connections to a door; some are for what else the page asks. */
export const UPLOADS_AT_ONCE = 3
const RETRY_MS_MIN = 500
const RETRY_MS_MAX = 15_000
/** A connection on which nothing moves for so long is given up and made anew. */
export const STALL_MS = 30_000
/** Watchers are told of progress this often at most. */
const TELL_EVERY_MS = 100
/** What the ring still has of what was cancelled is asked to go so often. */
const DISCARD_TRIES = 4
/** What breaks off below is quickly sent again, and not remembered. */
const REMEMBERED_BYTES_MIN = 1024 * 1024

/** Codes of the page's own. */
export const UPLOAD_TROUBLES = {
  /** What the ring has is not what was sent. */
  damaged: 'PAGE_UPLOAD_DAMAGED',
  /** The file changed, or went, while it was read. */
  unreadable: 'PAGE_FILE_UNREADABLE',
} as const

export interface UploadsOptions {
  readonly client: {
    offset(path: string): Promise<number | undefined>
    hashAt(path: string): Promise<string | undefined>
    discard(path: string): Promise<void>
    send(part: Part): Promise<string | undefined>
  }
  readonly makeFolders: (path: string) => Promise<unknown>
  readonly hashOf: (file: Blob, signal: AbortSignal) => Promise<string>
  readonly unfinished: Pick<UnfinishedUploads, 'has' | 'add' | 'remove'>
  readonly nowMs: () => number
  /** Ends early, and without an error, when it is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

interface Item {
  shown: Upload
  readonly file: File
  /** As it is called where it comes from. */
  readonly wanted: string
  readonly batch: Batch
  readonly needsFolder: boolean
  path: string
  /** Something of it may be there. */
  isBegun: boolean
  replaces: boolean
  keepsBoth: boolean
  wasDamaged: boolean
  hash: Promise<string> | undefined
  stop: AbortController
}

/** Files that came together: a choice may be for all of them. */
interface Batch {
  choice: ClashChoice | undefined
  readonly tried: Set<string>
}

export class Uploads {
  readonly items = new Cell<readonly Upload[]>([])
  /** All bytes that went out, over the last seconds. */
  readonly marks = new Cell<readonly Mark[]>([])
  /** Where the last file arrived. */
  readonly landed = new Cell<{ readonly path: string } | undefined>(undefined)
  readonly #options: UploadsOptions
  readonly #items = new Map<number, Item>()
  readonly #folders = new Map<string, Promise<unknown>>()
  #count = 0
  #running = 0
  #sent = 0
  #toldAtMs = -TELL_EVERY_MS

  constructor(options: UploadsOptions) {
    this.#options = options
  }

  /** @param folder is there already; what lies deeper is made. */
  add(files: readonly ToUpload[], folder: string): void {
    const batch: Batch = { choice: undefined, tried: new Set() }
    for (const { file, path } of files) {
      const id = ++this.#count
      this.#items.set(id, {
        shown: { id, path, folder, bytes: file.size, sent: 0, state: 'waiting' },
        file,
        wanted: path,
        batch,
        needsFolder: parentOf(path) !== folder,
        path,
        isBegun: this.#options.unfinished.has(noteOf(path, file)),
        replaces: false,
        keepsBoth: false,
        wasDamaged: false,
        hash: undefined,
        stop: new AbortController(),
      })
    }
    this.#tell()
    this.#pump()
  }

  pause(id: number): void {
    const item = this.#items.get(id)
    if (item === undefined || !isGoing(item.shown)) return
    this.#show(item, { state: 'paused' })
    item.stop.abort()
  }

  /** What is paused or failed goes on where it stopped. */
  resume(id: number): void {
    const item = this.#items.get(id)
    if (item === undefined || !['paused', 'failed', 'broken'].includes(item.shown.state)) return
    if (item.shown.state === 'broken') item.stop.abort()
    item.stop = new AbortController()
    item.hash = undefined
    this.#show(item, { state: 'waiting' })
    this.#pump()
  }

  pauseAll(): void {
    for (const id of this.#items.keys()) this.pause(id)
  }

  resumeAll(): void {
    for (const { shown } of this.#items.values())
      if (shown.state === 'paused' || shown.state === 'failed') this.resume(shown.id)
  }

  /** Nothing of it stays, but of what is done. */
  cancel(id: number): void {
    const item = this.#items.get(id)
    if (item === undefined) return
    this.#items.delete(id)
    item.stop.abort()
    this.#options.unfinished.remove(item.path)
    if (item.isBegun && item.shown.state !== 'done') void this.#discard(item.path)
    this.#tell()
  }

  cancelAll(): void {
    for (const id of this.#items.keys()) this.cancel(id)
  }

  /** Those that are done, or failed, are not shown any more. */
  clear(): void {
    for (const [id, { shown }] of this.#items) if (isOver(shown)) this.#items.delete(id)
    this.#tell()
  }

  /** What becomes of a file whose name is taken. @param forAll also of others that came with it */
  choose(id: number, choice: ClashChoice, forAll: boolean): void {
    const item = this.#items.get(id)
    if (item?.shown.state !== 'clash') return
    if (forAll) item.batch.choice = choice
    const { batch } = item
    for (const other of forAll ? [...this.#items.values()] : [item])
      if (other.batch === batch && other.shown.state === 'clash') this.#settle(other, choice)
    this.#tell()
    this.#pump()
  }

  #settle(item: Item, choice: ClashChoice): void {
    if (choice === 'skip') {
      this.#items.delete(item.shown.id)
      return
    }
    item.replaces = choice === 'replace'
    item.keepsBoth = choice === 'both'
    if (item.keepsBoth) this.#rename(item)
    this.#show(item, { state: 'waiting', sent: 0 })
  }

  #rename(item: Item): void {
    const folder = parentOf(item.wanted)
    item.batch.tried.add(item.path).add(item.wanted)
    const taken = new Set(
      [...item.batch.tried].filter((path) => parentOf(path) === folder).map(nameOf),
    )
    item.path = childOf(folder, freeName(nameOf(item.wanted), taken))
    item.batch.tried.add(item.path)
    item.shown = { ...item.shown, path: item.path }
  }

  #pump(): void {
    for (const item of this.#items.values()) {
      if (this.#running >= UPLOADS_AT_ONCE) return
      if (item.shown.state !== 'waiting') continue
      this.#running += 1
      this.#show(item, { state: 'sending' })
      void this.#run(item).finally(() => {
        this.#running -= 1
        this.#pump()
      })
    }
  }

  /** Until it is done, or needs somebody. What is paused and goes on is another run. */
  async #run(item: Item): Promise<void> {
    const { signal } = item.stop
    for (let retryMs = RETRY_MS_MIN; !signal.aborted;) {
      const sentBefore = item.shown.sent
      try {
        await this.#attempt(item, signal)
        return
      } catch (thrown) {
        if (signal.aborted) return
        const next = this.#afterTrouble(item, thrown)
        if (next === 'stop') return
        if (next === 'atOnce') continue
        if (item.shown.sent > sentBefore) retryMs = RETRY_MS_MIN
        await this.#options.wait(retryMs, signal)
        retryMs = Math.min(2 * retryMs, RETRY_MS_MAX)
      }
    }
  }

  async #attempt(item: Item, signal: AbortSignal): Promise<void> {
    const { client, hashOf } = this.#options
    await readable(item.file)
    if (item.needsFolder) await this.#folderFor(parentOf(item.path))
    item.hash ??= hashOf(item.file, signal)
    // Who waits for it sees its error; until then nobody does.
    item.hash.catch(() => undefined)
    const from = item.isBegun ? await this.#whereToGoOn(item) : 0
    signal.throwIfAborted()
    if (from === 'there') {
      this.#done(item)
      return
    }
    this.#begin(item)
    const watch = this.#watchStall(item, signal)
    try {
      this.#show(item, { state: 'sending', sent: from })
      const hash = await client.send({
        path: item.path,
        file: item.file,
        from,
        replaces: item.replaces,
        modifiedAt: fileInstant(item.file.lastModified),
        signal: watch.signal,
        onSent: (bytes) => {
          watch.moved(bytes)
          this.#progress(item, bytes)
        },
      })
      await this.#compare(item, hash)
    } finally {
      watch.end()
    }
  }

  #begin(item: Item): void {
    item.isBegun = true
    if (item.file.size >= REMEMBERED_BYTES_MIN)
      this.#options.unfinished.add(noteOf(item.path, item.file))
  }

  /** @throws RingTrouble PAGE_UPLOAD_DAMAGED */
  async #compare(item: Item, told: string | undefined): Promise<void> {
    this.#show(item, { state: 'settling', sent: item.file.size })
    const hash = await item.hash
    const there = told ?? (await this.#options.client.hashAt(item.path))
    if (there !== hash)
      throw new RingTrouble({ code: UPLOAD_TROUBLES.damaged, details: {}, text: '' })
    this.#done(item)
  }

  #done(item: Item): void {
    this.#options.unfinished.remove(item.path)
    this.#show(item, { state: 'done', sent: item.file.size })
    this.landed.set({ path: item.path })
  }

  /** Asks how far it came. It may have come whole, and the answer got lost. */
  async #whereToGoOn(item: Item): Promise<number | 'there'> {
    const { client } = this.#options
    const offset = await client.offset(item.path)
    if (offset !== undefined && offset <= item.file.size) return offset
    if (offset !== undefined) await client.discard(item.path)
    const there = await client.hashAt(item.path)
    return there !== undefined && there === (await item.hash) ? 'there' : 0
  }

  #folderFor(path: string): Promise<unknown> {
    const known = this.#folders.get(path)
    if (known !== undefined) return known
    const made = this.#options.makeFolders(path)
    this.#folders.set(path, made)
    // It may go again while the page is open; it is asked for anew with what comes later.
    made.catch(() => undefined).finally(() => this.#folders.delete(path))
    return made
  }

  #afterTrouble(item: Item, thrown: unknown): 'again' | 'atOnce' | 'stop' {
    const trouble = troubleOf(thrown)
    const { code } = trouble
    if (code === 'CONDITION_FAILED' && !item.replaces) {
      this.#clash(item)
      return 'stop'
    }
    if (code === 'UPLOAD_OFFSET') return 'again'
    if (code === UPLOAD_TROUBLES.damaged && !item.wasDamaged) {
      // What was there of it was of another file: once more from its first byte.
      Object.assign(item, { wasDamaged: true, isBegun: false, replaces: true })
      return 'atOnce'
    }
    if (goesOnLater(code)) {
      this.#show(item, { state: 'broken', trouble })
      return 'again'
    }
    this.#show(item, { state: 'failed', trouble })
    return 'stop'
  }

  #clash(item: Item): void {
    item.isBegun = false
    this.#options.unfinished.remove(item.path)
    const choice = item.keepsBoth ? 'both' : item.batch.choice
    if (choice === undefined) this.#show(item, { state: 'clash', sent: 0 })
    else this.#settle(item, choice)
    this.#tell()
  }

  #watchStall(item: Item, outer: AbortSignal) {
    const stalled = new AbortController()
    const over = new AbortController()
    let movedAtMs = this.#options.nowMs()
    let isSent = item.file.size === 0
    const watch = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await this.#options.wait(STALL_MS, over.signal)
        // Once all is sent nothing moves until it is durable.
        if (!isSent && this.#options.nowMs() - movedAtMs >= STALL_MS) stalled.abort(lostWay())
      }
    }
    void watch()
    return {
      signal: AbortSignal.any([outer, stalled.signal]),
      moved: (bytes: number): void => {
        movedAtMs = this.#options.nowMs()
        isSent = bytes >= item.file.size
      },
      end: (): void => over.abort(),
    }
  }

  async #discard(path: string): Promise<void> {
    const never = new AbortController().signal
    for (let tries = 0; tries < DISCARD_TRIES; tries++) {
      // The member takes up what was on its way first.
      await this.#options.wait(RETRY_MS_MIN * 2 ** tries, never)
      const isGone = await this.#options.client.discard(path).then(
        () => true,
        () => false,
      )
      if (isGone) return
    }
  }

  #progress(item: Item, bytes: number): void {
    this.#sent += Math.max(0, bytes - item.shown.sent)
    const state = bytes >= item.file.size ? 'settling' : 'sending'
    const { folder, id } = item.shown
    item.shown = { id, path: item.path, folder, bytes: item.file.size, sent: bytes, state }
    const atMs = this.#options.nowMs()
    this.marks.update((marks) => marked(marks, { atMs, bytes: this.#sent }))
    if (atMs - this.#toldAtMs >= TELL_EVERY_MS) this.#tell()
  }

  #show(item: Item, change: Partial<Upload>): void {
    const { bytes, folder, id, sent } = item.shown
    item.shown = { id, path: item.path, folder, bytes, sent, state: 'waiting', ...change }
    this.#tell()
  }

  #tell(): void {
    this.#toldAtMs = this.#options.nowMs()
    this.items.set([...this.#items.values()].map(({ shown }) => shown))
  }
}

function noteOf(path: string, { lastModified, size }: File) {
  return { path, bytes: size, modifiedMs: lastModified }
}

/** @throws RingTrouble PAGE_FILE_UNREADABLE: sending it would only break off */
async function readable(file: Blob): Promise<void> {
  await file
    .slice(0, 1)
    .arrayBuffer()
    .catch((thrown: unknown) => Promise.reject(troubleOf(thrown)))
}

function troubleOf(thrown: unknown): RingTrouble {
  if (thrown instanceof RingTrouble) return thrown
  return new RingTrouble({ code: UPLOAD_TROUBLES.unreadable, details: {}, text: '' })
}

function lostWay(): RingTrouble {
  return new RingTrouble({ code: 'RING_NOT_REACHABLE', details: {}, text: '' })
}

/** Whether to wait helps. */
function goesOnLater(told: string): boolean {
  const code = parseErrorCode(told)
  if (code === undefined) return false
  return code === 'RING_NOT_REACHABLE' || ERRORS[code].retry !== 'never'
}

export function isUploadTrouble(thrown: unknown): boolean {
  return isTrouble(thrown, ...Object.values(UPLOAD_TROUBLES))
}
