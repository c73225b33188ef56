/** Reads npm's lock files: package-lock.json, and npm's own record of what it installed. */
import { readTextIfAny } from './files.mjs'

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */

/**
 * The packages that a lock file names, by their place (`node_modules/…`); none without a file.
 * @param {string} path
 * @returns {Map<string, LockedPackage>}
 */
export function lockedPackages(path) {
  const text = readTextIfAny(path) ?? '{}'
  const lock = /** @type {{ packages?: Record<string, LockedPackage> }} */ (JSON.parse(text))
  const packages = new Map(Object.entries(lock.packages ?? {}))
  packages.delete('')
  return packages
}
