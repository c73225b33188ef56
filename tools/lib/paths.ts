/** Where things are in the checkout. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the checkout, absolute. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A file of the checkout, named from its root with `/`. */
export function fromRoot(path: string): string {
  return join(ROOT, path)
}

/** Sources kept under these folders are checked, formatted and tested. */
export const SOURCE_FOLDERS = ['src', 'sim', 'test', 'tools', 'bench', 'web'] as const
