/**
 * Parts of an archive, sealed block by block: each is bound to the part's name and its place in it,
 * and the last says that it is. So nothing can be changed, moved, left out or cut off unnoticed.
 */
import { concat, utf8 } from '../../base/bytes.ts'
import type { Cipher } from '../../effects/cipher.ts'
import { damaged, type Archive, type Blocks } from './archive.ts'

const MORE = Uint8Array.of(0)
const LAST = Uint8Array.of(1)

export interface Vault {
  readonly archive: Archive
  readonly cipher: Cipher
  /** Of the backup, 32 bytes. */
  readonly key: Uint8Array
}

export function writePart(vault: Vault, name: string, blocks: Blocks): Promise<void> {
  return vault.archive.write(name, sealed(vault, name, blocks))
}

/** @throws AnilloError BACKUP_DAMAGED */
export async function* readPart(vault: Vault, name: string): Blocks {
  let number = 0
  let isLast = false
  for await (const block of vault.archive.read(name)) {
    const opened = vault.cipher.open(vault.key, block, boundTo(name, number++))
    if (opened === undefined || isLast) throw damaged(name, 'it was changed')
    isLast = opened[0] === LAST[0]
    yield opened.subarray(1)
  }
  if (!isLast) throw damaged(name, 'it is cut off')
}

async function* sealed({ cipher, key }: Vault, name: string, blocks: Blocks): Blocks {
  let number = 0
  let waiting: Uint8Array | undefined
  const seal = (block: Uint8Array, flag: Uint8Array): Uint8Array =>
    cipher.seal(key, concat([flag, block]), boundTo(name, number++))
  for await (const block of blocks) {
    if (waiting !== undefined) yield seal(waiting, MORE)
    waiting = block
  }
  yield seal(waiting ?? new Uint8Array(0), LAST)
}

function boundTo(name: string, number: number): Uint8Array {
  return utf8(`${name} ${number}`)
}
