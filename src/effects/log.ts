/**
 * What a member writes about itself. Fields are data, never text to be parsed; nothing secret goes
 * in.
 */

export type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** A log whose lines all bear these fields. */
  child(fields: LogFields): Log
}
