/** Replies as data, and as the bytes of RFC 959 section 4.2. */
import type { AnilloError, ErrorCode } from '../../base/errors.ts'

/** Lines between the first and the last stand as they are, but for a space before each. */
export interface Reply {
  readonly code: number
  readonly lines: readonly [string, ...string[]]
}

export function reply(code: number, ...lines: readonly [string, ...string[]]): Reply {
  return { code, lines }
}

/** With its CRLF. What would end a line is taken out of texts. */
export function replyText({ code, lines }: Reply): string {
  const clean = lines.map((line) => line.replaceAll(/[\r\n\0]/g, ' '))
  const last = clean.pop() ?? ''
  const [first, ...between] = clean
  if (first === undefined) return `${code} ${last}\r\n`
  const middle = between.map((line) => ` ${line}\r\n`).join('')
  return `${code}-${first}\r\n${middle}${code} ${last}\r\n`
}

/** Where it is not by the kind of HTTP status: what the code asks of a client. */
const CODES: Partial<Record<ErrorCode, number>> = {
  BAD_LOGIN: 530,
  ACCOUNT_SUSPENDED: 530,
  LOGIN_FIRST: 530,
  SLOW_DOWN: 421,
  NAME_INVALID: 553,
  QUOTA_FULL: 552,
  QUOTA_FILES_FULL: 552,
  FOLDER_FULL: 552,
  TOO_LARGE: 552,
  DISK_FULL: 452,
  BUSY: 450,
  UPLOAD_ELSEWHERE: 450,
  CURSOR_STALE: 450,
  UPLOAD_OFFSET: 554,
}

/** 4xx: the same may work later (RFC 959 section 4.2.1). */
export function replyOf(error: AnilloError, isLasting: boolean): Reply {
  return reply(CODES[error.code] ?? (isLasting ? 550 : 451), error.message)
}

/** A path or name as it stands in 257: quotes are doubled. */
export function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}
