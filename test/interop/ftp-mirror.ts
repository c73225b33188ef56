/** Trees of files on this computer, for lftp to mirror, and what the ring's disks have of them. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { sha256Hex } from '../../src/base/hash.ts'
import { KIB } from '../../src/base/limits.ts'
import { SeededChance } from '../../src/base/random.ts'

/** Of these sizes in turn; those from 8 KiB on are chunks on disks. */
const SIZES = [0, 1, 200, 3 * KIB, 12 * KIB, 40 * KIB]
export const CHUNKS_FROM_BYTES = 8 * KIB
const FILES_PER_FOLDER = 25

/** So many files in folders of folders; each eighth is another's equal. */
export async function makeTree(root: string, files: number): Promise<void> {
  const random = new SeededChance(6)
  for (let at = 0; at < files; at++) {
    const folder = join(root, `año ${at % 7}`, `${Math.floor(at / FILES_PER_FOLDER)} 😀`)
    await mkdir(folder, { recursive: true })
    const size = SIZES[at % SIZES.length] ?? 0
    const bytes =
      at % 8 === 7
        ? new Uint8Array(size).fill(7)
        : Uint8Array.from({ length: size }, () => random.below(256))
    await writeFile(join(folder, `file ${at}.bin`), bytes)
  }
}

export interface TreeSummary {
  /** Path and SHA-256 of each. */
  readonly files: ReadonlyMap<string, string>
  /** Of different contents that are chunks. */
  readonly chunkBytes: number
}

export async function summaryOf(root: string): Promise<TreeSummary> {
  const files = new Map<string, string>()
  const sizes = new Map<string, number>()
  for (const path of await filesIn(root)) {
    const bytes = await readFile(path)
    const hash = sha256Hex(bytes)
    files.set(relative(root, path), hash)
    if (bytes.length >= CHUNKS_FROM_BYTES) sizes.set(hash, bytes.length)
  }
  return { files, chunkBytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0) }
}

/** Of all members whose data are in `data`, and how many files they are. */
export async function chunksOnDisk(data: string): Promise<{ bytes: number; files: number }> {
  let [bytes, files] = [0, 0]
  for (const path of await filesIn(data)) {
    if (!/\/chunks\/[\da-f]{2}\/[\da-f]{64}$/.test(path)) continue
    bytes += (await stat(path)).size
    files++
  }
  return { bytes, files }
}

async function filesIn(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name))
}
