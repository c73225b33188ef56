/**
 * Copies of folders. A copy is put together in the trash of whoever asks, and moved to its place
 * when it is whole: so others see all of it or nothing, and what a member left that died goes like
 * all that lies in a trash.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { CallOptions } from '../../store/types.ts'
import { refusalOf } from './tree/refusals.ts'
import type { Trash } from './tree/trash.ts'
import { beside } from './tree/tree-store.ts'
import { leastRead, type Tree } from './tree/tree.ts'
import type { Spot } from './tree/walk.ts'
import type { ChangeOptions, Entry, FileUser } from './types.ts'

/** So many names are known of each folder on the way down. */
const COPIED_AT_ONCE = 100

export interface FromTo {
  readonly from: string
  readonly to: string
}

export interface FolderCopiesParts {
  readonly tree: Tree
  readonly trash: Trash
  readonly copyFile: (who: FileUser, paths: FromTo, options: CallOptions) => Promise<unknown>
}

export class FolderCopies {
  readonly #parts: FolderCopiesParts

  constructor(parts: FolderCopiesParts) {
    this.#parts = parts
  }

  /** @throws AnilloError ENTRY_EXISTS, MOVE_INTO_ITSELF, NO_ACCESS, QUOTA_FULL */
  async copy(
    who: FileUser,
    { source, to }: { readonly source: Spot; readonly to: string },
    options: ChangeOptions,
  ): Promise<Entry> {
    const { trash, tree } = this.#parts
    const target = await tree.target(who, to, options)
    const { name, path, place, spot } = target
    if (source.folder !== undefined && spot.way.includes(source.folder)) {
      throw new AnilloError('MOVE_INTO_ITSELF', { path: source.path })
    }
    if (target.entry !== undefined && !(await tree.isGone(spot, options))) {
      throw refusalOf('exists', path)
    }
    const staged = await trash.stage(who, target, options)
    try {
      await this.#fill(who, { from: source.path, to: staged.path }, beside(options))
      const ask = { from: staged.place, id: staged.id, to: place, name, replace: false }
      const paths = { from: staged.path, to: path, access: leastRead(spot.access) }
      await tree.carry(ask, paths, options)
    } catch (thrown) {
      // What cannot be taken away now goes in its time.
      await trash.removeOne(who, staged.id).catch(() => undefined)
      throw thrown
    }
    return tree.stat(who, to, options)
  }

  /** Into a folder that is empty: its properties, and all that is in it. */
  async #fill(who: FileUser, { from, to }: FromTo, options: CallOptions): Promise<void> {
    const { tree } = this.#parts
    const inTrash = { ...options, takesFromTrash: true }
    const { properties } = await tree.stat(who, from, options)
    if (properties !== undefined) await tree.touch(who, to, { properties }, inTrash)
    let cursor: string | undefined
    do {
      const after = cursor === undefined ? {} : { cursor }
      const page = await tree.list(who, from, { ...options, limit: COPIED_AT_ONCE, ...after })
      for (const { kind, name } of page.entries) {
        const below = { from: `${from}/${name}`, to: `${to}/${name}` }
        await this.#unlessGone(who, below.from, options, async () => {
          if (kind === 'file') return void (await this.#parts.copyFile(who, below, inTrash))
          await tree.makeFolder(who, below.to, inTrash)
          await this.#fill(who, below, options)
        })
      }
      cursor = page.cursor
    } while (cursor !== undefined)
  }

  /** What went meanwhile is not missed. */
  async #unlessGone(
    who: FileUser,
    from: string,
    options: CallOptions,
    copied: () => Promise<void>,
  ): Promise<void> {
    try {
      await copied()
    } catch (thrown) {
      if (!isAnilloError(thrown, 'NO_ENTRY')) throw thrown
      const isThere = await this.#parts.tree.stat(who, from, options).then(
        () => true,
        () => false,
      )
      if (isThere) throw thrown
    }
  }
}
