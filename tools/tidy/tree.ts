/** The checkout as a map from path to text, so that the rules run on planted faults as well. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Text of each file, named from the root with `/`. Files that are no text have none. */
export type Tree = ReadonlyMap<string, string>

/** What a rule found. */
export interface Finding {
  readonly path: string
  /** From 1; 0 for the file as a whole. */
  readonly line: number
  /** What is wrong, and what to do instead. */
  readonly text: string
}

/** Made by machines, or by others. */
const SKIPPED_FOLDERS = new Set(['.git', '.runtime', 'dist', 'node_modules'])

const TEXT_FILE = /(\.(ts|tsx|mjs|js|json|md|html|css|svg|txt|yml|yaml)|^LICENSE|^bin\/.*|run)$/

/** Reads the checkout at `root`. */
export function readTree(root: string): Tree {
  const tree = new Map<string, string>()
  readFolder({ root, folder: '', tree })
  return tree
}

function readFolder(at: {
  readonly root: string
  readonly folder: string
  readonly tree: Map<string, string>
}): void {
  const { root, folder, tree } = at
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (!SKIPPED_FOLDERS.has(entry.name)) readFolder({ root, folder: path, tree })
    } else if (entry.isFile()) {
      tree.set(path, TEXT_FILE.test(path) ? readFileSync(join(root, path), 'utf8') : '')
    }
  }
}
