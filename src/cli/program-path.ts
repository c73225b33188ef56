/** How another `anillo` is started from this one: the same runtime, the same sources. */
import { fileURLToPath } from 'node:url'

/**
 * V8 grows its young generation to 16 MiB and more before it collects; a member's garbage is
 * short-lived and small, and eight of them share a computer.
 */
const MEMORY_FLAGS = ['--max-semi-space-size=2']

export function programOf(): { readonly file: string; readonly args: readonly string[] } {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  return { file: process.execPath, args: [...MEMORY_FLAGS, main] }
}
