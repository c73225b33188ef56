/** Small file helpers of the set-up step. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { SetupError } from './tell.mjs'

/**
 * The text of a file, `undefined` where there is none.
 * @param {string} path
 */
export function readTextIfAny(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Replaces a small file in one step, so that no reader sees half of it.
 * @param {string} path
 * @param {string} text
 */
export function writeStamp(path, text) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, text)
  renameSync(draft, path)
}

/**
 * One hash over the content of files of a checkout, the same wherever it stands: what was built
 * outside an image is known inside it.
 * @param {string} root
 * @param {readonly string[]} paths
 */
export function hashOfFiles(root, paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex')
}

/**
 * As `hashOfFiles`, remembered in a file of its own for as long as the files have the same sizes
 * and times: reading some thousand files would be a third of what a short command takes.
 * @param {string} root
 * @param {readonly string[]} paths
 * @param {string} memory
 */
export function rememberedHash(root, paths, memory) {
  const look = lookOf(root, paths)
  const [seen, known] = (readTextIfAny(memory) ?? '').split('\n')
  if (seen === look && known !== undefined) return known
  const hash = hashOfFiles(root, paths)
  try {
    writeStamp(memory, `${look}\n${hash}`)
  } catch (problem) {
    // A checkout that cannot be written, or was not built yet, is read each time.
    if (systemCode(problem) === undefined) throw problem
  }
  return hash
}

/**
 * @param {string} root
 * @param {readonly string[]} paths
 */
function lookOf(root, paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    const { mtimeNs, size } = statSync(path, { bigint: true })
    hash.update(`${relative(root, path)}\0${size}\0${mtimeNs}\0`)
  }
  return hash.digest('hex')
}

/**
 * All files below a folder, sorted; none where the folder is absent.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  /** @type {string[]} */
  const found = []
  let entries
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return found
  }
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...filesBelow(path))
    else found.push(path)
  }
  return found.sort()
}

/**
 * The code of a system error such as `EACCES`, `undefined` for anything else.
 * @param {unknown} problem
 */
export function systemCode(problem) {
  if (!(problem instanceof Error) || !('code' in problem)) return undefined
  return typeof problem.code === 'string' ? problem.code : undefined
}

const REFUSED = new Set(['EACCES', 'EPERM', 'EROFS'])

/**
 * Runs work that writes below a folder; a refusal becomes a sentence that says what to do.
 * @template T
 * @param {string} folder
 * @param {() => T} work
 * @returns {T}
 */
export function writing(folder, work) {
  try {
    return work()
  } catch (problem) {
    const code = systemCode(problem)
    if (code === 'ENOSPC') throw new SetupError(`The disk that holds ${folder} is full. Free some.`)
    if (code === undefined || !REFUSED.has(code)) throw problem
    throw new SetupError(
      `${existing(folder)} cannot be written (${code}). Start anillo once as the owner of that ` +
        'folder, or from a copy of your own; after that it can be read-only.',
    )
  }
}

/**
 * The folder itself, or the nearest one above it that exists.
 * @param {string} folder
 * @returns {string}
 */
function existing(folder) {
  return existsSync(folder) ? folder : existing(dirname(folder))
}
