/** Keeps node_modules at what package-lock.json says. */
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

import { hashOfFiles, readTextIfAny, writeStamp, writing } from './files.mjs'
import { lockedPackages } from './locked.mjs'
import { INSTALL_FLAGS, runNpm } from './npm.mjs'
import { SetupError } from './tell.mjs'

/** @typedef {import('./places.mjs').Places} Places */

/**
 * Whether npm has to run. A node_modules that is a link belongs to another checkout: left alone.
 * @param {Places} places
 */
export function packagesNeeded(places) {
  if (isLink(places.nodeModules)) return false
  if (!existsSync(places.installedLock)) return true
  if (readTextIfAny(places.installStamp) === wantedStamp(places)) return false
  // Somebody ran npm by hand, or it is an image built by another account: what counts is what is
  // there.
  return differences(places).length > 0
}

/** @param {string} path */
function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

/** @param {Places} places */
function wantedStamp(places) {
  return hashOfFiles(places.root, [places.packageLock, places.packageJson])
}

/**
 * @param {{ places: Places, node: string, onSpawn: (pid: number) => void }} options
 * @throws SetupError when what is installed is not what the lock names
 */
export async function installPackages({ places, node, onSpawn }) {
  writing(places.runtime, () => rmSync(places.installStamp, { force: true }))
  const lock = readFileSync(places.packageLock)
  await runNpm({ cwd: places.root, node, args: INSTALL_FLAGS, onSpawn })
  if (!readFileSync(places.packageLock).equals(lock)) {
    writeFileSync(places.packageLock, lock)
    throw new SetupError(
      'npm changed package-lock.json, so package.json asks for what the lock does not hold. The ' +
        'lock was put back; run “npm install” by hand to renew it.',
    )
  }
  const wrong = differences(places)
  if (wrong.length > 0) throw new SetupError(`Not as package-lock.json says: ${wrong.join(', ')}`)
  writeStamp(places.installStamp, wantedStamp(places))
}

/**
 * Packages whose version or hash is not the lock's, or that are absent though nothing makes them
 * optional (other platforms' binaries are).
 * @param {Places} places
 * @returns {string[]}
 */
function differences(places) {
  const wanted = lockedPackages(places.packageLock)
  const installed = lockedPackages(places.installedLock)
  const wrong = []
  for (const [path, entry] of wanted) {
    const there = installed.get(path)
    if (there === undefined ? !entry.optional : !isSame(entry, there)) wrong.push(path)
  }
  return wrong
}

/**
 * @param {import('./locked.mjs').LockedPackage} wanted
 * @param {import('./locked.mjs').LockedPackage} there
 */
function isSame(wanted, there) {
  return wanted.version === there.version && wanted.integrity === there.integrity
}
