import type { Log } from '../src/effects/log.ts'

const ignore = (): void => undefined

/** A log for measurements of other things. */
export const silentLog: Log = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => silentLog,
}
