/** What one extraction may take and give, with units and reasons. */
import { KIB, MIB, SECOND_MS } from '../../../base/limits.ts'

/** No page for people takes a second; what takes longer is made to. Its thread is ended. */
export const EXTRACT_TIMEOUT_MS = 10 * SECOND_MS

/** Of one list: links, tables, elements of a field, JSON-LD documents. */
export const EXTRACT_ITEMS_MAX = 5_000
/** Of one value. */
export const EXTRACT_VALUE_CHARS_MAX = 64 * KIB
/** Of all values of a page. */
export const EXTRACT_CHARS_MAX = 2 * MIB
/** Of a table. */
export const EXTRACT_CELLS_MAX = 50_000

/**
 * Deeper elements are read as text: Markdown knows no such depth, and a page that has it is none.
 */
export const MARKDOWN_DEPTH_MAX = 200

/** What nests deeper, or has more elements and texts, is no article. */
export const ARTICLE_DEPTH_MAX = 300
export const ARTICLE_ELEMENTS_MAX = 100_000

/** Of a JSON-LD document: no vocabulary nests so, and what walks through it follows it down. */
export const JSON_LD_DEPTH_MAX = 200

/** What was extracted last, as JSON: the same page is often asked for twice. */
export const EXTRACT_CACHE_BYTES = 8 * MIB
