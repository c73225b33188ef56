/** Bounds of the FTP door. Each is told to a client by the reply that is named. */
import { HOUR_MS, KIB, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'

/**
 * A path of 4,096 bytes with its verb, and room for two of them (`SITE CPTO`, `COMB`). Else 500.
 */
export const LINE_BYTES_MAX = 10 * KIB
/** Of a path as the client means it, from the root. Else 501. */
export const PATH_BYTES_MAX = 4 * KIB
/** Sent ahead while a transfer runs; with more of them the connection is not read any further. */
export const COMMANDS_WAITING_MAX = 64

/** Of one account over the ring, or of the guests of a member. Else 421. */
export const SESSIONS_PER_USER_MAX = 20
/** Of one member: each takes a descriptor, two with a transfer. Else 421. */
export const SESSIONS_MAX = 1_500
/** Not logged in, of one address: beyond them the connection is closed with 421. */
export const STRANGERS_PER_ADDRESS_MAX = 20

/** Without a command and without a transfer. Then 421. */
export const IDLE_MS = 300 * SECOND_MS
/** Until somebody has logged in. Then 421. */
export const LOGIN_MS = MINUTE_MS
/** A data connection must be there, its handshake included. Else 425. */
export const CONNECT_MS = 60 * SECOND_MS
/** Of a download, handed to the system at once: a client that takes less in `STALL_MS` stalls. */
export const SEND_PIECE_BYTES = 512 * KIB
/** A transfer in which no byte moves. Then 426. */
export const STALL_MS = 300 * SECOND_MS
/** A client closes its end of a data connection that is over; 226 waits for it so long. */
export const CLOSING_MS = 500
/** Of a control connection. */
export const HANDSHAKE_MS = 10 * SECOND_MS
/**
 * After so long it is asked again what an account may do, when the next command needs it: who was
 * suspended, or whose password or key is another, gets 421 then.
 */
export const STANDING_MS = 10 * SECOND_MS
/** Wrong log-ins on one connection; the ring counts guesses for itself. Then 421. */
export const WRONG_LOGINS_MAX = 3

/** Listed at once. Else 451. */
export const LISTED_MAX = 100_000
/** A list that changed while it was read is begun again so often. Else 450. */
export const LIST_TRIES_MAX = 5
/** `HASH` and its kin read the whole file: so much of it at once. */
export const HASH_PIECE_BYTES = 1_024 * KIB
/** Ports that are tried for one data channel. */
export const PASSIVE_TRIES_MAX = 32
/** Below are services of the system: no data connection is made to them. */
export const ACTIVE_PORT_MIN = 1_024
/** Dates in lists are told with the year when they are older. */
export const RECENT_MS = 180 * 24 * HOUR_MS
