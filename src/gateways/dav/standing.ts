/**
 * Whether a request may do what it asks for: its `If` header holds, and of whatever locks what it
 * changes it shows the token (RFC 4918, 6.4, 7, 10.4).
 */
import { AnilloError } from '../../base/errors.ts'
import type { TreeAsk } from '../../services/files/http-protocol.ts'
import { covers, isAtOrBelow, lockPath, scopeOf } from '../../services/files/locks/coverage.ts'
import type { PathLock } from '../../services/files/locks/types.ts'
import { parentOf, treePathIn } from './hrefs.ts'
import { readIf, tokensIn, type IfCondition, type IfList } from './if-header.ts'
import { IF_RESOURCES_MAX } from './limits.ts'
import { entryAt, type DavParts } from './parts.ts'

/** What a method does to a path. */
export interface Change {
  readonly path: string
  /** It comes or goes: the folder that it is in changes too. */
  readonly isOfFolder: boolean
  /** With all that is below it. */
  readonly isDeep: boolean
}

export class Standing {
  readonly #parts: DavParts
  readonly #ask: TreeAsk
  readonly #lists: readonly IfList[]
  readonly tokens: ReadonlySet<string>

  /** @throws AnilloError BAD_REQUEST */
  constructor(parts: DavParts, ask: TreeAsk) {
    this.#parts = parts
    this.#ask = ask
    const { if: header } = ask.headers
    this.#lists = header === undefined ? [] : readIf(String(header))
    this.tokens = tokensIn(this.#lists)
  }

  /** @throws AnilloError CONDITION_FAILED, BAD_REQUEST */
  async demandIf(path: string): Promise<void> {
    if (this.#lists.length === 0) return
    const facts = new Map<string, Promise<Facts>>()
    const factsAt = (at: string): Promise<Facts> => {
      const known = facts.get(at)
      if (known !== undefined) return known
      // Before anything is asked: nobody would wait for that answer, or take its failure.
      if (facts.size === IF_RESOURCES_MAX) {
        const problem = `its If header tells of more than ${IF_RESOURCES_MAX} resources`
        throw new AnilloError('BAD_REQUEST', { problem })
      }
      const asked = this.#factsAt(at)
      facts.set(at, asked)
      return asked
    }
    for (const { address, conditions } of this.#lists) {
      const at = address === undefined ? path : this.#pathOf(address)
      const here = at === undefined ? NOTHING : await factsAt(at)
      if (conditions.every((condition) => holds(condition, here))) return
    }
    throw new AnilloError('CONDITION_FAILED')
  }

  /** Elsewhere, or no path at all: nothing is known of it, and no condition holds there. */
  #pathOf(address: string): string | undefined {
    const { headers, isSecure } = this.#ask
    return treePathIn(address, { host: headers.host?.toString(), isSecure })
  }

  async #factsAt(path: string): Promise<Facts> {
    const { locks } = this.#parts
    const [entry, held] = await Promise.all([
      entryAt({ parts: this.#parts, ask: this.#ask }, path),
      locks.at(path, this.#options),
    ])
    const asked = lockPath(path)
    return { etag: entry && `"${entry.etag}"`, locks: held.filter((lock) => covers(lock, asked)) }
  }

  /**
   * @returns whether anything at or below the paths is locked
   * @throws AnilloError LOCKED
   */
  async demandLocks(changes: readonly Change[]): Promise<boolean> {
    let isLocked = false
    for (const change of changes) {
      const held = await this.#locksAround(change)
      isLocked ||= held.some(({ path }) => isAtOrBelow(lockPath(change.path), path))
      const out = this.#inTheWay(change, held)
      if (out !== undefined) {
        throw new AnilloError('LOCKED', { path: out.path, nick: out.nick })
      }
    }
    return isLocked
  }

  /** Of its folder all are read: it is one read either way. */
  #locksAround({ isOfFolder, path }: Change): Promise<readonly PathLock[]> {
    const parent = isOfFolder ? parentOf(path) : undefined
    const at = parent === undefined || scopeOf(parent) === undefined ? path : parent
    return this.#parts.locks.at(at, this.#options)
  }

  #inTheWay({ isDeep, isOfFolder, path }: Change, held: readonly PathLock[]): PathLock | undefined {
    const asked = lockPath(path)
    const folder = isOfFolder ? parentOf(asked) : undefined
    const around = held.filter(
      (lock) => covers(lock, asked) || (folder !== undefined && covers(lock, folder)),
    )
    // Of locks that several share, one’s own is enough.
    if (around.length > 0 && !around.some((lock) => this.#isShown(lock))) return around[0]
    const below = isDeep ? held.filter((lock) => isBelow(asked, lock.path)) : []
    return below.find((lock) => !this.#isShown(lock))
  }

  /** A token that somebody else was given is worth nothing (RFC 4918, 6.4). */
  #isShown({ nick, token }: PathLock): boolean {
    return nick === this.#ask.who.nick && this.tokens.has(token)
  }

  get #options(): { readonly signal: AbortSignal } {
    return { signal: this.#ask.signal }
  }
}

function isBelow(path: string, other: string): boolean {
  return path !== other && isAtOrBelow(path, other)
}

interface Facts {
  readonly etag: string | undefined
  readonly locks: readonly PathLock[]
}

const NOTHING: Facts = { etag: undefined, locks: [] }

function holds(condition: IfCondition, { etag, locks }: Facts): boolean {
  const isSo =
    condition.kind === 'etag'
      ? condition.etag === etag
      : locks.some(({ token }) => token === condition.token)
  return isSo !== condition.isNot
}
