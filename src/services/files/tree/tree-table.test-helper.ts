/** A tree without a ring, people who ask it, and what tests of it ask again and again. */
import assert from 'node:assert/strict'

import { isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { FileUser } from '../types.ts'
import { Sharing } from './sharing.ts'
import { Trash } from './trash.ts'
import { TreeWorld, type Caller } from './tree-world.test-helper.ts'
import type { Tree } from './tree.ts'

export const HOMES = '/home'
export const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }
export const BEN: FileUser = { nick: 'ben', isManager: false, mayWrite: true, groups: [] }
export const READER: FileUser = { nick: 'ana', isManager: false, mayWrite: false, groups: [] }
export const BOSS: FileUser = { nick: 'boss', isManager: true, mayWrite: true, groups: [] }
export const GUEST: FileUser = { nick: undefined, isManager: false, mayWrite: false, groups: [] }

export interface Table {
  readonly world: TreeWorld
  readonly caller: Caller
  readonly tree: Tree
  readonly trash: Trash
  readonly sharing: Sharing
  readonly run: TreeWorld['run']
}

export function table(seed = 1): Table {
  const world = new TreeWorld(seed)
  const caller = world.caller()
  const { tree } = caller
  return {
    world,
    caller,
    tree,
    trash: new Trash(tree),
    sharing: new Sharing(tree),
    run: (work) => world.run(work),
  }
}

export async function put(tree: Tree, who: FileUser, [path, text]: readonly [string, string]) {
  const target = await tree.content(who, path)
  const body = new TextEncoder().encode(text)
  const given = { by: who.nick ?? '', bytes: body.length, sha256: sha256Hex(body), body }
  return tree.put(target, given)
}

export async function text(tree: Tree, path: string, who = BOSS): Promise<string | undefined> {
  const { entry, place } = await tree.find(who, path)
  if (entry?.file === undefined || place === undefined) return undefined
  const { number } = entry.file
  const body = await tree.rows.body(place.folder, { id: entry.id, number })
  return body && new TextDecoder().decode(body)
}

export async function names(tree: Tree, who: FileUser, path: string): Promise<string[]> {
  return (await tree.list(who, path)).entries.map(({ name }) => name)
}

export async function refuses(
  { run }: Table,
  work: Promise<unknown>,
  code: ErrorCode,
): Promise<void> {
  await assert.rejects(run(work), (thrown) => {
    assert.ok(isAnilloError(thrown, code), `${String(thrown)}, not ${code}`)
    return true
  })
}
