/** A log some of whose lines a person is told of as well. */
import type { Log, LogFields } from '../effects/log.ts'

/** Sees every line from `info` on. */
export type LogListener = (event: string, fields: LogFields) => void

export function toldLog(log: Log, tell: LogListener): Log {
  const both =
    (level: 'info' | 'warn' | 'error') =>
    (event: string, fields?: LogFields): void => {
      log[level](event, fields)
      tell(event, fields ?? {})
    }
  return {
    debug: (event, fields) => log.debug(event, fields),
    info: both('info'),
    warn: both('warn'),
    error: both('error'),
    child: (fields) => toldLog(log.child(fields), tell),
  }
}
