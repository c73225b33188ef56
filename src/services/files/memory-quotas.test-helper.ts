/** Limits and claims of the tree that `memory-files.test-helper.ts` keeps. */
import { checkedLimits, demandManager } from './limits-said.ts'
import type { MemoryTree } from './memory-tree.test-helper.ts'
import { demandRoom } from './room.ts'
import type { FileLimits, FileUser, Usage } from './types.ts'

interface HeldClaim {
  readonly nick: string
  readonly bytes: number
  readonly files: number
}

/** Whose files grow by how much. */
export interface More {
  /** Empty: nobody's. */
  readonly nick: string
  readonly bytes: number
  readonly files: number
}

const EVERYBODY = ''

export class MemoryQuotas {
  readonly #tree: MemoryTree
  readonly #said = new Map<string, FileLimits>()
  /** Of uploads under way, and of what broke off. */
  readonly #claims = new Map<string, HeldClaim>()

  constructor(tree: MemoryTree, usual: FileLimits) {
    this.#tree = tree
    this.#said.set(EVERYBODY, usual)
  }

  limits(who: FileUser, nick = EVERYBODY): FileLimits {
    demandManager(who)
    return this.#said.get(nick) ?? {}
  }

  setLimits(who: FileUser, nick: string | undefined, limits: FileLimits): void {
    demandManager(who)
    this.#said.set(nick ?? EVERYBODY, checkedLimits(limits))
  }

  /** @param apart a claim that does not count */
  usage(nick: string | undefined, apart?: string): Usage {
    const sum = nick === undefined ? { bytes: 0, files: 0 } : this.#tree.usageOf(nick)
    const claims = [...this.#claims].filter(([id, of]) => of.nick === nick && id !== apart)
    const most = (name: keyof FileLimits): number | undefined => {
      const own = nick === undefined ? undefined : this.#said.get(nick)?.[name]
      return (own === undefined ? this.#said.get(EVERYBODY)?.[name] : own) ?? undefined
    }
    const none = { bytes: 0, files: 0 }
    return {
      services: { files: sum, dweets: none, shares: none },
      bytes: sum.bytes,
      files: claims.reduce((all, [, { files }]) => all + files, sum.files),
      claimedBytes: claims.reduce((all, [, { bytes }]) => all + bytes, 0),
      bytesMax: most('bytesMax'),
      filesMax: most('filesMax'),
      upPerSecond: most('upPerSecond'),
      downPerSecond: most('downPerSecond'),
    }
  }

  /** @throws AnilloError QUOTA_FULL, QUOTA_FILES_FULL */
  demand({ nick, ...more }: More, apart?: string): void {
    if (nick !== '') demandRoom(nick, this.usage(nick, apart), more)
  }

  /** @throws AnilloError QUOTA_FULL, QUOTA_FILES_FULL */
  claim(id: string, more: More): void {
    this.demand(more, id)
    this.#claims.set(id, more)
  }

  /** What is there is there. */
  hold(id: string, more: More): void {
    if (more.nick !== '') this.#claims.set(id, more)
  }

  waive(id: string): void {
    this.#claims.delete(id)
  }
}
