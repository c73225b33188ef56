/** Bounds of WebDAV. The header of a request has 16 KiB at most, as everywhere at the door. */
import { KIB } from '../../base/limits.ts'

/** Of XML in a request: clients send some hundred bytes. */
export const XML_BYTES_MAX = 64 * KIB
/** Of elements in each other. */
export const XML_DEPTH_MAX = 32
/** Of prefixes that hold at one place: every element that is kept repeats them. */
export const XML_NAMESPACES_MAX = 64
/** Properties that one request may ask for, or change. */
export const PROPERTIES_MAX = 500
/** Resources that an `If` header may tell of: each is looked at. */
export const IF_RESOURCES_MAX = 16
/** Entries of a folder that are asked for at once; the answer is sent as they come. */
export const PAGE_ENTRIES = 500
