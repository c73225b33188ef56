/** Moves and copies of several entries, asking where a name is taken. */
import type { FileEntry } from '../../../../src/wire/api-files.ts'
import { isTrouble, type FilesClient } from '../../api/files.ts'
import type { ClashChoice } from '../../files/upload-item.ts'
import { childOf, freeName, parentOf } from '../../model/file-paths.ts'
import type { ClashAnswer } from './clash-dialog.tsx'

export interface Placed {
  readonly name: string
  readonly before: FileEntry
  readonly after: FileEntry
}

export interface Placer {
  readonly files: FilesClient
  readonly how: 'move' | 'copy'
  readonly folder: string
  readonly ask: (name: string, mayReplace: boolean) => Promise<ClashAnswer>
}

/** @returns puts one there; `undefined`: it was left out */
export function placing(placer: Placer): (entry: FileEntry) => Promise<Placed | undefined> {
  let forAll: ClashChoice | undefined
  return async (entry) => {
    // A copy where it already is stands beside itself.
    if (placer.how === 'copy' && parentOf(entry.path) === placer.folder)
      return beside(placer, entry)
    try {
      return await placed(placer, entry, { name: entry.name, replace: false })
    } catch (thrown) {
      if (!isTrouble(thrown, 'ENTRY_EXISTS')) throw thrown
    }
    const answer =
      forAll === undefined
        ? await placer.ask(entry.name, entry.kind === 'file')
        : { choice: forAll, forAll: true }
    if (answer.forAll) forAll = answer.choice
    if (answer.choice === 'skip') return undefined
    if (answer.choice === 'replace' && entry.kind === 'file')
      return placed(placer, entry, { name: entry.name, replace: true })
    return beside(placer, entry)
  }
}

async function beside(placer: Placer, entry: FileEntry): Promise<Placed> {
  for (const taken = new Set([entry.name]); ;) {
    const name = freeName(entry.name, taken)
    try {
      return await placed(placer, entry, { name, replace: false })
    } catch (thrown) {
      if (!isTrouble(thrown, 'ENTRY_EXISTS')) throw thrown
      taken.add(name)
    }
  }
}

async function placed(
  { files, folder, how }: Placer,
  entry: FileEntry,
  { name, replace }: { readonly name: string; readonly replace: boolean },
): Promise<Placed> {
  const order = { entry, to: childOf(folder, name), ...(replace ? { replace } : {}) }
  const after = how === 'move' ? await files.move(order) : await files.copy(order)
  return { name: entry.name, before: entry, after }
}
