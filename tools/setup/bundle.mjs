/**
 * `node tools/setup/bundle.mjs ENTRY OUT [ENTRY OUT]...`: each entry with all that it imports, as
 * one file.
 */
import { resolve } from 'node:path'

import { rolldown } from 'rolldown'

/**
 * Left where they are: packages that read files beside their own, or that few members need, and
 * what `anillo sim` and `anillo bench` run from the sources.
 */
const OUTSIDE = [/^@fastify\/swagger-ui/, /^pino/, /^bittorrent-dht/, /\/(sim|bench)\/main\.ts$/]

/**
 * An `import` of `node:http` evaluates all that it exports, among it a whole other HTTP client: 40
 * ms of each start.
 * @type {import('rolldown').Plugin}
 */
const HTTP_AT_NEED = {
  name: 'http at need',
  resolveId: (id) => (id === 'node:http' ? '\0node:http' : undefined),
  load: (id) =>
    id === '\0node:http' ? "module.exports = process.getBuiltinModule('node:http')" : undefined,
}

/** The one kind of text in which an escape is not what it stands for. */
const RAW = /String\.raw`[^`]*[^\0-\x7f]/

/**
 * V8 keeps a text that has a letter beyond Latin 1 in two bytes a letter: 7 MiB of each process.
 * @type {import('rolldown').Plugin}
 */
const IN_ASCII = {
  name: 'in ASCII',
  renderChunk: (code) => {
    if (RAW.test(code)) throw new Error('String.raw takes no letters beyond ASCII in the program')
    return code.replaceAll(
      /[^\0-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  },
}

/**
 * @param {string} entry
 * @param {string} out
 */
async function bundleOne(entry, out) {
  const bundle = await rolldown({
    input: resolve(entry),
    platform: 'node',
    external: OUTSIDE,
    plugins: [HTTP_AT_NEED, IN_ASCII],
    // What the packages do is not ours to warn of at each start.
    onLog: (level, log, handler) => {
      if (level !== 'warn') handler(level, log)
    },
  })
  await bundle.write({ file: resolve(out), format: 'esm', codeSplitting: false })
}

const paths = process.argv.slice(2)
for (let at = 0; at < paths.length; at += 2) await bundleOne(paths[at] ?? '', paths[at + 1] ?? '')
