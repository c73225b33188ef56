/** All rows of a tree, looked at from outside: what everybody sees, and what must hold of it. */
import assert from 'node:assert/strict'

import { present } from '../../../base/assert.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import { ALL_PARTITIONS, partitionOf } from '../../../wire/partition.ts'
import { CONTENTS_TABLE, HOLDER_PREFIX } from '../contents/rows.ts'
import { followedKey, readFollowedRow } from './follow-procedures.ts'
import {
  bodyKey,
  CLAIM_PREFIX,
  ENTRY_PREFIX,
  FILES_TABLE,
  holderOf,
  moveKey,
  nameKey,
  numberIn,
  ROOT,
  selfKey,
  SLOT_KEY,
  trashOf,
  USAGE_TABLE,
  usageKey,
} from './places.ts'
import {
  readClaimRow,
  readEntryRow,
  readMoveRow,
  readSelfRow,
  readUsageRow,
  readVersionRow,
  type EntryRow,
} from './rows.ts'
import type { TreeWorld } from './tree-world.test-helper.ts'

export interface Standing {
  readonly folder: string
  readonly key: string
  readonly row: EntryRow
}

const ROWS_MAX = 1_000

export class TreeAudit {
  readonly #world: TreeWorld
  readonly #nicks: readonly string[]
  /** Each that ever had an entry. */
  readonly folders: Set<string>

  constructor(world: TreeWorld, nicks: readonly string[]) {
    this.#world = world
    this.#nicks = nicks
    this.folders = new Set([ROOT, ...nicks.map(trashOf)])
  }

  /** T1, T2, T3, as of this moment. @returns what everybody sees, by id. */
  check(): ReadonlyMap<string, Standing> {
    const seen = new Map<string, Standing>()
    // A set that grows is gone through to its end.
    for (const folder of this.folders) {
      for (const standing of this.entries(folder)) {
        const { key, row } = standing
        if (row.file === undefined) this.folders.add(row.id)
        assert.equal(key, nameKey(row.name), 'T2: an entry stands under its name')
        if (!this.#isHere(row)) continue
        assert.ok(!seen.has(row.id), `T1: ${row.name} is at two places`)
        seen.set(row.id, standing)
      }
    }
    const tops = new Set([ROOT, ...this.#nicks.map(trashOf)])
    for (const { folder, row } of seen.values()) {
      let at = folder
      for (let steps = 0; !tops.has(at); steps++) {
        assert.ok(steps < seen.size, `T3: ${row.name} lies in a circle`)
        at = present(seen.get(at), `T3: the entry of the folder of ${row.name}`).folder
      }
    }
    return seen
  }

  #isHere({ leaving }: EntryRow): boolean {
    const record = leaving && this.#get(moveKey(leaving.to, leaving.move))
    return record === undefined || readMoveRow(record).state === 'void'
  }

  entries(folder: string): Standing[] {
    return this.#list(FILES_TABLE, { pk: folder, prefix: ENTRY_PREFIX }).map((record) => ({
      folder,
      key: record.sk.slice(ENTRY_PREFIX.length),
      row: readEntryRow(record),
    }))
  }

  /** T4 and T6, after all is quiet. */
  checkQuiet(contents: readonly string[]): void {
    const seen = this.check()
    const held = new Set<string>()
    const sums = new Map<string, { bytes: number; files: number }>()
    const charge = (nick: string, bytes: number, files: number): void => {
      const sum = sums.get(nick) ?? { bytes: 0, files: 0 }
      sums.set(nick, { bytes: sum.bytes + bytes, files: sum.files + files })
    }
    for (const folder of this.folders) {
      const record = this.#get(selfKey(folder))
      const isTop = folder === ROOT || this.#nicks.some((nick) => trashOf(nick) === folder)
      assert.equal(record !== undefined, isTop || seen.has(folder), 'T6: a folder and its entry')
      if (record === undefined) continue
      const self = readSelfRow(record)
      const entries = this.entries(folder)
      assert.equal(self.closed, undefined, 'T6: a closed folder is left')
      assert.equal(record.expiresAtMs, undefined, 'T6: a foundling is left')
      assert.equal(self.entries, entries.length, 'the number of entries')
      assert.equal(self.parent, seen.get(folder)?.folder ?? ROOT, 'T3: parents')
      const bodies = new Set<string>()
      for (const { row } of entries) {
        assert.equal(row.leaving, undefined, 'T6: a mark is left')
        if (row.file === undefined) continue
        charge(row.owner, row.file.bytes, 1)
        const versions = this.#list(FILES_TABLE, { pk: folder, prefix: `v/${row.id}/` })
        for (const version of versions) {
          charge(readVersionRow(version).owner, readVersionRow(version).bytes, 0)
        }
        const all = [row.file, ...versions.map(readVersionRow)]
        assert.deepEqual(
          versions.map(({ sk }) => numberIn(sk)),
          versions.map((version) => readVersionRow(version).number),
        )
        for (const { content, number } of all) {
          const holder = holderOf({ id: row.id, number })
          if (content !== undefined) held.add(`${content} ${holder}`)
          else bodies.add(bodyKey(folder, { id: row.id, number }).sk)
        }
      }
      const rows = this.#list(FILES_TABLE, { pk: folder, prefix: 'b/' }).map(({ sk }) => sk)
      assert.deepEqual(rows.toSorted(), [...bodies].toSorted(), 'bodies are there, and no other')
    }
    const holders = contents.flatMap((content) =>
      this.#list(CONTENTS_TABLE, { pk: content, prefix: HOLDER_PREFIX }).map(
        ({ sk }) => `${content} ${sk.slice(HOLDER_PREFIX.length)}`,
      ),
    )
    assert.deepEqual(holders.toSorted(), [...held].toSorted(), 'T4: who holds contents')
    assert.equal(this.#get(SLOT_KEY), undefined, 'T6: the slot is left')
    for (const nick of this.#nicks) {
      const record = this.#get(usageKey(nick))
      const { bytes = 0, files = 0 } = record === undefined ? {} : readUsageRow(record)
      assert.deepEqual({ bytes, files }, sums.get(nick) ?? { bytes: 0, files: 0 }, `of ${nick}`)
    }
  }

  /** Of an account: what is counted, and what is claimed besides. */
  promised(nick: string): number {
    const record = this.#get(usageKey(nick))
    const claims = this.#list(USAGE_TABLE, { pk: usageKey(nick).pk, prefix: CLAIM_PREFIX })
    const sum = record === undefined ? 0 : readUsageRow(record).bytes
    return claims.reduce((all, claim) => all + readClaimRow(claim).bytes, sum)
  }

  /** After all is quiet: each handle knows the place of its file. @param handles by id */
  checkFollowed(handles: ReadonlyMap<string, string>): void {
    const seen = this.check()
    for (const [id, handle] of handles) {
      const { folder, key } = present(seen.get(id), 'a file that is followed')
      const record = this.#get(followedKey(handle.slice(handle.indexOf('/') + 1)))
      const { at } = readFollowedRow(present(record, 'the row of a handle'))
      assert.deepEqual(at, { folder, key, id }, 'a handle has the place of its file')
    }
    for (const nick of this.#nicks) {
      const claims = this.#list(USAGE_TABLE, { pk: usageKey(nick).pk, prefix: CLAIM_PREFIX })
      assert.equal(claims.length, 0, `a claim of ${nick} is left`)
    }
  }

  #get(key: { readonly table: string; readonly pk: string; readonly sk: string }) {
    return this.#world.machine(partitionOf(key.table, key.pk)).partition.get(key)
  }

  #list(
    table: string,
    { pk, prefix }: { readonly pk: string; readonly prefix: string },
  ): readonly StoredRecord[] {
    const { partition } = this.#world.machine(partitionOf(table, pk))
    return partition.list({ table, pk, prefix, limit: ROWS_MAX }).items
  }

  /** Messages that procedures refused: none should be. */
  refusedMessages(): readonly unknown[] {
    return ALL_PARTITIONS.flatMap((id) => this.#world.machine(id).partition.refusedMessages())
  }
}
