/** How another `anillo` is started from this one: the same runtime, the same program. */
import { extname, join } from 'node:path'

/**
 * V8 grows its young generation to 16 MiB and more before it collects; a member's garbage is
 * short-lived and small, and eight of them share a computer.
 */
const MEMORY_FLAGS = ['--max-semi-space-size=2']

export function programOf(): { readonly file: string; readonly args: readonly string[] } {
  // Built into one file (tools/setup/bundle.mjs) this is that file; among the sources it stands
  // beside it.
  const isBuilt = extname(import.meta.filename) === '.js'
  const main = isBuilt ? import.meta.filename : join(import.meta.dirname, 'main.ts')
  return { file: process.execPath, args: [...MEMORY_FLAGS, main] }
}
