/** What the methods stand on, and how they read what came. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import type { TreeAsk } from '../../services/files/http-protocol.ts'
import type { PathLocks } from '../../services/files/locks/types.ts'
import type { Entry, Files } from '../../services/files/types.ts'
import { XML_BYTES_MAX } from './limits.ts'
import { readXml, type Element } from './xml.ts'

export interface DavParts {
  readonly files: Files
  readonly locks: PathLocks
  readonly clock: Pick<Clock, 'wallMs'>
}

export async function entryAt(
  { ask, parts }: { readonly ask: TreeAsk; readonly parts: DavParts },
  path: string,
): Promise<Entry | undefined> {
  try {
    return await parts.files.stat(ask.who, path, { signal: ask.signal })
  } catch (thrown) {
    // A file in the middle of the path: there is nothing below it.
    if (isAnilloError(thrown, 'NO_ENTRY') || isAnilloError(thrown, 'NOT_A_FOLDER')) return undefined
    throw thrown
  }
}

/** @throws AnilloError TOO_LARGE */
export async function bodyBytes(ask: TreeAsk): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of ask.body()) {
    length += piece.length
    if (length > XML_BYTES_MAX) {
      throw new AnilloError('TOO_LARGE', { what: 'The request', limit: `${XML_BYTES_MAX} bytes` })
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** `undefined`: nothing came. @throws AnilloError BAD_REQUEST, TOO_LARGE */
export async function xmlIn(ask: TreeAsk): Promise<Element | undefined> {
  const bytes = await bodyBytes(ask)
  return bytes.length === 0 ? undefined : readXml(bytes)
}
