/** Bounds of the tree. What a record may hold says `wire/record-limits.ts`. */
import { DAY_MS, HOUR_MS, KIB, MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'

/** Of a name, in UTF-8, as file systems have it. */
export const NAME_BYTES_MAX = 255
/** Of a path, in UTF-8, as PATH_MAX of Linux. */
export const PATH_BYTES_MAX = 4 * KIB
/** All names of a folder are read to tell a part of them in order. */
export const FOLDER_ENTRIES_MAX = 200_000
/** Of a file, beside its present content: with bodies they fit into one command. */
export const VERSIONS_MAX = 10
/** Appends of one account that follow one another so soon make one version. */
export const APPENDS_AS_ONE_MS = 10 * MINUTE_MS
/** Of what clients keep with an entry, packed: far below what an answer may have. */
export const PROPERTIES_BYTES_MAX = 8 * KIB

/** A folder that was made and came into no other goes by itself. */
export const FOUNDLING_KEPT_MS = DAY_MS
/** What is known of an upload that broke off: as long as its content. */
export const PARTIAL_KEPT_MS = DAY_MS
/** A move that began so long before arrives no more; far from how clocks of members differ. */
export const MOVE_MS_MAX = HOUR_MS
/** That a move is void, or was carried out, is known for longer than it may take to arrive. */
export const MOVE_KEPT_MS = DAY_MS

/** Words of one search for names. */
export const FOUND_WORDS_MAX = 16
/** Names that one search looks at: as many as a member keeps sorted in memory (`listing.ts`). */
export const FIND_ENTRIES_MAX = 100_000
/** Folders that one search looks into. */
export const FIND_FOLDERS_MAX = 20_000
/** For one search. */
export const FIND_MS_MAX = 4 * SECOND_MS
