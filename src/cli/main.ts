/**
 * The entry of `anillo`. Loads the compile cache first, so that everything after it starts quickly.
 */
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runProgram } = await import('./program.ts')
const { processIo } = await import('./io.ts')
// No process.exit: what is still being written to a pipe would be lost.
process.exitCode = await runProgram(process.argv.slice(2), processIo())
