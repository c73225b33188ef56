/**
 * `node tools/setup/bundle.mjs ENTRY OUT [ENTRY OUT]...`: each entry with all that it imports, as
 * one file.
 */
import { resolve } from 'node:path'

import { rolldown } from 'rolldown'

/**
 * Left where they are: packages that read files beside their own, and what `anillo sim` and `anillo
 * bench` run from the sources.
 */
const OUTSIDE = [/^@fastify\/(static|swagger-ui)/, /^pino/, /\/(sim|bench)\/main\.ts$/]

/**
 * @param {string} entry
 * @param {string} out
 */
async function bundleOne(entry, out) {
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
}

const paths = process.argv.slice(2)
for (let at = 0; at < paths.length; at += 2) await bundleOne(paths[at] ?? '', paths[at + 1] ?? '')
