/** Every bound of the search over the archive, with its unit and why it is what it is. */
import { KIB, MIB, SECOND_MS } from '../../../base/limits.ts'

/** Longer runs of letters are data, not words. Of a folded word. */
export const WORD_CHARS_MAX = 48
/** Of a page, from its beginning; a novel has twice as many. */
export const WORDS_PER_PAGE_MAX = 50_000
/** Of a page's content: its beginning. */
export const INDEX_BYTES_MAX = MIB

/** Pages of a batch, and bytes of their contents: what a thread has in memory at once. */
export const BATCH_PAGES_MAX = 64
export const BATCH_BYTES_MAX = 4 * MIB
/** A page waits so long for others to share a segment with, unless there are enough. */
export const INDEX_DELAY_MS = 5 * SECOND_MS
/** Between two looks whether a group is led here, or a page has waited for long enough. */
export const INDEX_LOOK_MS = 2 * SECOND_MS
/** After a batch, as a multiple of what it took: at most a fifth of a core is spent. */
export const INDEX_REST_FACTOR = 4
export const INDEX_REST_MS_MIN = 100
/** A partition whose index failed is taken up again after this. */
export const INDEX_RETRY_MS = 15 * SECOND_MS
/** A batch is one page of any kind at least, and no page takes so long. */
export const INDEX_TASK_MS_MAX = 30 * SECOND_MS

/** Postings of so many pages fit a row, whatever they are. */
export const SEGMENT_PAGES_MAX = 4_000
/** Of words and postings; what is larger is merged no more. */
export const SEGMENT_BYTES_MAX = 8 * MIB
/** A row of words; one word with its postings may exceed it, to VALUE_BYTES_MAX. */
export const BLOCK_BYTES = 24 * KIB
/** Of one size (within a factor of four), before they become one. */
export const MERGE_SEGMENTS = 4
/** Of one partition: with the largest, some hundred thousand pages. */
export const SEGMENTS_MAX = 256
/**
 * Pages of one partition that are told to be found no more: up to three bytes each, in the row of
 * all segments. What is beyond is counted until its segment is merged.
 */
export const GONE_MAX = 10_000
/** 32 bytes of a page's id and 8 of its content's hash each. */
export const IDS_PER_ROW = 1_000

/** Words of 48 letters of up to 4 bytes each. */
export const FIRSTS_PER_ROW = 200

/** What a person types; each word is a read at each segment. */
export const QUERY_CHARS_MAX = 500
export const QUERY_TERMS_MAX = 16
/** Rows that a `word*` reads of a segment. */
export const PREFIX_BLOCKS_MAX = 8
/** Shortest beginning of a word that `word*` takes. */
export const PREFIX_CHARS_MIN = 2
/** Pages that are ranked: the first that are found, where there are more. */
export const CANDIDATES_MAX = 100_000
/** Partitions that are asked at once. */
export const SHARDS_AT_ONCE = 16
export const SEARCH_TIMEOUT_MS = 10 * SECOND_MS
export const SEARCH_RESULTS_MAX = 50
/** Results that are gone through for one page of results: some of them are there no more. */
export const SEARCH_TRIES_PER_RESULT = 4
/** Deeper in the list nobody looks. */
export const SEARCH_DEPTH_MAX = 1_000

/** Rows of ids of one segment. */
export const ID_ROWS_MAX = SEGMENT_PAGES_MAX / IDS_PER_ROW
/** The best of so many results are compared with each other; what is behind stands for itself. */
export const FOLD_DEPTH_MAX = 200
/** Near pages that are gone through for one that is told. */
export const SIMILAR_TRIES_PER_RESULT = 4
export const SIMILAR_RESULTS_MAX = 50

/** Of a snippet, around the words. */
export const SNIPPET_CHARS = 240

/** Rows that are read in one go of a replica. */
export const ROWS_PER_LOOK = 200
/** Of one transaction, below WRITES_MAX and BATCH_BYTES_MAX of the store. */
export const WRITE_ROWS_MAX = 200
export const WRITE_BYTES_MAX = 768 * KIB

/** Between two stretches of a long work on the event loop. */
export const BREATH_MS = 10
