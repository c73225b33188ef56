/** The tree with its views: what is in one is looked at there, and changed nowhere. */
import { AnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import { overFiles } from '../over-files.ts'
import { namesOf, pathOf } from '../tree/paths.ts'
import type { Entry, Files, FileUser, OpenFile } from '../types.ts'
import type { View } from './view.ts'

interface At {
  readonly view: View
  readonly names: readonly string[]
  readonly path: string
}

/** `undefined`: the path is in no view. @throws AnilloError NAME_INVALID */
type FindView = (path: string) => At | undefined

export function viewedFiles(files: Files, views: readonly View[]): Files {
  const named = new Map(views.map((view) => [view.name, view]))
  const viewAt: FindView = (path) => {
    const [first = '', ...names] = namesOf(path)
    const view = named.get(first)
    return view && { view, names, path: pathOf([first, ...names]) }
  }
  return overFiles(files, { ...looks(files, viewAt), ...refusals(files, viewAt) })
}

function looks(files: Files, viewAt: FindView): Partial<Files> {
  const looked: Pick<Files, 'stat' | 'list' | 'open'> = {
    stat: async (who, path, options) => {
      const at = viewAt(path)
      if (at === undefined) return files.stat(who, path, options)
      return at.view.stat({ who, names: at.names }, options)
    },

    list: async (who, path, options) => {
      const at = viewAt(path)
      if (at === undefined) return files.list(who, path, options)
      return at.view.list({ who, names: at.names }, options)
    },

    open: async (who, path, options = {}) => {
      const at = viewAt(path)
      if (at === undefined) return files.open(who, path, options)
      // What is shown there has one content.
      if (options.version !== undefined) throw new AnilloError('NO_ENTRY', { path: at.path })
      return at.view.open({ who, names: at.names }, options)
    },
  }
  return {
    ...looked,

    follow: async (who, path, options) => {
      const at = viewAt(path)
      if (at === undefined) return files.follow(who, path, options)
      throw new AnilloError('NO_ENTRY', { path: at.path })
    },

    partial: async (who, path, options) =>
      viewAt(path) === undefined ? files.partial(who, path, options) : undefined,

    versions: async (who, path, options) => {
      if (viewAt(path) === undefined) return files.versions(who, path, options)
      await looked.open(who, path, options)
      return []
    },

    grants: async (who, path, options) => {
      if (viewAt(path) === undefined) return files.grants(who, path, options)
      const { kind } = await looked.stat(who, path, options)
      if (kind === 'file') throw new AnilloError('NOT_A_FOLDER', { path })
      return undefined
    },
  }
}

function refusals(files: Files, viewAt: FindView): Partial<Files> {
  /** @throws AnilloError READ_ONLY, NAME_INVALID */
  const refuse = (...paths: readonly string[]) => {
    for (const path of paths) {
      const at = viewAt(path)
      if (at !== undefined) throw new AnilloError('READ_ONLY', { path: at.path })
    }
  }
  return {
    copy: async (who, from, to, options = {}) => {
      refuse(to)
      const at = viewAt(from)
      if (at === undefined) return files.copy(who, from, to, options)
      const opened = await at.view.open({ who, names: at.names }, options)
      return copyOut(files, who, { opened, to, replace: options.replace === true }, options)
    },

    makeFolder: async (who, path, options) => {
      refuse(path)
      return files.makeFolder(who, path, options)
    },

    removeFolder: async (who, path, options) => {
      refuse(path)
      return files.removeFolder(who, path, options)
    },

    remove: async (who, path, options) => {
      refuse(path)
      return files.remove(who, path, options)
    },

    move: async (who, from, to, options) => {
      refuse(from, to)
      return files.move(who, from, to, options)
    },

    combine: async (who, to, parts, options) => {
      refuse(to, ...parts)
      return files.combine(who, to, parts, options)
    },

    touch: async (who, path, change, options) => {
      refuse(path)
      return files.touch(who, path, change, options)
    },

    write: async (who, path, ask) => {
      refuse(path)
      return files.write(who, path, ask)
    },

    restoreVersion: async (who, path, version, options) => {
      refuse(path)
      return files.restoreVersion(who, path, version, options)
    },

    setGrants: async (who, path, grants, options) => {
      refuse(path)
      return files.setGrants(who, path, grants, options)
    },
  }
}

interface CopyAsk {
  readonly opened: OpenFile
  readonly to: string
  readonly replace: boolean
}

/** A file of a view is read and written: its bytes have no other name that the tree knows. */
async function copyOut(
  files: Files,
  who: FileUser,
  { opened, to, replace }: CopyAsk,
  options: CallOptions,
): Promise<Entry> {
  const { entry, read } = opened
  const { bytes, modifiedMs, sha256 } = entry
  const upload = await files.write(who, to, {
    how: 'replace',
    modifiedMs,
    expectedBytes: bytes,
    ...(replace ? {} : { ifMatch: { is: 'absent' } }),
  })
  try {
    for await (const piece of read({ from: 0, to: bytes })) await upload.push(piece)
    return await upload.commit({ ...options, ...(sha256 === undefined ? {} : { sha256 }) })
  } catch (thrown) {
    await upload.discard()
    throw thrown
  }
}
