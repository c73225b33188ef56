/** How another `anillo` is started from this one: the same runtime, the same program. */
import { extname, join } from 'node:path'

/**
 * V8 grows its young generation to 16 MiB and more before it collects, and eight members share a
 * computer; but below 8 MiB what a put holds for its two syncs of a disk is copied twice.
 *
 * What was applied lives some seconds, until it is in the database, and so dies among the old. V8
 * would collect these when they are two to four times what lives, on a machine with much memory; at
 * half as much again a member that is written to takes 70 to 90 MiB less.
 */
const MEMORY_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50']

export function programOf(): { readonly file: string; readonly args: readonly string[] } {
  // Built into one file (tools/setup/bundle.mjs) this is that file; among the sources it stands
  // beside it.
  const isBuilt = extname(import.meta.filename) === '.js'
  const main = isBuilt ? import.meta.filename : join(import.meta.dirname, 'main.ts')
  return { file: process.execPath, args: [...MEMORY_FLAGS, main] }
}
