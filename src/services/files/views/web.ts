/**
 * `/.web/HOST/TIME/...`: pages that the ring holds, as files. TIME is a day on which contents came,
 * or `latest`. Who may read pages may read these. How addresses are named says `web-names.ts`.
 */
import { AnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { CallOptions } from '../../../store/types.ts'
import { pathOf } from '../tree/paths.ts'
import type { Entry, EntryPage, ListOptions, OpenFile } from '../types.ts'
import { cut, limitOf, nameIn, pageOf, startsWith } from './name-pages.ts'
import { shownFile, shownFolder, type View, type ViewAsk } from './view.ts'
import type { ArchivedPage, WebArchive } from './web-archive.ts'
import { otherId, targetOf } from './web-names.ts'
import { BEHIND, BETWEEN, WebWindows, type NamedPage } from './web-windows.ts'

const NAME = '.web'
const OWNER = 'anillo'
/** Of all hosts the first so many are told. */
const HOSTS_MAX = 100_000
const SCHEMES = ['https', 'http'] as const

/** A folder of pages. */
interface Folder {
  readonly host: string
  readonly time: string
  readonly names: readonly string[]
}

export class WebView implements View {
  readonly name = NAME
  readonly #archive: WebArchive
  readonly #windows: WebWindows

  constructor(archive: WebArchive, clock: Pick<Clock, 'nowMs'>, windowPages?: number) {
    this.#archive = archive
    this.#windows = new WebWindows(archive, clock, windowPages)
  }

  async stat(ask: ViewAsk, options?: CallOptions): Promise<Entry> {
    const [host, time, ...names] = allowed(ask)
    if (host === undefined) return folderEntry([], 0)
    if (time === undefined) {
      for await (const _ of this.#archive.times(host, options)) return folderEntry([host], 0)
      throw notThere(ask)
    }
    const folder = { host, time, names }
    const page = await this.#page(folder, options)
    if (page !== undefined) return fileEntry(folder, page)
    const first = await this.#first(folder, options)
    if (first === undefined) throw notThere(ask)
    return folderEntry([host, time, ...names], first.page.sinceMs)
  }

  async list(ask: ViewAsk, options: ListOptions = {}): Promise<EntryPage> {
    const [host, time, ...names] = allowed(ask)
    if (host === undefined) return pageOf(await this.#hosts(options), options)
    if (time === undefined) {
      const times = new Set<string>()
      for await (const one of this.#archive.times(host, options)) times.add(one)
      if (times.size === 0) throw notThere(ask)
      return pageOf(
        [...times].map((one) => folderEntry([host, one], Date.parse(one) || 0)),
        options,
      )
    }
    const folder = { host, time, names }
    if ((await this.#first(folder, options)) === undefined) {
      const isFile = (await this.#page(folder, options)) !== undefined
      throw isFile ? new AnilloError('NOT_A_FOLDER', { path: pathIn(ask) }) : notThere(ask)
    }
    return this.#children(folder, options)
  }

  async open(ask: ViewAsk, options?: CallOptions): Promise<OpenFile> {
    const [host, time, ...names] = allowed(ask)
    if (host === undefined || time === undefined) {
      await this.stat(ask, options)
      throw new AnilloError('IS_A_FOLDER', { path: pathIn(ask) })
    }
    const folder = { host, time, names }
    const page = await this.#page(folder, options)
    if (page === undefined) {
      if ((await this.#first(folder, options)) === undefined) throw notThere(ask)
      throw new AnilloError('IS_A_FOLDER', { path: pathIn(ask) })
    }
    const archive = this.#archive
    async function* read({ from, to }: { readonly from: number; readonly to: number }) {
      // Reading goes on for as long as the file is long: only a signal ends it.
      const whole = await archive.body(page as ArchivedPage, signalOf(options))
      if (whole === undefined) throw notThere(ask)
      yield* within(whole, { from, to })
    }
    return { entry: fileEntry(folder, page), read }
  }

  async #hosts(options?: CallOptions): Promise<Entry[]> {
    const hosts = new Set<string>()
    for await (const host of this.#archive.hosts(options)) {
      if (hosts.size < HOSTS_MAX) hosts.add(host)
    }
    return [...hosts].map((host) => folderEntry([host], 0))
  }

  /** What the names mean as a file. */
  async #page(
    { host, names, time }: Folder,
    options?: CallOptions,
  ): Promise<ArchivedPage | undefined> {
    const id = otherId(names)
    if (id !== undefined) return this.#archive.pageOf({ host, time, id }, options)
    const target = targetOf(names)
    if (target === undefined) return undefined
    for (const scheme of SCHEMES) {
      const url = `${scheme}://${host}${target}`
      const page = await this.#archive.page({ url, time }, options)
      if (page !== undefined) return page
    }
    return undefined
  }

  /** The first page in a folder; without one there is no such folder. */
  async #first(
    { host, names, time }: Folder,
    options?: CallOptions,
  ): Promise<NamedPage | undefined> {
    const inside = insideOf(names)
    const { pages } = await this.#windows.from({ host, time, key: inside }, options)
    const first = pages[firstFrom(pages, inside)]
    return first?.key.startsWith(inside) === true ? first : undefined
  }

  /** Each name once, however many pages are below it. */
  async #children(folder: Folder, ask: ListOptions): Promise<EntryPage> {
    const { host, names, time } = folder
    const inside = insideOf(names)
    const { prefix = '' } = ask
    const after = ask.cursor === undefined ? undefined : inside + nameIn(ask.cursor) + BEHIND
    const begin = inside + prefix.normalize('NFC')
    let key = after === undefined || after < begin ? begin : after
    const limit = limitOf(ask)
    const found: Entry[] = []
    for (;;) {
      const { pages, until } = await this.#windows.from({ host, time, key }, ask)
      for (let at = firstFrom(pages, key); at < pages.length; at = firstFrom(pages, key)) {
        const named = pages[at]
        if (named === undefined || !named.key.startsWith(inside)) return cut(found, limit)
        const [name = '', ...below] = named.key.slice(inside.length).split(BETWEEN)
        if (!startsWith(name, prefix)) return cut(found, limit)
        const child = { host, time, names: [...names, name] }
        found.push(
          below.length === 0
            ? fileEntry(child, named.page)
            : folderEntry([host, time, ...child.names], named.page.sinceMs),
        )
        if (found.length > limit) return cut(found, limit)
        key = inside + name + BEHIND
      }
      if (until === undefined) return cut(found, limit)
      if (key < until) key = until
    }
  }
}

/** Keys of all that is in a folder begin so. */
function insideOf(names: readonly string[]): string {
  return names.map((name) => name.normalize('NFC') + BETWEEN).join('')
}

function firstFrom(pages: readonly NamedPage[], from: string): number {
  let low = 0
  let high = pages.length
  while (low < high) {
    const middle = (low + high) >> 1
    const key = pages[middle]?.key
    if (key !== undefined && key < from) low = middle + 1
    else high = middle
  }
  return low
}

/** Whoever may not read pages sees none. @throws AnilloError NO_ENTRY */
function allowed(ask: ViewAsk): readonly string[] {
  if (ask.who.mayReadPages !== true) throw notThere(ask)
  return ask.names
}

function pathIn({ names }: ViewAsk): string {
  return pathOf([NAME, ...names])
}

function notThere(ask: ViewAsk): AnilloError {
  return new AnilloError('NO_ENTRY', { path: pathIn(ask) })
}

function folderEntry(names: readonly string[], modifiedMs: number): Entry {
  const path = pathOf([NAME, ...names])
  return shownFolder({ key: path, name: names.at(-1) ?? NAME, path, modifiedMs, owner: OWNER })
}

function fileEntry({ host, names, time }: Folder, page: ArchivedPage): Entry {
  const { bytes, hash: sha256, sinceMs: modifiedMs } = page
  const path = pathOf([NAME, host, time, ...names])
  const name = names.at(-1) ?? ''
  return shownFile({ key: path, name, path, modifiedMs, owner: OWNER, bytes, sha256 })
}

async function* within(
  whole: AsyncIterable<Uint8Array>,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<Uint8Array> {
  let at = 0
  if (to <= from) return
  for await (const piece of whole) {
    const part = piece.subarray(Math.max(0, from - at), Math.max(0, to - at))
    at += piece.length
    if (part.length > 0) yield part
    if (at >= to) return
  }
}

function signalOf({ signal }: CallOptions = {}): CallOptions {
  return signal === undefined ? {} : { signal }
}
