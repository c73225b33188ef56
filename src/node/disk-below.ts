/** A directory of a disk as a disk of its own. */
import type { Disk } from '../effects/disk.ts'

export function diskBelow(disk: Disk, root: string): Disk {
  if (root === '') return disk
  const at = (path: string): string => (path === '' ? root : `${root}/${path}`)
  return {
    open: (path, mode) => disk.open(at(path), mode),
    read: (path, place) => disk.read(at(path), place),
    write: (path, bytes) => disk.write(at(path), bytes),
    list: (path) => disk.list(at(path)),
    makeDirectory: (path) => disk.makeDirectory(at(path)),
    rename: (from, to) => disk.rename(at(from), at(to)),
    remove: (path) => disk.remove(at(path)),
    syncDirectory: (path) => disk.syncDirectory(at(path)),
    lock: (path) => disk.lock(at(path)),
    freeBytes: () => disk.freeBytes(),
  }
}
