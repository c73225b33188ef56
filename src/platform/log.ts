/** JSON lines (pino) in a file or on standard error. */
import { pino, type Logger } from 'pino'

import type { Log, LogFields } from '../effects/log.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface LogOptions {
  readonly level: LogLevel
  /** Appended to, made with its directories; standard error where absent. */
  readonly path?: string
  /** What every line bears, e.g. the member's name. */
  readonly fields: LogFields
}

export interface PlatformLog {
  readonly log: Log
  /** Lines that could not be written, e.g. on a full disk: a log never ends its process. */
  linesLost(): number
  /** Writes what waits and closes the file. */
  close(): void
}

const STANDARD_ERROR = 2
/** It names addresses that were asked for: only for the account that runs the member. */
const FILE_MODE = 0o600

/** A line is written in the call that logs it, so that the last ones before a kill -9 are there. */
export function platformLog(options: LogOptions): PlatformLog {
  let lost = 0
  const destination = pino.destination({
    dest: options.path ?? STANDARD_ERROR,
    mkdir: true,
    mode: FILE_MODE,
    sync: true,
  })
  destination.on('error', () => {
    lost++
  })
  const logger = pino(
    {
      level: options.level,
      base: options.fields,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    destination,
  )
  return {
    log: logOver(logger),
    linesLost: () => lost,
    close: () => {
      if (options.path !== undefined) destination.end()
    },
  }
}

function logOver(logger: Logger): Log {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
    child: (fields) => logOver(logger.child(fields)),
  }
}
