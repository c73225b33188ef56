/** How another `anillo` is started from this one: the same runtime, the same program. */
import { extname, join } from 'node:path'

/**
 * V8 grows its young generation to 16 MiB and more before it collects, and eight members share a
 * computer; but below 8 MiB what a put holds for its two syncs of a disk is copied twice.
 */
const MEMORY_FLAGS = ['--max-semi-space-size=8']

export function programOf(): { readonly file: string; readonly args: readonly string[] } {
  // Built into one file (tools/setup/bundle.mjs) this is that file; among the sources it stands
  // beside it.
  const isBuilt = extname(import.meta.filename) === '.js'
  const main = isBuilt ? import.meta.filename : join(import.meta.dirname, 'main.ts')
  return { file: process.execPath, args: [...MEMORY_FLAGS, main] }
}
