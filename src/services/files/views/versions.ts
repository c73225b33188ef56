/**
 * `/.versions`: the tree once more, with a folder in place of each file, in which its earlier
 * contents are: `/.versions/home/ana/notes.txt/2026-11-21T10.00.00Z.v7.txt`. The time is when that
 * content was modified, the number is what tells versions apart; both stay.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { CallOptions } from '../../../store/types.ts'
import { pathOf } from '../tree/paths.ts'
import type { Entry, EntryPage, Files, FileVersion, ListOptions, OpenFile } from '../types.ts'
import { pageOf } from './name-pages.ts'
import { shownFile, shownFolder, type View, type ViewAsk } from './view.ts'

const NAME = '.versions'
const EXTENSION_CHARS_MAX = 16
const MILLISECONDS = /\.\d{3}Z$/

interface Found {
  /** Of the tree: the folder or file that is shown as a folder, or whose version is meant. */
  readonly entry: Entry
  readonly version: FileVersion | undefined
}

export class VersionsView implements View {
  readonly name = NAME
  readonly #files: Files

  /** @param files the tree itself, without views */
  constructor(files: Files) {
    this.#files = files
  }

  async stat(ask: ViewAsk, options?: CallOptions): Promise<Entry> {
    return shown(ask, await this.#find(ask, options))
  }

  async list(ask: ViewAsk, options: ListOptions = {}): Promise<EntryPage> {
    const { entry, version } = await this.#find(ask, options)
    const { names, who } = ask
    const at = pathOf([NAME, ...names])
    if (version !== undefined) throw new AnilloError('NOT_A_FOLDER', { path: at })
    const path = pathOf(names)
    if (entry.kind === 'file') {
      const versions = await this.#files.versions(who, path, options)
      return pageOf(
        versions.map((each) => versionEntry({ entry, version: each }, at)),
        options,
      )
    }
    const { cursor, entries } = await this.#files.list(who, path, options)
    return { cursor, entries: entries.map((each) => folderEntry(each, within(at, each.name))) }
  }

  async open(ask: ViewAsk, options?: CallOptions): Promise<OpenFile> {
    const found = await this.#find(ask, options)
    const { version } = found
    if (version === undefined) {
      throw new AnilloError('IS_A_FOLDER', { path: pathOf([NAME, ...ask.names]) })
    }
    const { number } = version
    const path = pathOf(ask.names.slice(0, -1))
    const { read } = await this.#files.open(ask.who, path, { ...options, version: number })
    return { entry: shown(ask, found), read }
  }

  /** @throws AnilloError NO_ENTRY, NOT_A_FOLDER */
  async #find({ names, who }: ViewAsk, options?: CallOptions): Promise<Found> {
    const notThere = new AnilloError('NO_ENTRY', { path: pathOf([NAME, ...names]) })
    const entry = await this.#statOrAbove(who, names, options)
    if (entry === undefined) throw notThere
    if (entry.above === undefined) return { entry: entry.found, version: undefined }
    const versions = await this.#files.versions(who, entry.above, options)
    const version = versions.find((each) => nameOf(entry.found.name, each) === names.at(-1))
    if (version === undefined) throw notThere
    return { entry: entry.found, version }
  }

  /** `above`: the path of a file, below which a name is meant that the tree does not know. */
  async #statOrAbove(
    who: ViewAsk['who'],
    names: readonly string[],
    options?: CallOptions,
  ): Promise<{ readonly found: Entry; readonly above: string | undefined } | undefined> {
    try {
      const found = await this.#files.stat(who, pathOf(names), options)
      return { found, above: undefined }
    } catch (thrown) {
      if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
      if (!isAnilloError(thrown, 'NOT_A_FOLDER')) throw thrown
    }
    const above = pathOf(names.slice(0, -1))
    try {
      return { found: await this.#files.stat(who, above, options), above }
    } catch (thrown) {
      if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
      if (!isAnilloError(thrown, 'NOT_A_FOLDER')) throw thrown
      // The path goes on behind the name of a version.
      throw new AnilloError('NOT_A_FOLDER', { path: pathOf([NAME, ...names.slice(0, -1)]) })
    }
  }
}

function shown({ names }: ViewAsk, found: Found): Entry {
  const { entry, version } = found
  const path = pathOf([NAME, ...names])
  if (version === undefined) return folderEntry(entry, path)
  return versionEntry({ entry, version }, pathOf([NAME, ...names.slice(0, -1)]))
}

function folderEntry(entry: Entry, path: string): Entry {
  const { createdMs, id, modifiedMs, owner } = entry
  // The root of the tree has no name; the view has.
  const name = entry.name === '' ? NAME : entry.name
  return shownFolder({ key: `versions/${id}`, name, path, createdMs, modifiedMs, owner })
}

function versionEntry(
  { entry, version }: { readonly entry: Entry; readonly version: FileVersion },
  above: string,
): Entry {
  const { by, bytes, modifiedMs, number, sha256 } = version
  const name = nameOf(entry.name, version)
  const key = `version/${entry.id}/${number}`
  return shownFile({ key, name, path: within(above, name), bytes, modifiedMs, sha256, owner: by })
}

/** `2026-11-21T10.00.00Z.v7.txt`: colons are no part of names elsewhere, and its kind stays. */
function nameOf(file: string, { modifiedMs, number }: FileVersion): string {
  const time = instant(modifiedMs).replaceAll(':', '.').replace(MILLISECONDS, 'Z')
  const dot = file.lastIndexOf('.')
  const hasExtension = dot > 0 && file.length - dot <= EXTENSION_CHARS_MAX
  return `${time}.v${number}${hasExtension ? file.slice(dot) : ''}`
}

function within(above: string, name: string): string {
  return `${above}/${name}`
}
