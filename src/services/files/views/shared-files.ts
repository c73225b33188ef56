/**
 * The tree with `/.shared/PERSON/NAME`: what PERSON shares with whoever asks, and all that is in
 * it. Below NAME it is the tree itself, under other names, with the rights that grants give there:
 * often it is the only way to what lies in a folder that one may not see. The folders above are
 * made of grants, and nothing is changed in them: to take NAME away, or call it otherwise, is for
 * those who may do that where it lies.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { CallOptions } from '../../../store/types.ts'
import { overFiles } from '../over-files.ts'
import { namesOf, pathOf } from '../tree/paths.ts'
import type { Files, FileUpload, FileUser } from '../types.ts'
import { SharedFolder } from './shared-folder.ts'
import { done, pathShownBy, shownBy, told, type Way } from './shared-way.ts'

export function sharedFiles(files: Files, clock: Pick<Clock, 'nowMs'>): Files {
  const shared = new SharedFolder(files, clock)
  return overFiles(files, {
    ...looks(files, shared),
    ...ofEntries(files, shared),
    ...ofContents(files, shared),
    ...ofTrash(files, shared),
  })
}

function looks(files: Files, shared: SharedFolder): Partial<Files> {
  return {
    sharedWith: async (who, options) => shared.all(who, options),

    stat: async (who, path, options) => {
      const listing = shared.listing(path)
      if (listing !== undefined) return shared.stat(who, listing, options)
      const way = await shared.way(who, path, options)
      return told([way], files.stat(who, way.path, options))
    },

    list: async (who, path, options) => {
      const listing = shared.listing(path)
      if (listing !== undefined) return shared.list(who, listing, options)
      const way = await shared.way(who, path, options)
      const page = await done([way], files.list(who, way.path, options))
      return { ...page, entries: page.entries.map((entry) => shownBy([way], entry)) }
    },

    find: async (who, { under, ...ask }) => {
      const way = under === undefined ? undefined : await shared.way(who, under, ask)
      const asked = { ...ask, ...(way === undefined ? {} : { under: way.path }) }
      const found = await done(way === undefined ? [] : [way], files.find(who, asked))
      const ways = way === undefined ? await shared.hiddenWays(who, files, ask) : [way]
      return { ...found, entries: found.entries.map((entry) => shownBy(ways, entry)) }
    },

    follow: async (who, path, options) => {
      if (shared.listing(path) !== undefined) throw new AnilloError('NO_ENTRY', { path })
      const way = await shared.way(who, path, options)
      const followed = await done([way], files.follow(who, way.path, options))
      return { ...followed, entry: shownBy([way], followed.entry) }
    },

    grants: async (who, path, options) => {
      const listing = shared.listing(path)
      if (listing !== undefined) {
        await shared.stat(who, listing, options)
        return undefined
      }
      const way = await shared.way(who, path, options)
      return done([way], files.grants(who, way.path, options))
    },
  }
}

/** Where something is to be changed. @throws AnilloError READ_ONLY */
async function wayTo(
  shared: SharedFolder,
  who: FileUser,
  path: string,
  options?: CallOptions,
): Promise<Way> {
  const shown = pathOf(namesOf(path))
  if (shared.listing(path) !== undefined) throw new AnilloError('READ_ONLY', { path: shown })
  try {
    return await shared.way(who, path, options)
  } catch (thrown) {
    // Nothing is made beside what is shared.
    const isBeside = isAnilloError(thrown, 'NO_ENTRY') && thrown.details.path === shown
    throw isBeside ? new AnilloError('READ_ONLY', { path: shown }) : thrown
  }
}

/** The name itself is to go from where it is. @throws AnilloError READ_ONLY */
async function wayFrom(
  shared: SharedFolder,
  who: FileUser,
  path: string,
  options?: CallOptions,
): Promise<Way> {
  const way = await wayTo(shared, who, path, options)
  if (way.alias?.real === way.path) throw new AnilloError('READ_ONLY', { path: way.alias.shown })
  return way
}

function ofEntries(files: Files, shared: SharedFolder): Partial<Files> {
  return {
    makeFolder: async (who, path, options) => {
      const way = await wayTo(shared, who, path, options)
      return told([way], files.makeFolder(who, way.path, options))
    },

    removeFolder: async (who, path, options) => {
      const way = await wayFrom(shared, who, path, options)
      return done([way], files.removeFolder(who, way.path, options))
    },

    remove: async (who, path, options) => {
      const way = await wayFrom(shared, who, path, options)
      return done([way], files.remove(who, way.path, options))
    },

    move: async (who, from, to, options) => {
      const ways = [
        await wayFrom(shared, who, from, options),
        await wayTo(shared, who, to, options),
      ] as const
      // What came of it lies where it went to.
      return told(ways.toReversed(), files.move(who, ways[0].path, ways[1].path, options))
    },

    copy: async (who, from, to, options) => {
      if (shared.listing(from) !== undefined) throw new AnilloError('READ_ONLY', { path: from })
      const ways = [
        await shared.way(who, from, options),
        await wayTo(shared, who, to, options),
      ] as const
      return told(ways.toReversed(), files.copy(who, ways[0].path, ways[1].path, options))
    },

    touch: async (who, path, change, options) => {
      const way = await wayTo(shared, who, path, options)
      return told([way], files.touch(who, way.path, change, options))
    },

    setGrants: async (who, path, grants, options) => {
      const way = await wayTo(shared, who, path, options)
      return done([way], files.setGrants(who, way.path, grants, options))
    },
  }
}

function ofContents(files: Files, shared: SharedFolder): Partial<Files> {
  return {
    open: async (who, path, options) => {
      if (shared.listing(path) !== undefined) throw new AnilloError('IS_A_FOLDER', { path })
      const way = await shared.way(who, path, options)
      const opened = await done([way], files.open(who, way.path, options))
      return { ...opened, entry: shownBy([way], opened.entry) }
    },

    write: async (who, path, ask) => {
      const way = await wayTo(shared, who, path, ask)
      return shownUpload(way, await done([way], files.write(who, way.path, ask)))
    },

    partial: async (who, path, options) => {
      if (shared.listing(path) !== undefined) return undefined
      const way = await shared.way(who, path, options)
      return done([way], files.partial(who, way.path, options))
    },

    versions: async (who, path, options) => {
      if (shared.listing(path) !== undefined) throw new AnilloError('IS_A_FOLDER', { path })
      const way = await shared.way(who, path, options)
      return done([way], files.versions(who, way.path, options))
    },

    restoreVersion: async (who, path, version, options) => {
      const way = await wayTo(shared, who, path, options)
      return told([way], files.restoreVersion(who, way.path, version, options))
    },

    combine: async (who, to, parts, options) => {
      const target = await wayTo(shared, who, to, options)
      const ways: Way[] = []
      for (const part of parts) ways.push(await shared.way(who, part, options))
      const real = ways.map(({ path }) => path)
      return told([target, ...ways], files.combine(who, target.path, real, options))
    },
  }
}

/** What was thrown away there tells where it was, and comes back there. */
function ofTrash(files: Files, shared: SharedFolder): Partial<Files> {
  return {
    trash: async (who, options) => {
      const trashed = await files.trash(who, options)
      if (trashed.length === 0) return trashed
      const ways = await shared.hiddenWays(who, files, options)
      return trashed.map((one) => ({ ...one, from: pathShownBy(ways, one.from) }))
    },

    restore: async (who, id, options) => {
      const ways = await shared.hiddenWays(who, files, options)
      return told(ways, files.restore(who, id, options))
    },
  }
}

function shownUpload(way: Way, upload: FileUpload): FileUpload {
  return {
    at: upload.at,
    push: (piece) => done([way], upload.push(piece)),
    commit: (options) => told([way], upload.commit(options)),
    leave: () => upload.leave(),
    discard: () => upload.discard(),
  }
}
