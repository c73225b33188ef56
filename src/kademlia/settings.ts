/**
 * The numbers of a node: those of bmuller/kademlia where it has them, and what abuse is bounded by.
 */
import { HOUR_MS, MIB, MINUTE_MS, SECOND_MS } from '../base/limits.ts'

/** Contacts a bucket, and nodes that keep a value. */
export const K = 20

/** Questions of one look-up under way at once, while it still comes closer. */
export const ALPHA = 3

/** Once answers come no closer, but before the closest itself has answered. */
export const CLOSING_AT_ONCE = 3 * ALPHA

/**
 * Contacts of an answer to `a_get`: more than k, since some of them may be dead, and who asks wants
 * the k closest that are not. With IPv4 they fill a frame of 1,500 bytes.
 */
export const TOLD_MAX = 33

/** Ways of a look-up for records that share no node. */
export const PATHS = 3

/** On each of several ways so many of the closest are asked: half of k, and some more in all. */
export const PATH_WIDTH = 10

/** Questions of one look-up in all, whatever it is told. */
export const LOOKUP_ASKED_MAX = 192

/** Candidates that one way of a look-up keeps: the closest. */
export const CANDIDATES_MAX = 96

/** Candidates of one network on one way. */
export const CANDIDATES_A_NETWORK = 4

/** Forged contacts of one node, after which all that it named are passed over. */
export const LIES_MAX = 2

/** Of those that are closest, one that did not answer is asked once more. */
export const TRIES_MAX = 2

/** After its first value a read waits so long for others. */
export const READ_GRACE_MS = 300

/** A look-up ends after so long with what it has, a read after so long without anything new. */
export const LOOKUP_MS_MAX = 10 * SECOND_MS
/** A read that goes on bringing something new. */
export const READ_MS_MAX = MINUTE_MS

/**
 * Nodes whose records beyond the first page are read: at once, and, while each brings what those
 * before it lacked, in all; and pages of one.
 */
export const WALKS_AT_ONCE = 3
export const WALKS_MAX = 8
export const PAGES_MAX = 512

/** Records, and plain values, that one read hands out. */
export const READ_RECORDS_MAX = 4_096
export const READ_VALUES_MAX = 256

/** Nodes that a read gives what they should have. */
export const REPAIRS_MAX = 8

/** Look-ups under way at once; more wait their turn. */
export const LOOKUPS_MAX = 64
export const LOOKUPS_WAITING_MAX = 4_096

/** A question that takes longer is not waited for, though its answer still counts. */
export const ROUND_TRIP_MIN_MS = 50
export const ROUND_TRIP_MAX_MS = SECOND_MS

/** After so long an answer is none: as at stock nodes. */
export const LOST_AFTER_MS = 5 * SECOND_MS

/** Own questions under way at once. */
export const CALLS_MAX = 2_048

/** For a full bucket: five times k, as at stock nodes. */
export const REPLACEMENTS_MAX = 5 * K

/** Contacts of one /24 or /48. */
export const NETWORK_A_BUCKET = 2
export const NETWORK_A_TABLE = 10

/** Questions in a row that a contact did not answer: it is not told to others, and replaced. */
export const MISSES_DOUBTED = 2
/**
 * So many, and so long nothing else of it: gone, though none replaces it. One that is busy is slow
 * for a while.
 */
export const MISSES_GONE = 5
export const SILENT_GONE_MS = MINUTE_MS

/** Newcomers that are being asked who they are, at once. */
export const PROBES_MAX = 32

/**
 * An answer to an address that has proved nothing has at most so many times the question’s bytes.
 */
export const AMPLIFICATION_MAX = 3

/** An own question has so many bytes, so that its answer has room for all contacts. */
export const ROOMY_BYTES = 500

/** Addresses that proved to be heard, and for how long that is believed. */
export const PROVED_MAX = 8_192
export const PROVED_FOR_MS = 10 * MINUTE_MS

/** Answers that wait until their asker has proved its address, and how long. */
export const WAITING_ANSWERS_MAX = 256
export const WAITING_ANSWER_MS = 500

/**
 * Addresses that are being asked to prove themselves at once, in all and of one /24 or /48: a flood
 * from addresses that are made up leaves room for the node’s own questions.
 */
export const CHALLENGES_MAX = 512
export const CHALLENGES_A_NETWORK = 32
/** Newcomers of one /24 or /48 that are being asked who they are, at once. */
export const PROBES_A_NETWORK = 4

/** Newcomers of one source that are handed what they should keep: it may be much. */
export const HANDINGS_A_HOST = { perSecond: 1 / 60, burst: 8 } as const
export const HANDINGS_A_LOCAL_PORT = { perSecond: 1 / 15, burst: 8 } as const

/** Questions of one source: of a host, or of a port where many share a host. */
export const QUESTIONS_A_HOST = { perSecond: 250, burst: 1_000 } as const
export const QUESTIONS_A_LOCAL_PORT = { perSecond: 20_000, burst: 20_000 } as const
/** Signatures are dear to check. */
export const WRITES_A_HOST = { perSecond: 20, burst: 100 } as const
export const WRITES_A_LOCAL_PORT = { perSecond: 2_000, burst: 4_000 } as const
export const SOURCES_MAX = 4_096

/** What is kept for others, in all; of records, a key; and of one /24 or /48 a key. */
export const HELD_BYTES_MAX = 64 * MIB
export const RECORDS_A_KEY = 1_024
export const RECORDS_A_NETWORK = 8
/** Of each value and record, beside its bytes: what the tables cost. */
export const HELD_OVERHEAD_BYTES = 200

/** A record that says it is good for longer comes from a clock that is off by a day or more. */
export const RECORD_AHEAD_MS = 48 * HOUR_MS

/** A token is good for one to two of these. */
export const TOKEN_MS = 5 * MINUTE_MS

/** Between two rounds of upkeep. */
export const UPKEEP_MS = 15 * SECOND_MS
/** A bucket in which nothing was looked up for so long is. */
export const REFRESH_MS = HOUR_MS
/** What nobody said again for so long, who keeps it says again. */
export const REPUBLISH_MS = HOUR_MS
/** Keys said again in one round of upkeep. */
export const REPUBLISH_A_ROUND = 8
/**
 * With fewer than k contacts the way in is looked for again: after so long, then after twice that.
 */
export const REJOIN_MS = 30 * SECOND_MS
/** A contact that was not heard of for so long is asked whether it is there; so many a round. */
export const STALE_MS = 10 * MINUTE_MS
/** One of the k closest to the own id: who keeps what depends on who of them is there. */
export const NEIGHBOUR_STALE_MS = 2 * MINUTE_MS
export const STALE_A_ROUND = 8
/** Keys that one newcomer is handed. */
export const HANDED_MAX = 256
/** Records of one key that a node is given at once. */
export const HANDED_RECORDS_MAX = 64

/** Look-ups that pictures show. */
export const LOOKUPS_SHOWN = 20
