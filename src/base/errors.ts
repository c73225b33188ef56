/**
 * The one table of errors that a person or a program can meet. Codes are stable: add, never rename,
 * never reuse. A test holds this table and `docs/ERRORS.md` together, both ways.
 *
 * `text` is the sentence in English with `{placeholders}` filled from `details`; it says what is
 * wrong and, where a person can act, what to do. `retry` says whether the same request may help:
 * `never` (change it), `later` (the same request, after a while), `elsewhere` (at another member).
 */

export type Retry = 'never' | 'later' | 'elsewhere'

export interface ErrorRow {
  readonly httpStatus: number
  readonly retry: Retry
  readonly text: string
}

export const ERRORS = {
  // How a command or a request was put
  USAGE: { httpStatus: 400, retry: 'never', text: '{problem}' },
  BAD_REQUEST: { httpStatus: 400, retry: 'never', text: 'The request is malformed: {problem}.' },
  NOT_FOUND: { httpStatus: 404, retry: 'never', text: 'There is no {what}.' },
  FORBIDDEN: { httpStatus: 403, retry: 'never', text: 'This is not allowed: {problem}.' },
  BUSY: {
    httpStatus: 503,
    retry: 'later',
    text: 'Too much is under way ({what}); try again soon.',
  },
  TOO_LARGE: { httpStatus: 413, retry: 'never', text: '{what} is larger than {limit}.' },
  INTERNAL: {
    httpStatus: 500,
    retry: 'later',
    text: 'anillo failed at this; the log of the member tells more.',
  },

  // Addresses typed by a person, and what a download met
  URL_MALFORMED: {
    httpStatus: 400,
    retry: 'never',
    text: '“{url}” is not a web address. Type one such as https://example.org or :8000.',
  },
  URL_SCHEME: {
    httpStatus: 400,
    retry: 'never',
    text: 'Only http and https addresses can be downloaded, not “{scheme}”.',
  },
  URL_TOO_LONG: {
    httpStatus: 400,
    retry: 'never',
    text: 'The address is longer than {limit} characters.',
  },
  URL_USERINFO: {
    httpStatus: 400,
    retry: 'never',
    text: 'Addresses with a user name or a password are not downloaded. Leave out what stands before the “@”.',
  },
  ADDRESS_FORBIDDEN: {
    httpStatus: 403,
    retry: 'never',
    text: '{host} leads to {address}, which anillo does not download from ({reason}).',
  },
  HOST_UNKNOWN: {
    httpStatus: 502,
    retry: 'later',
    text: 'No machine is known by the name {host}. Check the spelling.',
  },
  FETCH_REFUSED: {
    httpStatus: 502,
    retry: 'later',
    text: '{host} refused the connection. Is the site up?',
  },
  FETCH_TIMEOUT: {
    httpStatus: 504,
    retry: 'later',
    text: '{host} did not answer in time ({phase}, {limitMs} ms).',
  },
  FETCH_TOO_SLOW: {
    httpStatus: 504,
    retry: 'later',
    text: '{host} sends too slowly; stopped after {seconds} s.',
  },
  FETCH_TOO_LARGE: {
    httpStatus: 502,
    retry: 'never',
    text: 'The answer of {host} is larger than {limit}.',
  },
  FETCH_BOMB: {
    httpStatus: 502,
    retry: 'never',
    text: 'The answer of {host} unpacks to over {ratio} times its size; stopped.',
  },
  FETCH_BROKEN: {
    httpStatus: 502,
    retry: 'later',
    text: '{host} answered something that is not HTTP, or broke off: {problem}.',
  },
  FETCH_TLS: {
    httpStatus: 502,
    retry: 'never',
    text: 'The certificate of {host} does not hold: {problem}.',
  },
  FETCH_REDIRECTS: {
    httpStatus: 502,
    retry: 'never',
    text: '{host} redirects more than {limit} times.',
  },
  ARCHIVE_BROKEN: { httpStatus: 400, retry: 'never', text: 'Broken at byte {offset}: {problem}.' },

  // Members and their connections
  RPC_TIMEOUT: {
    httpStatus: 504,
    retry: 'elsewhere',
    text: 'Member {address} did not answer {method} in time.',
  },
  RPC_UNREACHABLE: {
    httpStatus: 503,
    retry: 'elsewhere',
    text: 'Member {address} cannot be reached: {problem}.',
  },
  RPC_CANCELLED: { httpStatus: 499, retry: 'never', text: 'The request {method} was cancelled.' },
  RPC_UNKNOWN_METHOD: {
    httpStatus: 501,
    retry: 'never',
    text: 'Member {address} does not know {method}.',
  },
  RPC_FOREIGN_RING: { httpStatus: 403, retry: 'never', text: '{address} belongs to another ring.' },
  RPC_WRONG_MEMBER: {
    httpStatus: 409,
    retry: 'elsewhere',
    text: 'At {address} now stands another member.',
  },
  CERTIFICATE_EXPIRED: {
    httpStatus: 403,
    retry: 'later',
    text: '{address} does not do that for a member whose certificate has ended. It renews it by itself.',
  },
  MEMBER_REMOVED: {
    httpStatus: 403,
    retry: 'never',
    text: '{address} does not let this member in: it was removed from the ring. Take its data directory away and join anew.',
  },
  RPC_VERSION: {
    httpStatus: 426,
    retry: 'never',
    text: '{address} speaks version {theirs} of the protocol, this member {ours}. Upgrade the older one.',
  },
  RPC_GARBLED: {
    httpStatus: 502,
    retry: 'elsewhere',
    text: 'Member {address} sent what cannot be read: {problem}.',
  },
  LOOKUP_EXHAUSTED: {
    httpStatus: 503,
    retry: 'later',
    text: 'The ring could not find the owner of the key; it is repairing itself.',
  },
  RING_NOT_READY: {
    httpStatus: 503,
    retry: 'elsewhere',
    text: 'This member has not joined its ring yet.',
  },
  DOOR_NOT_TRUSTED: {
    httpStatus: 502,
    retry: 'elsewhere',
    text: 'A member answers at {address}, but is not trusted: {problem}.',
  },
  AUTHORITY_OTHER: {
    httpStatus: 502,
    retry: 'elsewhere',
    text: 'The certificate of {address} is of another authority than the one known here ({known}). A ring changes it now and then: who keeps the ring tells the fingerprint, “npx anillo status” there.',
  },
  RING_NOT_REACHABLE: {
    httpStatus: 503,
    retry: 'later',
    text: 'No member answers at {addresses}. Start one with “{start}”.',
  },

  // Records and what is kept with them
  UPLOAD_VOID: {
    httpStatus: 410,
    retry: 'never',
    text: 'The upload {upload} took so long that what it had sent was given up. Send it again.',
  },
  CHUNK_LOST: {
    httpStatus: 500,
    retry: 'later',
    text: 'No member that can be reached has a sound copy of chunk {hash}.',
  },
  STORE_UNAVAILABLE: {
    httpStatus: 503,
    retry: 'elsewhere',
    text: 'Partition {partition} cannot be served: {problem}. Nothing was changed.',
  },
  OUTCOME_UNKNOWN: {
    httpStatus: 504,
    retry: 'elsewhere',
    text: 'Partition {partition} took the change but did not say what became of it. It may have been carried out; the same request with the same Idempotency-Key tells.',
  },
  CONDITION_FAILED: {
    httpStatus: 412,
    retry: 'never',
    text: 'Nothing was changed: what is there is not what the condition says.',
  },
  TABLE_RESERVED: {
    httpStatus: 403,
    retry: 'never',
    text: 'The table {table} belongs to a service of the ring; choose another name.',
  },
  CURSOR_STALE: {
    httpStatus: 410,
    retry: 'never',
    text: 'The list has changed since its first page. Begin it again.',
  },
  RETRY_MISMATCH: {
    httpStatus: 422,
    retry: 'never',
    text: 'Another request was made with this Idempotency-Key. Take a key of its own for each change.',
  },
  LOCK_HELD: {
    httpStatus: 409,
    retry: 'later',
    text: 'Another holds the lock {name}, until {until} unless it is given back or renewed.',
  },
  LOCK_LOST: {
    httpStatus: 409,
    retry: 'never',
    text: 'The lock {name} is not held under this token: its lease ran out, or it was given back.',
  },
  SESSION_UNKNOWN: {
    httpStatus: 503,
    retry: 'later',
    text: 'The partition has forgotten the member that asked.',
  },

  // People, and what they may do
  LOGIN_FIRST: { httpStatus: 401, retry: 'never', text: 'Log in first.' },
  BAD_LOGIN: { httpStatus: 401, retry: 'never', text: 'Incorrect nick/password combination.' },
  ACCOUNT_SUSPENDED: {
    httpStatus: 403,
    retry: 'never',
    text: 'This account is suspended. Ask an administrator.',
  },
  SLOW_DOWN: {
    httpStatus: 429,
    retry: 'later',
    text: 'Too many attempts. Try again in {minutes} min.',
  },
  PERMISSION_MISSING: {
    httpStatus: 403,
    retry: 'never',
    text: 'Your account may not do this: it lacks the permission “{permission}”. Ask an administrator.',
  },
  NICK_TAKEN: {
    httpStatus: 409,
    retry: 'never',
    text: 'The nick "{nick}" is taken. Choose another.',
  },
  NICK_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'A nick has 1 to {max} letters from a to z, digits and “_”.',
  },
  NAME_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'A name has 1 to {max} characters, none of them a control character.',
  },
  PASSWORD_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'A password has {min} to {max} characters, and is not the nick.',
  },
  NO_USER: { httpStatus: 404, retry: 'never', text: 'There is no user "{nick}".' },
  REGISTRATION_CLOSED: {
    httpStatus: 403,
    retry: 'never',
    text: 'New accounts are made by an administrator here.',
  },
  LAST_ADMINISTRATOR: {
    httpStatus: 409,
    retry: 'never',
    text: 'There must be another administrator first.',
  },
  KEYS_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'An account has at most {max} keys. Remove one that is not used.',
  },

  // Setting up
  PORT_IN_USE: {
    httpStatus: 500,
    retry: 'never',
    text: 'Port {port} ({door}) is in use. Choose another with {flag}.',
  },
  DATA_IN_USE: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} is in use by {holder}. Stop that one, or choose another directory with --data.',
  },
  DATA_NOT_WRITABLE: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} cannot be written ({problem}). Choose another directory with --data.',
  },
  OUTPUT_NOT_WRITABLE: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} cannot be written ({problem}). Choose another file with -o.',
  },
  DATA_FOREIGN: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} holds the data of another ring ({theirs}). Choose another directory with --data.',
  },
  DATA_DAMAGED: { httpStatus: 500, retry: 'never', text: '{path} is damaged: {problem}.' },
  BACKUP_MISSED: {
    httpStatus: 503,
    retry: 'later',
    text: 'The backup missed a moment at which all partitions agree ({problem}). Try again.',
  },
  BACKUP_ABSENT: {
    httpStatus: 500,
    retry: 'never',
    text: 'There is no backup at {path}. Name the file or the folder that “npx anillo backup” wrote.',
  },
  BACKUP_DAMAGED: {
    httpStatus: 500,
    retry: 'never',
    text: 'The backup is damaged: {part}, {problem}. Use an earlier one, or another copy.',
  },
  BACKUP_IN_USE: {
    httpStatus: 500,
    retry: 'later',
    text: 'Another backup is being written to {path}. Try again when it is done.',
  },
  BACKUP_LOCKED: {
    httpStatus: 500,
    retry: 'never',
    text: 'This does not open the backup: {problem}. Give the key file that “npx anillo backup” named (--key-file), or the passphrase in ANILLO_BACKUP_PASSPHRASE.',
  },
  VERSION_TOO_OLD: {
    httpStatus: 409,
    retry: 'never',
    text: 'This anillo is too old: {what} is at feature level {level}, and it knows levels up to {known}. Update it (docs/upgrade.md).',
  },
  VERSION_TOO_NEW: {
    httpStatus: 409,
    retry: 'never',
    text: 'This anillo is too new: {what} is at feature level {level}, and it knows levels from {known} on. Update by way of a version between (docs/upgrade.md).',
  },
  DATA_TOO_NEW: {
    httpStatus: 500,
    retry: 'never',
    text: 'A newer anillo wrote {path} (format {format}, while this one knows {known}). Nothing was changed; run the newer one.',
  },
  RECOVERY_NEEDLESS: {
    httpStatus: 500,
    retry: 'never',
    text: 'No group has lost its majority: the members in {path} can go on by themselves. Start them.',
  },
  RECOVERY_UNFINISHED: {
    httpStatus: 500,
    retry: 'never',
    text: 'A recovery of this member’s ring was broken off. Run “npx anillo recover” again: it does the rest.',
  },
  RECOVERY_IMPOSSIBLE: {
    httpStatus: 500,
    retry: 'never',
    text: 'No member in {path} has a copy of {what}. Bring back one of the members that had them, or restore a backup.',
  },
  DATA_NOT_EMPTY: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} holds data already, which a restore would lose. Name another directory with --data.',
  },
  DATA_GIVEN_UP: {
    httpStatus: 500,
    retry: 'never',
    text: 'What this member stored was damaged and is given up: {problem} The others hold it still. Move this directory away, and join the ring anew.',
  },
  DISK_FULL: {
    httpStatus: 507,
    retry: 'later',
    text: 'The disk that holds {path} is full, or nearly so. Free some space there: until then only deletes work.',
  },
  DISK_EXISTS: { httpStatus: 500, retry: 'never', text: '{path} exists already.' },
  PASSPHRASE_NEEDED: {
    httpStatus: 500,
    retry: 'never',
    text: 'The data of this member is locked with a passphrase. Give it in ANILLO_PASSPHRASE.',
  },
  PASSPHRASE_WRONG: {
    httpStatus: 500,
    retry: 'never',
    text: 'The passphrase in ANILLO_PASSPHRASE does not open the data of this member.',
  },
  DATA_ABSENT: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} holds no ring yet. Found one with “npx anillo init” or “npx anillo up”, or join one with “npx anillo join”.',
  },
  DATA_WITHOUT_MEMBERS: {
    httpStatus: 500,
    retry: 'never',
    text: 'No member was started in {path}. Look whether that is the directory, start the ring that it holds, or name a door with --at.',
  },
  RING_ON_ONE_COMPUTER: {
    httpStatus: 409,
    retry: 'never',
    text: 'This ring listens on this computer only. Found one over several machines with “npx anillo init”, in another directory.',
  },
  TOKEN_MALFORMED: {
    httpStatus: 400,
    retry: 'never',
    text: 'That is not a join token. Copy the whole line that “npx anillo token” prints.',
  },
  TOKEN_EXPIRED: {
    httpStatus: 403,
    retry: 'never',
    text: 'The join token expired at {expiredAt}. Ask for a new one with “npx anillo token”.',
  },
  TOKEN_USED: {
    httpStatus: 403,
    retry: 'never',
    text: 'The join token was used already. Ask for a new one with “npx anillo token”.',
  },
  TOKEN_WRONG: { httpStatus: 403, retry: 'never', text: 'The join token is not one of this ring.' },
  ADMISSION_REFUSED: {
    httpStatus: 403,
    retry: 'never',
    text: 'Nobody let this machine in within {minutes} minutes. Try again, or use a token.',
  },
  ADMISSION_UNKNOWN: {
    httpStatus: 404,
    retry: 'never',
    text: 'No machine waits with the code {code}.',
  },
  ADMISSION_AMBIGUOUS: {
    httpStatus: 409,
    retry: 'later',
    text: 'Two machines wait with the code {code}. Start “npx anillo join” anew on both.',
  },
  ENROL_ELSEWHERE: {
    httpStatus: 503,
    retry: 'elsewhere',
    text: 'This member cannot let others in; ask one that stores data.',
  },
  RING_AMBIGUOUS: {
    httpStatus: 409,
    retry: 'never',
    text: 'Several rings answer on this network: {rings}. Choose one with --ring.',
  },
  RING_NOT_FOUND: {
    httpStatus: 503,
    retry: 'later',
    text: 'No ring answered on this network. Is a member running, and is UDP port {port} open?',
  },
  SETTING_INVALID: {
    httpStatus: 400,
    retry: 'never',
    text: 'The setting {name} cannot be “{value}”: {problem}.',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS

/** What fills the placeholders, and travels with the code for programs. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>

/** The world failed, or somebody asked wrongly. Match on `code`, never on the text. */
export class AnilloError extends Error {
  override readonly name = 'AnilloError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(errorText(code, details), options)
    this.code = code
    this.details = details
  }
}

/** The sentence for a person; an unfilled placeholder stays visible rather than vanish. */
export function errorText(code: ErrorCode, details: ErrorDetails): string {
  return ERRORS[code].text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = details[name]
    return value === undefined ? whole : String(value)
  })
}

/** For codes that arrive from outside; an unknown one (a newer member's) is `undefined`. */
export function parseErrorCode(text: string): ErrorCode | undefined {
  return Object.hasOwn(ERRORS, text) ? (text as ErrorCode) : undefined
}

/**
 * Anything thrown, as an `AnilloError`: what is not one already becomes `INTERNAL` with its cause.
 */
export function asAnilloError(thrown: unknown): AnilloError {
  if (thrown instanceof AnilloError) return thrown
  return new AnilloError('INTERNAL', {}, { cause: thrown })
}

export function isAnilloError(thrown: unknown, code?: ErrorCode): thrown is AnilloError {
  return thrown instanceof AnilloError && (code === undefined || thrown.code === code)
}
