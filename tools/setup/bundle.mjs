/** `node tools/setup/bundle.mjs ENTRY OUT`: the entry with all that it imports, as one file. */
import { resolve } from 'node:path'

import { rolldown } from 'rolldown'

const [entry = '', out = ''] = process.argv.slice(2)

/**
 * Left where they are: packages that read files beside their own, and what `anillo sim` and `anillo
 * bench` run from the sources.
 */
const OUTSIDE = [/^@fastify\/(static|swagger-ui)/, /^pino/, /\/(sim|bench)\/main\.ts$/]

const bundle = await rolldown({
  input: resolve(entry),
  platform: 'node',
  external: OUTSIDE,
  // What the packages do is not ours to warn of at each start.
  onLog: (level, log, handler) => {
    if (level !== 'warn') handler(level, log)
  },
})
await bundle.write({ file: resolve(out), format: 'esm', codeSplitting: false })
