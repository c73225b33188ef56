/** Folders within each other, of which some are open and some were not read yet. Pure. */
import type { FileEntry } from '../../../src/wire/api-files.ts'
import { isWithin, ROOT } from './file-paths.ts'

export interface FolderTree {
  readonly path: string
  /** Empty of the root. */
  readonly name: string
  readonly isReadOnly: boolean
  readonly isOpen: boolean
  /** `undefined`: it was not looked into. */
  readonly folders: readonly FolderTree[] | undefined
}

export const ROOT_NODE: FolderTree = {
  path: ROOT,
  name: '',
  isReadOnly: false,
  isOpen: false,
  folders: undefined,
}

export function nodeAt(tree: FolderTree, path: string): FolderTree | undefined {
  if (tree.path === path) return tree
  if (!isWithin(path, tree.path)) return undefined
  for (const folder of tree.folders ?? []) {
    const found = nodeAt(folder, path)
    if (found !== undefined) return found
  }
  return undefined
}

/** With what is in a folder; what was known below it stays. */
export function withFolders(
  tree: FolderTree,
  path: string,
  found: readonly Pick<FileEntry, 'path' | 'name' | 'access'>[],
): FolderTree {
  return changed(tree, path, (node) => {
    const known = new Map((node.folders ?? []).map((one) => [one.path, one]))
    const folders = found
      .map(({ access, name, path: inner }) => ({
        ...(known.get(inner) ?? ROOT_NODE),
        path: inner,
        name,
        isReadOnly: access === 'read',
      }))
      .toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))
    return { ...node, folders }
  })
}

export function withOpen(tree: FolderTree, path: string, isOpen: boolean): FolderTree {
  return changed(tree, path, (node) => ({ ...node, isOpen }))
}

function changed(
  tree: FolderTree,
  path: string,
  change: (node: FolderTree) => FolderTree,
): FolderTree {
  if (tree.path === path) return change(tree)
  if (tree.folders === undefined || !isWithin(path, tree.path)) return tree
  return { ...tree, folders: tree.folders.map((folder) => changed(folder, path, change)) }
}

export interface TreeRow {
  readonly path: string
  readonly name: string
  /** From 1 on. */
  readonly level: number
  readonly isOpen: boolean
  /** It is known that no folder is in it. */
  readonly isLeaf: boolean
}

/** Those in sight, from the top. */
export function flattened(tree: FolderTree, level = 1): readonly TreeRow[] {
  const { folders, isOpen, name, path } = tree
  const row = { path, name, level, isOpen, isLeaf: folders?.length === 0 }
  const below = isOpen ? (folders ?? []).flatMap((folder) => flattened(folder, level + 1)) : []
  return [row, ...below]
}

export interface TreeStep {
  readonly path: string
  readonly isOpen?: boolean
}

/** Where a key leads, as WAI-ARIA has it of trees; `undefined`: nowhere. */
export function treeStep(
  rows: readonly TreeRow[],
  { active, key }: { readonly active: string; readonly key: string },
): TreeStep | undefined {
  const at = rows.findIndex(({ path }) => path === active)
  const row = rows[at]
  const to = (step: TreeRow | undefined): TreeStep | undefined => step && { path: step.path }
  switch (key) {
    case 'ArrowDown':
      return to(rows[at + 1])
    case 'ArrowUp':
      return to(rows[Math.max(0, at - 1)])
    case 'Home':
      return to(rows[0])
    case 'End':
      return to(rows.at(-1))
    case 'ArrowRight':
      if (row === undefined || row.isLeaf) return undefined
      return row.isOpen ? to(rows[at + 1]) : { path: row.path, isOpen: true }
    case 'ArrowLeft':
      if (row?.isOpen === true && !row.isLeaf) return { path: row.path, isOpen: false }
      return to(rows.slice(0, Math.max(0, at)).findLast((one) => one.level < (row?.level ?? 0)))
    default:
      return undefined
  }
}
