/** Bounds of what goes over the wire between nodes; those of bmuller/kademlia 2.2.3 named so. */
import { KIB } from '../../base/limits.ts'

/** Ids, keys and message ids: SHA-1. */
export const KEY_BYTES = 20

/** One byte says what it is, then the message id; a body follows, of a byte at least. */
export const HEADER_BYTES = 1 + KEY_BYTES

/** rpcudp 5.0.1 refuses to send a longer question: name and arguments, packed. */
export const REQUEST_BODY_BYTES_MAX = 8 * KIB

/**
 * Longer ones are dropped unread. Answers have no bound at stock nodes, but what they hold came in
 * by questions; twice that leaves room for nodes of a larger k.
 */
export const DATAGRAM_BYTES_MAX = HEADER_BYTES + 2 * REQUEST_BODY_BYTES_MAX

/** `[name, [id, key, token, record]]` is 2 deep, lists of iic2523 3, an own answer 4. */
export const DEPTH_MAX = 6

/** In one body: an answer of 100 contacts has 401, one of iic2523 some 150. */
export const VALUES_MAX = 1_024

/** Contacts that are read of one answer: k of stock nodes, and some more. */
export const CONTACTS_MAX = 100

/** A value of `store`, packed: with name, id, key and heads it fills a question of stock nodes. */
export const VALUE_BYTES_MAX = REQUEST_BODY_BYTES_MAX - 64

/** A signed record, packed, with its signature. */
export const RECORD_BYTES_MAX = 1_000

/** In one record. */
export const RECORD_URLS_MAX = 4
export const RECORD_URL_BYTES_MAX = 200

/** Of an own answer to `a_get`: below what one frame of any network carries with its heads. */
export const PAGE_BYTES_MAX = 4 * KIB

/** Of the values of one answer in a network of iic2523, whichever comes first. */
export const LIST_VALUES_MAX = 150
export const LIST_BYTES_MAX = 6 * KIB

/** What a writer shows that it is heard at its address. */
export const TOKEN_BYTES = 8
