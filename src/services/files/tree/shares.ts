/**
 * What others share with somebody: the index tells where to look, grants as they are now decide.
 */
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type { CallOptions } from '../../../store/types.ts'
import { granteeKey, SHARES_TABLE } from '../../../wire/file-people.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import type { FileUser, SharedEntry } from '../types.ts'
import { ungrant } from './folder-procedures.ts'
import { handleOf, type Following } from './following.ts'
import type { EntryRow } from './rows.ts'
import { readShareRow, SHARE_PREFIX } from './share-procedures.ts'
import type { Tree } from './tree.ts'

const LOOKS_AT_ONCE = 32

interface Indexed {
  readonly handle: string
  readonly sinceMs: number
}

export class Shares {
  readonly #tree: Tree
  readonly #following: Following

  constructor(tree: Tree, following: Following) {
    this.#tree = tree
    this.#following = following
  }

  async all(who: FileUser, options?: CallOptions): Promise<readonly SharedEntry[]> {
    if (who.nick === undefined) return []
    const keys = [
      granteeKey({ kind: 'person', name: who.nick }),
      ...who.groups.map((name) => granteeKey({ kind: 'group', name })),
    ]
    const indexed = await Promise.all(keys.map((key) => this.#indexed(key, options)))
    const first = firstOfEach(indexed.flat())
    const found = new Map<string, SharedEntry>()
    for (let at = 0; at < first.length; at += LOOKS_AT_ONCE) {
      const looks = first.slice(at, at + LOOKS_AT_ONCE).map(async ({ handle, sinceMs }) => {
        const one = await this.one(who, handle, options)
        return one && { ...one, sinceMs }
      })
      // A file that took the place of others has a handle of each.
      for (const one of await Promise.all(looks)) {
        if (one !== undefined && !found.has(one.entry.id)) found.set(one.entry.id, one)
      }
    }
    return [...found.values()]
  }

  async one(
    who: FileUser,
    handle: string,
    options?: CallOptions,
  ): Promise<Omit<SharedEntry, 'sinceMs'> | undefined> {
    const sighted = await this.#following.sight(who, handle, { ...options, misses: 0 })
    const row = sighted?.spot.entry
    const named = row && namedBy(who, row)
    return sighted && named && { entry: sighted.entry, handle, ...named }
  }

  /** No entry that is known to name them does so any more. @param grantee who is gone */
  async forget(grantee: string, options?: CallOptions): Promise<void> {
    for (const { handle } of await this.#indexed(grantee, options)) {
      const place = await this.#following.placeOf(handle, options)
      if (place === undefined) continue
      await this.#tree.settled({ folder: place.folder, path: '', options }, () =>
        this.#tree.rows.change(place.folder, ungrant, { input: { ...place, grantee }, options }),
      )
    }
  }

  async #indexed(grantee: string, options?: CallOptions): Promise<Indexed[]> {
    const records: StoredRecord[] = []
    const range = { table: SHARES_TABLE, pk: grantee, limit: LIST_RECORDS_MAX }
    for (let last: string | undefined; ; last = records.at(-1)?.sk) {
      const from = last === undefined ? { prefix: SHARE_PREFIX } : { start: `${last}\0` }
      const { cursor, items } = await this.#tree.rows.store.list({ ...range, ...from }, options)
      records.push(...items)
      if (cursor === undefined) break
    }
    return records.flatMap((record) => {
      const { ended, isFolder, sinceMs } = readShareRow(record)
      const id = record.sk.slice(SHARE_PREFIX.length)
      return ended === true ? [] : [{ handle: handleOf(id, { isFolder }), sinceMs }]
    })
  }
}

/** Whoever is named, and in a group that is, has it since the first of both. */
function firstOfEach(indexed: readonly Indexed[]): Indexed[] {
  const first = new Map<string, Indexed>()
  for (const one of indexed.toSorted(byAge)) {
    if (!first.has(one.handle)) first.set(one.handle, one)
  }
  return [...first.values()]
}

function byAge(a: Indexed, b: Indexed): number {
  return a.sinceMs - b.sinceMs || (a.handle < b.handle ? -1 : 1)
}

/** `undefined`: the entry itself does not name them, or is theirs. */
function namedBy(
  { groups, nick = '' }: FileUser,
  { grants, owner }: EntryRow,
): Pick<SharedEntry, 'group'> | undefined {
  if (grants === undefined || owner === nick) return undefined
  if (Object.hasOwn(grants.people, nick)) return { group: undefined }
  const group = groups.find((name) => Object.hasOwn(grants.groups ?? {}, name))
  return group === undefined ? undefined : { group }
}
