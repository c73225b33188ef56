import type { MemberId } from '../../base/ids.ts'
/** Lists of chunks between members: 32 bytes a hash, in pages. */
import { INVENTORY_PAGE_MAX, chunkInventory } from '../../wire/chunk-methods.ts'
import type { Peers } from '../peers.ts'

const HASH_BYTES = 32

interface InventoryPage {
  readonly isSure: boolean
  readonly hashes: Uint8Array
  readonly hasMore: boolean
}

/** Of a sorted list, what follows `after`. */
export function inventoryPage(sorted: readonly string[], after: string | null): InventoryPage {
  const first = after === null ? 0 : sorted.findIndex((hash) => hash > after)
  const page = first === -1 ? [] : sorted.slice(first, first + INVENTORY_PAGE_MAX)
  const hasMore = first !== -1 && first + page.length < sorted.length
  return { isSure: true, hashes: packHashes(page), hasMore }
}

/** `undefined`: it is not sure of what it has. @throws AnilloError as `Peers.ask` */
export async function fetchInventory(
  peers: Pick<Peers, 'ask'>,
  from: MemberId,
  { digits, index }: { readonly digits: string; readonly index: number },
): Promise<readonly string[] | undefined> {
  const all: string[] = []
  for (let after: string | null = null; ; after = all.at(-1) ?? null) {
    const page: InventoryPage = await peers.ask(from, chunkInventory, { digits, index, after })
    if (!page.isSure) return undefined
    all.push(...unpackHashes(page.hashes))
    if (!page.hasMore || page.hashes.length === 0) return all
  }
}

export function packHashes(hashes: readonly string[]): Uint8Array {
  const packed = new Uint8Array(hashes.length * HASH_BYTES)
  for (const [at, hash] of hashes.entries()) {
    for (let i = 0; i < HASH_BYTES; i++) {
      packed[at * HASH_BYTES + i] = Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16)
    }
  }
  return packed
}

export function unpackHashes(packed: Uint8Array): readonly string[] {
  const hashes: string[] = []
  for (let at = 0; at + HASH_BYTES <= packed.length; at += HASH_BYTES) {
    let hash = ''
    for (const byte of packed.subarray(at, at + HASH_BYTES)) {
      hash += byte.toString(16).padStart(2, '0')
    }
    hashes.push(hash)
  }
  return hashes
}
