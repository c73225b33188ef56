/**
 * Sets a checkout up: the runtime, the packages, the program and the page. Does nothing, fast, when
 * all is there; safe when started several times at once, and after being interrupted anywhere.
 */
import { existsSync } from 'node:fs'

import { alone } from './claim.mjs'
import { installPackages, packagesNeeded } from './packages.mjs'
import { buildPage, pageNeeded } from './page.mjs'
import { placesOf } from './places.mjs'
import { buildProgram, programNeeded } from './program.mjs'
import { installNode, NODE_VERSION, nodeFor } from './runtime.mjs'
import { withProgress } from './tell.mjs'

/**
 * @param {{
 *   root: string,
 *   builds: boolean,
 *   running?: { version: string, execPath: string, target: string },
 * }} options `builds`: program and page too; else only what runs from the sources is set up
 * @returns {Promise<{ node: string, compileCache: string }>} what to run with
 */
export async function setUp({ root, builds, running = thisProcess() }) {
  const places = placesOf(root)
  const node = nodeFor(places.runtime, running)
  const buildsNeeded = () => builds && (programNeeded(places) || pageNeeded(places))
  const needed = () => !existsSync(node) || packagesNeeded(places) || buildsNeeded()
  await alone(places.claims, needed, async (onSpawn) => {
    if (!existsSync(node)) {
      await withProgress(`getting Node.js ${NODE_VERSION} (here is ${running.version})`, () =>
        installNode({ runtimeFolder: places.runtime, running, onSpawn }),
      )
    }
    if (packagesNeeded(places)) {
      await withProgress('installing packages', () => installPackages({ places, node, onSpawn }))
    }
    if (builds && programNeeded(places)) {
      await withProgress('building the program', () => buildProgram({ places, node, onSpawn }))
    }
    if (builds && pageNeeded(places)) {
      await withProgress('building the page', () => buildPage({ places, node, onSpawn }))
    }
  })
  return { node, compileCache: places.compileCache }
}

function thisProcess() {
  return {
    version: process.version,
    execPath: process.execPath,
    target: `${process.platform}-${process.arch}`,
  }
}
