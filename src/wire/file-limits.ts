/** Limits of the tree of files that its clients know, too. */

/** Of a path in UTF-8, and of one name in it. */
export const PATH_BYTES_MAX = 4_096
export const NAME_BYTES_MAX = 255

/** People, and groups, named in the grants of one file or folder. */
export const NAMED_MAX = 200

/** Entries of a list that are told at once, and where nobody asks for a number. */
export const LIST_ENTRIES_MAX = 10_000
export const LIST_ENTRIES_DEFAULT = 1_000

/** Of transfers; with less clients would take one for dead. */
export const RATE_MIN_PER_SECOND = 16_384

export const DOWNLOADS_MAX = 1_000_000
