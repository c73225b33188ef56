/**
 * Magnet links of BitTorrent v2 (BEP 9, BEP 52): `urn:btmh:1220` and the SHA-256 of the info
 * dictionary, the name, the size, the ring’s doors as web seeds, and the key that says in Mainline
 * where they are (BEP 46). The root of the file stands in
 * a parameter of our own, so that one ring can take the link of another without asking anybody for
 * the dictionary: the hash proves it. Pure.
 */
import { saltOf } from '../../../wire/mainline/item.ts'
import { MAGNET_CHARS_MAX, SOURCE_URL_CHARS_MAX } from '../../../wire/share-bounds.ts'
import type { MainlineAsk } from '../mainline/mainline.ts'
import { infoHash, type NamedTree } from './torrent.ts'

/** Of a key of Ed25519, in hex (BEP 46). */
const KEY_TOPIC = 'urn:btpk:'

/** What a multihash of SHA-256 begins with: the function, and 32 bytes. */
const MULTIHASH = '1220'
const ROOT_PARAM = 'x.root'
const WEB_SEEDS_MAX = 16

export interface Magnet extends NamedTree {
  /** Addresses at which all of the file is said to be. */
  readonly webSeeds: readonly string[]
  /** Who says in Mainline where it is, and under which salt. */
  readonly mainline: MainlineAsk | undefined
}

/** @param publisher whose key says in Mainline where it is; absent: nobody does */
export function magnetOf(tree: NamedTree, webSeeds: readonly string[], publisher?: string): string {
  const hash = infoHash(tree)
  const params = [
    `xt=urn:btmh:${MULTIHASH}${hash}`,
    `dn=${encodeURIComponent(tree.name)}`,
    `xl=${tree.bytes}`,
    ...webSeeds.map((url) => `ws=${encodeURIComponent(url)}`),
    ...(publisher === undefined ? [] : [`xs=${KEY_TOPIC}${publisher}`, `s=${saltOf(hash)}`]),
    `${ROOT_PARAM}=${tree.root}`,
  ]
  return `magnet:?${params.join('&')}`
}

export type MagnetVerdict =
  | { readonly kind: 'magnet'; readonly magnet: Magnet }
  /** It has no name, so that its hash proves nothing: its root is taken at its word. */
  | {
      readonly kind: 'root'
      readonly root: string
      readonly webSeeds: readonly string[]
      readonly mainline: MainlineAsk | undefined
    }
  /** Why it cannot be used, in words for the error. */
  | { readonly kind: 'unfit'; readonly problem: string }

export function readMagnet(text: string): MagnetVerdict {
  const query = /^magnet:\?(.*)$/is.exec(text.trim())?.[1]
  if (query === undefined || text.length > MAGNET_CHARS_MAX) return unfit('it is no magnet link')
  const params = new URLSearchParams(query)
  const hash = hashIn(params.getAll('xt'))
  if (hash === undefined) {
    return unfit('it has no hash of BitTorrent v2 (urn:btmh:1220…), which alone proves each piece')
  }
  const root = params.get(ROOT_PARAM)?.toLowerCase()
  const name = params.get('dn')
  const webSeeds = params.getAll('ws').slice(0, WEB_SEEDS_MAX).flatMap(webSeedsIn)
  const mainline = mainlineIn(params, saltOf(hash))
  if (name === null && root !== undefined && /^[0-9a-f]{64}$/.test(root)) {
    return { kind: 'root', root, webSeeds, mainline }
  }
  const bytes = Number(params.get('xl') ?? Number.NaN)
  if (root === undefined || name === null || !Number.isSafeInteger(bytes) || bytes < 1) {
    return unfit('it tells no root, name and size (x.root, dn, xl), as links of anillo do')
  }
  const tree = { name, bytes, root }
  if (!/^[0-9a-f]{64}$/.test(root) || infoHash(tree) !== hash) {
    return unfit('its hash is not that of the name, size and root that it tells')
  }
  return { kind: 'magnet', magnet: { ...tree, webSeeds, mainline } }
}

/** What is said under another salt is said of something else. */
function mainlineIn(params: URLSearchParams, salt: string): MainlineAsk | undefined {
  const keys = params.getAll('xs').flatMap((source) => {
    const [, key] = /^urn:btpk:([0-9a-f]{64})$/i.exec(source) ?? []
    return key === undefined ? [] : [key.toLowerCase()]
  })
  const [publisher] = keys
  const isOfIt = params.get('s')?.toLowerCase() === salt
  return publisher !== undefined && isOfIt ? { publisher, salt } : undefined
}

function hashIn(topics: readonly string[]): string | undefined {
  const found = topics.flatMap((topic) => {
    const [, hash] = /^urn:btmh:1220([0-9a-f]{64})$/i.exec(topic) ?? []
    return hash === undefined ? [] : [hash.toLowerCase()]
  })
  return found[0]
}

/** As it is asked; none where it is no address that a download keeps. */
function webSeedsIn(text: string): readonly string[] {
  const url = URL.parse(text)
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:'
  return isWeb && url.href.length <= SOURCE_URL_CHARS_MAX ? [url.href] : []
}

function unfit(problem: string): MagnetVerdict {
  return { kind: 'unfit', problem }
}
