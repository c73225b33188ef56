/** ZIP as it is read: files stored as they are, of any size (APPNOTE 6.3.9; ZIP64). */
import { makeZip } from 'client-zip'

export interface ZipFile {
  readonly name: string
  /** Ms since 1970. */
  readonly changedAtMs: number
  readonly pieces: AsyncIterable<Uint8Array>
}

/**
 * One file after the other: the next is asked for when all of the one before was taken. Leaving the
 * loop lets the files go.
 */
export async function* zipOf(files: AsyncIterable<ZipFile>): AsyncGenerator<Uint8Array> {
  const open: Open = { file: undefined }
  const reader = makeZip(entries(files, open)).getReader()
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  } finally {
    // The library lets go of its list of files, and not of the file that it is at.
    await reader.cancel().catch(() => undefined)
    await open.file?.return?.()
  }
}

interface Open {
  file: AsyncIterator<Uint8Array> | undefined
}

async function* entries(files: AsyncIterable<ZipFile>, open: Open) {
  for await (const { name, changedAtMs, pieces } of files) {
    const iterator = pieces[Symbol.asyncIterator]()
    open.file = iterator
    yield {
      name,
      lastModified: asLocalTime(changedAtMs),
      input: { [Symbol.asyncIterator]: () => iterator },
    }
  }
}

/** ZIP knows local times alone. In UTC, the same files give the same bytes wherever they are. */
function asLocalTime(atMs: number): Date {
  const local = new Date(atMs)
  return new Date(atMs + local.getTimezoneOffset() * 60_000)
}
