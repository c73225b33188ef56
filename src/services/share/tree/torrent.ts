/**
 * A share as BitTorrent v2 names it: the info dictionary of a torrent of one file (BEP 52), its
 * hash, and the file that clients open, with the ring’s doors as web seeds (BEP 19). Pure.
 */
import { utf8 } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { bytesOfHex } from '../../../base/hex.ts'
import { bencode, type BencodedMap } from '../../../wire/bencode.ts'
import { PIECE_BYTES, type HashTree } from './hash-tree.ts'

/** What the hash of the dictionary is made of. */
export interface NamedTree extends Omit<HashTree, 'layer'> {
  readonly name: string
}

/** SHA-256 of the info dictionary, 64 hex digits: what `urn:btmh` names. */
export function infoHash(tree: NamedTree): string {
  return sha256Hex(bencode(infoOf(tree)))
}

/** @param webSeeds addresses at which all of the file is */
export function torrentOf(
  tree: NamedTree & Pick<HashTree, 'layer'>,
  webSeeds: readonly string[],
): Uint8Array {
  const root = bytesOfHex(tree.root)
  // What fits in one piece is proven by its root alone.
  const layers = tree.bytes > PIECE_BYTES ? [[root, tree.layer] as const] : []
  return bencode(
    new Map<string, Uint8Array | BencodedMap | readonly string[]>([
      ['info', infoOf(tree)],
      ['piece layers', new Map<string | Uint8Array, Uint8Array>(layers)],
      ['url-list', webSeeds],
    ]),
  )
}

function infoOf({ bytes, name, root }: NamedTree): BencodedMap {
  const file: BencodedMap = new Map<string, number | Uint8Array>([
    ['length', bytes],
    ['pieces root', bytesOfHex(root)],
  ])
  return new Map<string, number | string | BencodedMap>([
    ['file tree', new Map([[fileName(name), new Map([['', file]])]])],
    ['meta version', 2],
    ['name', fileName(name)],
    ['piece length', PIECE_BYTES],
  ])
}

/** Names in torrents are parts of paths: what would lead elsewhere is no name of a file. */
function fileName(name: string): string {
  const plain = name.replaceAll(/[/\\\0]/g, '_')
  return plain === '.' || plain === '..' ? `_${utf8(plain).length}` : plain
}
