/** All of one's own, as a ZIP on this computer. */
import { rename, rm } from 'node:fs/promises'

import type { OwnData } from '../client/own-data.ts'
import { OutFile, outputError } from './out-file.ts'

export interface ArchiveHow {
  /** Of how many bytes are written; what it returns is disposed of at the end. */
  readonly watch?: (bytes: () => number) => Disposable
  /** Bytes of attachments, too. */
  readonly withFiles?: boolean
}

/**
 * Under another name until it is whole, so that no broken ZIP takes the place of a good one.
 * @returns its bytes
 * @throws AnilloError as `OwnData.export`; USAGE: it cannot be written
 */
export async function writeOwnArchive(
  ownData: Pick<OwnData, 'export'>,
  path: string,
  { watch, withFiles = false }: ArchiveHow = {},
): Promise<number> {
  const unfinished = `${path}.part`
  try {
    const bytes = await writeAll(ownData, unfinished, { withFiles, ...(watch && { watch }) })
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
  { watch, withFiles = false }: ArchiveHow,
): Promise<number> {
  await using file = await OutFile.create(path)
  using _ = watch?.(() => file.bytes)
  for await (const part of ownData.export({ withFiles })) {
    if (part === 'again') await file.restart()
    else await file.write(part.bytes)
  }
  return file.bytes
}
