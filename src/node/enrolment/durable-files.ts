/** Small files that are there whole or not at all, whenever the power goes. */
import { tryText, utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'

/** A file that is being written; one left over from a crash is overwritten by the next write. */
const UNFINISHED_SUFFIX = '.unfinished'

/** On the medium when it returns; a reader sees the old file or the new one, never a part. */
export async function writeDurably(disk: Disk, path: string, text: string): Promise<void> {
  const unfinished = path + UNFINISHED_SUFFIX
  const file = await disk.open(unfinished, 'write')
  try {
    const bytes = utf8(text)
    await file.truncate(0)
    await file.write(0, bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(unfinished, path)
  await disk.syncDirectory(directoryOf(path))
}

/** What a write that was broken off left beside the file. */
export async function removeUnfinished(disk: Disk, path: string): Promise<void> {
  await disk.remove(path + UNFINISHED_SUFFIX)
}

/** `undefined` when there is none. @throws AnilloError DATA_DAMAGED when it is no text */
export async function readText(disk: Disk, path: string): Promise<string | undefined> {
  const bytes = await disk.read(path)
  if (bytes === undefined) return undefined
  const text = tryText(bytes)
  if (text === undefined) throw new AnilloError('DATA_DAMAGED', { path, problem: 'it is not text' })
  return text
}

/** `undefined` when there is none. @throws AnilloError DATA_DAMAGED when it is no JSON */
export async function readJson(disk: Disk, path: string): Promise<unknown> {
  const text = await readText(disk, path)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new AnilloError('DATA_DAMAGED', { path, problem: 'it is not JSON' })
  }
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '' : path.slice(0, slash)
}
