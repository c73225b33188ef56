/**
 * The one table of errors that a person or a program can meet. Codes are stable: add, never rename,
 * never reuse. A test holds this table and `docs/ERRORS.md` together, both ways.
 *
 * `text` is the sentence in English with `{placeholders}` filled from `details`; it says what is
 * wrong and, where a person can act, what to do. `retry` says whether the same request may help:
 * `never` (change it), `later` (the same request, after a while), `elsewhere` (at another member).
 */
import { DWEET_ERRORS } from './dweet-errors.ts'
import type { ErrorRow } from './error-row.ts'
import { FILE_ERRORS } from './file-errors.ts'
import { SETUP_ERRORS } from './setup-errors.ts'
import { SHARE_ERRORS } from './share-errors.ts'

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
  SCHEDULE_INVALID: {
    httpStatus: 400,
    retry: 'never',
    text: 'This is no schedule: {problem}.',
  },
  SCHEDULE_RUNS: {
    httpStatus: 409,
    retry: 'later',
    text: 'The last run of this schedule still goes on. Cancel it first, or wait for its end.',
  },
  TASK_ENDED: {
    httpStatus: 422,
    retry: 'never',
    text: 'This took more than {limit}, and was ended.',
  },
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
  VANTAGE_UNKNOWN: {
    httpStatus: 400,
    retry: 'never',
    text: 'No member of the ring, and no host of members, is called {vantage}.',
  },
  VANTAGE_SILENT: {
    httpStatus: 503,
    retry: 'later',
    text: 'No member called {vantage} answers now.',
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
  EXPORT_CHANGED: {
    httpStatus: 409,
    retry: 'never',
    text: 'The export does not begin any more as it did. Begin it again.',
  },
  RENDER_UNAVAILABLE: {
    httpStatus: 501,
    retry: 'never',
    text: 'Pages cannot be rendered: {problem}. Install Chromium or Chrome on a member (Debian: apt install chromium; Ubuntu: Google Chrome’s package; macOS: brew install --cask chromium; Windows: winget install Google.Chrome), or name one in the setting browser, and start that member again.',
  },
  RENDER_FAILED: {
    httpStatus: 502,
    retry: 'later',
    text: 'The page could not be rendered: {problem}.',
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
  MEMBER_ENDS: {
    httpStatus: 503,
    retry: 'elsewhere',
    text: 'This member is about to end. Ask another one.',
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
  LOGIN_FIRST: {
    httpStatus: 401,
    retry: 'never',
    text: 'Log in first: no key or log-in was shown, or the one that was does not hold.',
  },
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
    text: 'This is not allowed: your account, or the key in use, lacks the permission “{permission}”.',
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
  GROUP_TAKEN: {
    httpStatus: 409,
    retry: 'never',
    text: 'The group “{name}” is there, or was: names of groups are given once. Choose another.',
  },
  GROUP_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'The name of a group has 1 to {max} letters from a to z, digits, “_” and “-”, and begins with none of those two.',
  },
  NO_GROUP: { httpStatus: 404, retry: 'never', text: 'There is no group “{name}”.' },
  GROUPS_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'There are at most {max} {what}.',
  },
  KEYS_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'An account has at most {max} keys. Remove one that is not used.',
  },

  ...FILE_ERRORS,
  ...DWEET_ERRORS,
  ...SHARE_ERRORS,
  ...SETUP_ERRORS,
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
