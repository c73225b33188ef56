/**
 * What a ring says of a share in BitTorrent’s Mainline DHT: an item that it signs (BEP 44), under
 * its key and the share’s info-hash as the salt. The item has the info-hash, so that it is what BEP
 * 46 calls a mutable torrent, and addresses at which the content is: `{ih: 20 bytes, ws: [url]}`.
 * Without addresses it says that the share was taken back. Pure.
 */
import { concat, equalBytes, tryText, utf8 } from '../../base/bytes.ts'
import { sha1 } from '../../base/digests.ts'
import { bytesOfHex } from '../../base/hex.ts'
import { bencode, type BencodedMap, type UnbencodedMap } from '../bencode.ts'

/** Of ids, targets and info-hashes there: SHA-1, or SHA-256 cut off (BEP 52). */
export const MAINLINE_ID_BYTES = 20
const MAINLINE_ID_DIGITS = 2 * MAINLINE_ID_BYTES

/** Of an item, bencoded (BEP 44). */
export const ITEM_BYTES_MAX = 1_000
export const ITEM_URLS_MAX = 8
const URL_BYTES_MAX = 512

export interface MainlineItem {
  /** 20 bytes: the first of the SHA-256 of the info dictionary. */
  readonly infoHash: Uint8Array
  readonly urls: readonly string[]
}

/** Of 64 hex digits the first 40: an info-hash of BitTorrent v2 as the DHT has it (BEP 52). */
export function saltOf(infoHash: string): string {
  return infoHash.slice(0, MAINLINE_ID_DIGITS)
}

/** Under which an item of a key stands (BEP 44). @param salt 40 hex digits */
export function itemTarget(publicKey: Uint8Array, salt: string): Uint8Array {
  return sha1(concat([publicKey, bytesOfHex(salt)]))
}

export function itemMap({ infoHash, urls }: MainlineItem): BencodedMap {
  return new Map<string, Uint8Array | readonly string[]>([
    ['ih', infoHash],
    ['ws', urls],
  ])
}

/** With as many addresses as there is room for, the first ones. */
export function fittingItem({ infoHash, urls }: MainlineItem): MainlineItem {
  const told: string[] = []
  for (const url of urls) {
    if (utf8(url).length > URL_BYTES_MAX || told.length === ITEM_URLS_MAX) continue
    const more = [...told, url]
    if (bencode(itemMap({ infoHash, urls: more })).length <= ITEM_BYTES_MAX) told.push(url)
  }
  return { infoHash, urls: told }
}

/** `undefined`: it is none of ours, or too large. */
export function readItem(map: UnbencodedMap): MainlineItem | undefined {
  const infoHash = map.get('ih')
  const listed = map.get('ws')
  if (!(infoHash instanceof Uint8Array) || infoHash.length !== MAINLINE_ID_BYTES) return undefined
  if (!Array.isArray(listed) || listed.length > ITEM_URLS_MAX || map.size !== 2) return undefined
  const urls: string[] = []
  for (const each of listed) {
    const url =
      each instanceof Uint8Array && each.length <= URL_BYTES_MAX ? tryText(each) : undefined
    if (url === undefined || !isWebAddress(url)) return undefined
    urls.push(url)
  }
  const item = { infoHash, urls }
  return bencode(itemMap(item)).length <= ITEM_BYTES_MAX ? item : undefined
}

export function isOfShare({ infoHash }: MainlineItem, salt: string): boolean {
  return equalBytes(infoHash, bytesOfHex(salt))
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
}
