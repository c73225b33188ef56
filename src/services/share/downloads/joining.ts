/** What has all its pieces becomes a file of the tree, and a share that serves on. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Body, SealedBody, ShareParts, ShareUser } from '../parts.ts'
import type { Hashing } from '../shares/hashing.ts'
import { shareIdOf } from '../shares/share-rows.ts'
import type { Shares } from '../shares/shares.ts'
import type { HashTree } from '../tree/hash-tree.ts'
import type { DownloadRow } from './download-rows.ts'
import type { KeptPieces } from './kept-pieces.ts'
import { problemOf, type KeptProblem } from './problem.ts'
import { demandRights } from './rights.ts'

export interface JoiningTools {
  readonly parts: ShareParts
  readonly shares: Shares
  readonly hashing: Hashing
}

export interface Joined {
  readonly path: string
  readonly root?: string
  readonly share?: string
  readonly unshared?: KeptProblem
}

/** Names that are tried beside one that is taken. */
const NAMES_TRIED_MAX = 100

export class Joining {
  readonly #tools: JoiningTools

  constructor(tools: JoiningTools) {
    this.#tools = tools
  }

  async join({
    id,
    kept,
    row,
  }: {
    readonly row: DownloadRow
    readonly id: string
    readonly kept: KeptPieces
  }): Promise<Joined> {
    const { hashing, parts } = this.#tools
    const { bytes = 0, who } = row
    if (bytes === 0) throw new AnilloError('SHARE_EMPTY', { path: row.name })
    const bodies: readonly Body[] = await kept.bodies(bytes)
    const sealed = await parts.bytes.join(bodies, { nick: who.nick })
    const tree =
      row.isProven && row.root !== undefined
        ? { root: row.root, bytes, layer: await kept.layer() }
        : await hashing.whole(sealed)
    // The room that was promised is used from here on.
    await parts.bytes.waive({ nick: who.nick, id })
    const path = await this.place(row, sealed)
    return { path, root: tree.root, ...(await this.#share(row, { path, sealed, tree })) }
  }

  /**
   * As a file: also of what is in the ring already, which is no more than named once more.
   * @returns its path
   * @throws RightsLost
   */
  async place(row: DownloadRow, sealed: SealedBody): Promise<string> {
    const { parts } = this.#tools
    const who = await demandRights(parts, row.who)
    const path = await this.#put(row, who, sealed)
    const bytes = sealed.kind === 'here' ? sealed.bytes.length : sealed.bytes
    parts.note({ nick: row.who.nick }, { what: 'download.keep', path, to: row.name, bytes })
    return path
  }

  async #put(
    { isChosenPath, path }: DownloadRow,
    who: ShareUser,
    sealed: SealedBody,
  ): Promise<string> {
    const { tree } = this.#tools.parts
    for (let number = 1; ; number++) {
      const wanted = number === 1 ? path : beside(path, number)
      try {
        return await tree.put(who, wanted, sealed)
      } catch (thrown) {
        if (!isAnilloError(thrown, 'ENTRY_EXISTS')) throw thrown
        if (await this.#isSame(who, wanted, sealed)) return wanted
        if (isChosenPath || number === NAMES_TRIED_MAX) throw thrown
      }
    }
  }

  /** Whoever put it died before it could say so. */
  async #isSame(who: ShareUser, path: string, { sha256 }: SealedBody): Promise<boolean> {
    try {
      return (await this.#tools.parts.tree.at(who, path)).body.sha256 === sha256
    } catch (thrown) {
      if (isAnilloError(thrown)) return false
      throw thrown
    }
  }

  /** The file is there, whatever becomes of this. */
  async #share(
    row: DownloadRow,
    {
      path,
      sealed,
      tree,
    }: { readonly path: string; readonly sealed: SealedBody; readonly tree: HashTree },
  ): Promise<Pick<Joined, 'share' | 'unshared'>> {
    const sharing = { name: row.name, by: row.who.nick, path, body: sealed, tree }
    try {
      await this.#tools.shares.add(sharing)
      return { share: shareIdOf(row.name) }
    } catch (thrown) {
      if (!(thrown instanceof AnilloError) || thrown.code === 'STORE_UNAVAILABLE') throw thrown
      return { unshared: problemOf(thrown) }
    }
  }
}

/** `film.mp4` and 2: `film (2).mp4`. */
export function beside(path: string, number: number): string {
  const slash = path.lastIndexOf('/') + 1
  const name = path.slice(slash)
  const dot = name.lastIndexOf('.')
  const at = dot > 0 ? dot : name.length
  return `${path.slice(0, slash)}${name.slice(0, at)} (${number})${name.slice(at)}`
}
