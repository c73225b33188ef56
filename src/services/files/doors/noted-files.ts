/** The tree for doors, its changes noted once they are done. What is refused, or read, is not. */
import type { Act } from '../acts/acts.ts'
import { overFiles } from '../over-files.ts'
import { namesOf, pathOf } from '../tree/paths.ts'
import type { Files, FileUpload, FileUser } from '../types.ts'

export type NoteAct = (act: Act) => void

/** Who did it is told by who asks. */
type Done = Omit<Act, 'by' | 'door' | 'address' | 'atMs'>

export function notedFiles(files: Files, note: NoteAct): Files {
  const told = (who: FileUser, act: Done): void =>
    note({
      ...act,
      by: who.nick ?? null,
      door: who.door?.name ?? 'ring',
      ...(who.door?.address === undefined ? {} : { address: who.door.address }),
    })
  return overFiles(files, {
    ...ofEntries(files, told),
    ...ofFiles(files, told),
    ...ofTrash(files, told),
  })
}

type Told = (who: FileUser, act: Done) => void

function ofEntries(files: Files, told: Told): Partial<Files> {
  return {
    async makeFolder(who, path, options) {
      const entry = await files.makeFolder(who, path, options)
      told(who, { what: 'folder.make', path: entry.path })
      return entry
    },
    async removeFolder(who, path, options) {
      await files.removeFolder(who, path, options)
      told(who, { what: 'folder.remove', path: plain(path) })
    },
    async remove(who, path, options) {
      await files.remove(who, path, options)
      told(who, { what: 'entry.remove', path: plain(path) })
    },
    async move(who, from, to, options) {
      const entry = await files.move(who, from, to, options)
      told(who, { what: 'entry.move', path: plain(from), to: entry.path })
      return entry
    },
    async copy(who, from, to, options) {
      const entry = await files.copy(who, from, to, options)
      told(who, { what: 'entry.copy', path: plain(from), to: entry.path })
      return entry
    },
    async touch(who, path, change, options) {
      const entry = await files.touch(who, path, change, options)
      told(who, { what: 'entry.touch', path: entry.path })
      return entry
    },
    async setGrants(who, path, grants, options) {
      await files.setGrants(who, path, grants, options)
      told(who, { what: 'entry.share', path: plain(path) })
    },
  }
}

function ofFiles(files: Files, told: Told): Partial<Files> {
  return {
    async write(who, path, ask) {
      return notedUpload(await files.write(who, path, ask), (entry) =>
        told(who, { what: 'file.write', path: entry.path, bytes: entry.bytes }),
      )
    },
    async combine(who, to, parts, options) {
      const entry = await files.combine(who, to, parts, options)
      told(who, { what: 'file.combine', path: entry.path, bytes: entry.bytes })
      return entry
    },
    async restoreVersion(who, path, version, options) {
      const entry = await files.restoreVersion(who, path, version, options)
      told(who, { what: 'file.restoreVersion', path: entry.path, to: String(version) })
      return entry
    },
  }
}

function ofTrash(files: Files, told: Told): Partial<Files> {
  return {
    async restore(who, id, options) {
      const entry = await files.restore(who, id, options)
      told(who, { what: 'trash.restore', path: entry.path })
      return entry
    },
    async removeTrashed(who, id, options) {
      await files.removeTrashed(who, id, options)
      told(who, { what: 'trash.remove', path: id })
    },
    async emptyTrash(who, options) {
      const removed = await files.emptyTrash(who, options)
      if (removed > 0) told(who, { what: 'trash.empty', path: '/.trash', to: String(removed) })
      return removed
    },
    async setLimits(who, nick, limits, options) {
      await files.setLimits(who, nick, limits, options)
      told(who, { what: 'limits.set', path: nick ?? '*', to: JSON.stringify(limits) })
    },
  }
}

function notedUpload(
  upload: FileUpload,
  note: (entry: Awaited<ReturnType<FileUpload['commit']>>) => void,
): FileUpload {
  return {
    at: upload.at,
    push: (piece) => upload.push(piece),
    async commit(options) {
      const entry = await upload.commit(options)
      note(entry)
      return entry
    },
    leave: () => upload.leave(),
    discard: () => upload.discard(),
  }
}

/** From the root, without detours. It was taken, so it can be read. */
function plain(path: string): string {
  return pathOf(namesOf(path))
}
