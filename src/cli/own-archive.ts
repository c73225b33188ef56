/** All of one's own, as a ZIP on this computer. */
import { rename, rm } from 'node:fs/promises'

import type { OwnData } from '../client/own-data.ts'
import { OutFile, outputError } from './out-file.ts'

/**
 * Under another name until it is whole, so that no broken ZIP takes the place of a good one.
 * @param watch of how many bytes are written; what it returns is disposed of at the end
 * @returns its bytes
 * @throws AnilloError as `OwnData.export`; USAGE: it cannot be written
 */
export async function writeOwnArchive(
  ownData: Pick<OwnData, 'export'>,
  path: string,
  watch?: (bytes: () => number) => Disposable,
): Promise<number> {
  const unfinished = `${path}.part`
  try {
    const bytes = await writeAll(ownData, unfinished, watch)
    await rename(unfinished, path).catch((thrown: unknown) => {
      throw outputError(path, thrown)
    })
    return bytes
  } catch (thrown) {
    await rm(unfinished, { force: true })
    throw thrown
  }
}

async function writeAll(
  ownData: Pick<OwnData, 'export'>,
  path: string,
  watch: ((bytes: () => number) => Disposable) | undefined,
): Promise<number> {
  await using file = await OutFile.create(path)
  using _ = watch?.(() => file.bytes)
  for await (const part of ownData.export()) {
    if (part === 'again') await file.restart()
    else await file.write(part.bytes)
  }
  return file.bytes
}
