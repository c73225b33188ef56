/** Bounds of shares and downloads: each with its unit and its reason. */
import { MIB } from '../base/limits.ts'

/** Of the ring: some 600 bytes each, all in one partition. */
export const SHARES_MAX = 100_000
export const SHARES_LISTED_DEFAULT = 100

/** A piece is asked for, proven and kept alone; that of the hash tree’s layer. */
export const SHARE_PIECE_BYTES = MIB
/** 64 GiB: its layer of hashes is 2 MiB. */
export const PIECES_MAX = 65_536
export const SHARE_BYTES_MAX = PIECES_MAX * SHARE_PIECE_BYTES

/** Of one account, those that go on. */
export const DOWNLOADS_MAX = 20
export const DOWNLOADS_LISTED_DEFAULT = 50
/** Of one download: those of many publishers, and of other networks. */
export const SOURCES_MAX = 64
export const SOURCE_URL_CHARS_MAX = 2_048

/** Of the name of a share; in UTF-8 it has as many bytes at most. */
export const SHARE_NAME_CHARS_MAX = 255
/** Of a link that somebody gives. */
export const MAGNET_CHARS_MAX = 8_192
