/** Who may do what with files and folders: looked at and said. */
import { AnilloError } from '../../../base/errors.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { ChangeOptions, FileUser, Grants } from '../types.ts'
import { setGrants } from './folder-procedures.ts'
import { ROOT, ROOT_GRANTS_KEY } from './places.ts'
import { readRootGrants, type GrantsRow } from './rows.ts'
import { virtualRow, type Tree } from './tree.ts'

export class Sharing {
  readonly #tree: Tree

  constructor(tree: Tree) {
    this.#tree = tree
  }

  async grants(who: FileUser, path: string, options?: CallOptions): Promise<Grants | undefined> {
    const spot = await this.#tree.find(who, path, { options })
    const grants = spot.folder === ROOT ? await this.#rootGrants(options) : spot.entry?.grants
    return grants && { groups: {}, ...grants }
  }

  async #rootGrants(options?: CallOptions): Promise<GrantsRow | undefined> {
    const record = await this.#tree.rows.store.get(ROOT_GRANTS_KEY, options)
    return record && readRootGrants(record).grants
  }

  async setGrants(
    who: FileUser,
    { grants, path }: { readonly path: string; readonly grants: Grants | undefined },
    options?: ChangeOptions,
  ): Promise<void> {
    const spot = await this.#tree.find(who, path, { least: 'own', options })
    const { entry, folder, place } = spot
    if (spot.isInTrash || (place === undefined && folder !== ROOT)) {
      throw new AnilloError('READ_ONLY', { path: spot.path })
    }
    const given = grants === undefined ? {} : { grants: { ...grants } }
    const of = place === undefined || entry === undefined ? {} : { of: { ...place, id: entry.id } }
    const above = place?.folder ?? ROOT
    await this.#tree.settled({ folder: above, path: spot.path, options }, async () => {
      const input = { ...of, ...given }
      const told = await this.#tree.rows.decide(above, setGrants, { input, options })
      return told.kind === 'doneAtRoot'
        ? { kind: 'done', entry: virtualRow(ROOT, '', undefined) }
        : told
    })
  }
}
