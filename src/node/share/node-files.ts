/**
 * What a node of the open network keeps in a directory: its key pair, which its id is made of, and
 * what it knew when it was last asked. A lost state only slows the next start; a lost key makes it
 * another node.
 */
import { Type } from 'typebox'
import { Check } from 'typebox/value'

import { utf8 } from '../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import type { Effects } from '../../effects/effects.ts'
import type { SigningKey } from '../../effects/signing.ts'
import { decodeState, EMPTY_STATE, encodeState } from '../../gateways/kademlia/node-state.ts'
import type { NodeMemory } from '../../gateways/kademlia/outside-node.ts'
import { readSealed, writeSealed, type SealedDisk } from '../at-rest/sealed-file.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'

/** Both stand beside the files of a member, or alone in the directory of `anillo share serve`. */
export const NODE_KEY_NAME = 'share-node.key'
export const NODE_STATE_NAME = 'share-node.state'

const Hex = Type.String({ pattern: '^[0-9a-f]{64}$' })
const KeyFile = Type.Object({ privateKey: Hex, publicKey: Hex })

/** How the two are written: sealed at a member. */
export interface NodeFiles {
  readText(path: string): Promise<string | undefined>
  writeText(path: string, text: string): Promise<void>
  /** `undefined` for what cannot be opened. */
  open(bytes: Uint8Array): Uint8Array | undefined
  seal(bytes: Uint8Array): Uint8Array
}

/**
 * Made at the first start, and anew where it is damaged: it becomes another node, and nothing that
 * a member stores is given up for it.
 */
export async function nodeKey(
  { log, signing }: Pick<Effects, 'log' | 'signing'>,
  files: NodeFiles,
): Promise<SigningKey> {
  try {
    const text = await files.readText(NODE_KEY_NAME)
    if (text !== undefined) return readKey(text)
  } catch (thrown) {
    if (!isAnilloError(thrown, 'DATA_DAMAGED')) throw thrown
    log.warn('the key of the node of the open network is damaged: it becomes another node', {
      path: NODE_KEY_NAME,
    })
  }
  const key = signing.makeKey()
  const content = { privateKey: hexOf(key.privateKey), publicKey: hexOf(key.publicKey) }
  await files.writeText(NODE_KEY_NAME, JSON.stringify(content))
  return key
}

/** @throws AnilloError DATA_DAMAGED */
function readKey(text: string): SigningKey {
  const damaged = new AnilloError('DATA_DAMAGED', { path: NODE_KEY_NAME, problem: 'it is no key' })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw damaged
  }
  if (!Check(KeyFile, content)) throw damaged
  return { privateKey: bytesOfHex(content.privateKey), publicKey: bytesOfHex(content.publicKey) }
}

export function nodeMemory(
  { disk, log }: Pick<Effects, 'disk' | 'log'>,
  files: NodeFiles,
): NodeMemory {
  return {
    async read() {
      const bytes = await disk.read(NODE_STATE_NAME)
      const opened = bytes && files.open(bytes)
      if (bytes !== undefined && opened === undefined) {
        log.warn('what was known of the open network is damaged', { path: NODE_STATE_NAME })
      }
      return opened === undefined ? EMPTY_STATE : decodeState(opened)
    },
    async write(state) {
      const unfinished = `${NODE_STATE_NAME}.unfinished`
      await disk.write(unfinished, files.seal(encodeState(state)))
      await disk.rename(unfinished, NODE_STATE_NAME)
    },
  }
}

/** In clear, for a node that stands alone: its directory is its owner’s. */
export function clearFiles({ disk }: Pick<Effects, 'disk'>): NodeFiles {
  return {
    readText: (path) => readText(disk, path),
    writeText: (path, text) => writeDurably(disk, path, text),
    open: (bytes) => bytes,
    seal: (bytes) => bytes,
  }
}

/** Under the member’s key. */
export function sealedFiles(sealed: SealedDisk): NodeFiles {
  const { cipher, key } = sealed
  const bound = utf8('anillo node of the open network 1')
  return {
    readText: async (path) => (await readSealed(sealed, path))?.text,
    writeText: (path, text) => writeSealed(sealed, path, text),
    open: (bytes) => cipher.open(key, bytes, bound),
    seal: (bytes) => cipher.seal(key, bytes, bound),
  }
}
