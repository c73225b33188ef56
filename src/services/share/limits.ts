/** Bounds of what the service does by itself: each with its unit and its reason. */
import { DAY_MS, HOUR_MS, KIB, MIB, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'

/** Smaller content stands in the share’s own rows, as the tree of files has it. */
export const SMALL_BYTES = 8 * KIB

/** So often the scheduler looks which records are due. */
export const REFRESH_LOOK_MS = 5 * MINUTE_MS
/** A record that nobody took, or whose member died with it, is said again so soon. */
export const REFRESH_RETRY_MS = 10 * MINUTE_MS
/** Of one look; the next one goes on. */
export const REFRESHED_PER_LOOK_MAX = 2_000
/** Records on their way at once: each asks some twenty nodes. */
export const REFRESHED_AT_ONCE = 4
/** Addresses in a record (`RECORD_URLS_MAX`). */
export const DOORS_PER_RECORD = 4
/** Doors of members are asked for anew after this. */
export const DOORS_KNOWN_MS = 10 * SECOND_MS

/** Of a deleted account: so many of its shares end in one entry, and so many rows are looked at. */
export const FORGOTTEN_PER_STEP = 32
export const LOOKED_THROUGH_PER_STEP = 256
/** No download that goes on is so late. */
export const SHARER_GONE_KEPT_MS = DAY_MS
/** What is known of who may share, at the door and where records are said, is no older. */
export const SHARER_KNOWN_MS = 5 * SECOND_MS
export const SHARERS_KNOWN_MAX = 10_000

/** So often it is asked whether whoever began a download may still. */
export const STANDING_EVERY_MS = 2 * SECOND_MS
/** A leader looks so often at a download that is paused: for its room, its owner, and its end. */
export const PAUSED_LOOK_MS = 10 * SECOND_MS
/** What nobody resumes goes. */
export const PAUSED_KEPT_MS = 30 * DAY_MS

/** A leader looks so often whether there is a download to go on with. */
export const DOWNLOADS_LOOK_MS = SECOND_MS / 4
/** Of one member, at once; others wait for their turn. */
export const DOWNLOADS_AT_ONCE = 8
/** What is over is told for so long. */
export const DOWNLOAD_TOLD_MS = 30 * DAY_MS
/** One that finds nobody gives up. */
export const DOWNLOAD_PATIENCE_MS = 7 * DAY_MS
/** Room for the file and the share is claimed for a day, and claimed anew before. */
export const ROOM_AGAIN_MS = HOUR_MS
/** How a download goes is written down so often, while it moves. */
export const PROGRESS_EVERY_MS = SECOND_MS
/** Sources are looked for again after this, and sooner where there are none. */
export const LOOK_AGAIN_MS = 5 * MINUTE_MS
export const LOOK_AGAIN_NONE_MS = 10 * SECOND_MS
/** A look-up ends by then, whatever is still to come. */
export const LOOKUP_TIMEOUT_MS = 10 * SECOND_MS
/** A partial holder says that it is one when it has so much. */
export const ANNOUNCE_FROM_BYTES = 8 * MIB
/** Its record ends soon: the share that follows says more. */
export const PARTIAL_LIFE_MS = HOUR_MS

/**
 * Pieces whose rows are cleared by one entry, once a download is over: each is a message, of which
 * one entry has `WORK_MESSAGES_MAX`.
 */
export const CLEARED_PER_STEP = 128
/** Of a hash layer, in one row: half of what a row may be. */
export const LAYER_ROW_BYTES = 32 * KIB
/** Rows of it in one entry: half of what one may be. */
export const LAYER_ROWS_AT_ONCE = 16
/** Finished pieces that are joined by one look at their heads. */
export const PIECES_KEPT_AT_ONCE = 8

/** From a source: name, connection and head; then each part of a body. */
export const CONNECT_TIMEOUT_MS = 5 * SECOND_MS
export const HEAD_TIMEOUT_MS = 10 * SECOND_MS
export const HEAD_BYTES_MAX = 16 * KIB
export const HEADS_MAX = 100
export const REDIRECTS_MAX = 3
/** A source that stays silent for so long hangs. */
export const SILENT_MS = 8 * SECOND_MS

/** Files whose hashes are made at once by one member. */
export const HASHINGS_MAX = 4
/** Who asks for one waits so long: less than a connection may rest. */
export const HASHING_PATIENCE_MS = 20 * SECOND_MS
/** Trees of files that were hashed last; the largest has 2 MiB. */
export const TREES_KNOWN_MAX = 16

/** Addresses that nobody signed are asked what they lead to, so many and for so long. */
export const PROBED_MAX = 16
export const PROBE_TIMEOUT_MS = 3 * SECOND_MS

/** Pieces of one download in memory: on their way in, and on to the store. 32 MiB. */
export const IN_MEMORY_MAX = 32
/** A store that cannot be had for a moment is asked again after this. */
export const KEEP_AGAIN_MS = SECOND_MS

/** A download that broke off for want of the store, or of room at a member, goes on after this. */
export const RUN_AGAIN_MS = 3 * SECOND_MS
/** Those who watch a download are told so often, while it moves. */
export const WATCH_EVERY_MS = SECOND_MS

/** Whoever ends a share waits so long for its record to be taken back; that goes on by itself. */
export const WITHDRAWN_WAIT_MS = 2 * SECOND_MS

/** Nodes of Mainline keep an item for two hours (BEP 44); it is said again before. */
export const MAINLINE_ITEM_LIFE_MS = 2 * HOUR_MS
export const MAINLINE_REFRESH_MS = 50 * MINUTE_MS
/** Nobody took it, or the member that was to say it died. */
export const MAINLINE_RETRY_MS = 10 * MINUTE_MS
/** A member that takes part looks so often what is due. */
export const MAINLINE_LOOK_MS = 5 * MINUTE_MS
/** At its start, and after something failed. */
export const MAINLINE_LOOK_AGAIN_MS = 15 * SECOND_MS
/** The newest: each costs some hundred datagrams, every 50 minutes. */
export const MAINLINE_SHARES_MAX = 1_000
/** On their way at once. */
export const MAINLINE_AT_ONCE = 4
/** A download asks Mainline again after this. */
export const MAINLINE_ASKED_AGAIN_MS = MINUTE_MS
