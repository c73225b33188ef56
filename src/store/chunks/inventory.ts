/** Lists of chunks between members: 32 bytes a hash, in pages. */
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import type { MemberId } from '../../base/ids.ts'
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

function packHashes(hashes: readonly string[]): Uint8Array {
  return bytesOfHex(hashes.join(''))
}

function unpackHashes(packed: Uint8Array): readonly string[] {
  const hashes: string[] = []
  for (let at = 0; at + HASH_BYTES <= packed.length; at += HASH_BYTES) {
    hashes.push(hexOf(packed.subarray(at, at + HASH_BYTES)))
  }
  return hashes
}
