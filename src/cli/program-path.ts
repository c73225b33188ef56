/** How another `anillo` is started from this one: the same runtime, the same program. */
import { extname, join } from 'node:path'

/**
 * How V8 keeps the memory of a member (measurements, *Store*).
 *
 * The young generation: what a put holds for its two syncs of a disk is copied twice where it is
 * smaller; V8 itself would let it grow further, and eight members share a computer.
 *
 * It begins at half of that, not at 1 MiB: a start fills it some twenty times (measurements,
 * *Scrape*).
 *
 * What was applied lives some seconds, until it is in the database, and so dies among the old. V8
 * would collect these when they are two to four times what lives, on a machine with much memory; at
 * half as much again a member that is written to takes 70 to 90 MiB less.
 *
 * One thread beside the main one collects and compiles: the members of a computer share its cores,
 * and four threads of each would mostly wait for one another.
 */
const MEMORY_FLAGS = [
  '--min-semi-space-size=8',
  '--max-semi-space-size=16',
  '--heap-growing-percent=50',
  '--v8-pool-size=1',
] as const

export function programOf(): { readonly file: string; readonly args: readonly string[] } {
  // Built into one file (tools/setup/bundle.mjs) this is that file; among the sources it stands
  // beside it.
  const isBuilt = extname(import.meta.filename) === '.js'
  const main = isBuilt ? import.meta.filename : join(import.meta.dirname, 'main.ts')
  return { file: process.execPath, args: [...MEMORY_FLAGS, main] }
}
