/** The effects of the operating system, put together for one member's process. */
import { availableParallelism } from 'node:os'

import type { Effects } from '../effects/effects.ts'
import type { LogFields } from '../effects/log.ts'
import { platformBrowser } from './browser/browser.ts'
import { NO_BROWSER } from './browser/find-browser.ts'
import { platformCipher } from './cipher.ts'
import { platformClock } from './clock.ts'
import { makeCrypto } from './crypto.ts'
import { platformDatabases } from './databases.ts'
import { platformDisk } from './disk.ts'
import { platformDns } from './dns.ts'
import { platformGzip } from './gzip.ts'
import { createPlatformHttp } from './http.ts'
import { platformLog, type LogLevel } from './log.ts'
import { makeNet } from './net.ts'
import { platformPasswords } from './passwords.ts'
import { platformRandom } from './random.ts'
import { platformSigning } from './signing.ts'
import { platformUnpack } from './unpack.ts'
import { platformWorkers } from './workers.ts'

export interface PlatformOptions {
  /** The directory that files and databases are under. */
  readonly path: string
  readonly logLevel: LogLevel
  /** Appended to; standard error where absent. */
  readonly logPath?: string
  /** What every line of the log bears. */
  readonly logFields?: LogFields
  /** A module that exports `tasks` for the worker threads; without it they know none. */
  readonly tasksModule?: URL
  /** Path of a browser; empty: looked for; absent: there is none. */
  readonly browser?: string
}

export interface PlatformEffects {
  readonly effects: Effects
  /** Ends the worker threads and the browser, and closes the log. */
  close(): Promise<void>
}

export function platformEffects(options: PlatformOptions): PlatformEffects {
  const { path, logLevel, logPath, logFields = {} } = options
  const destination = logPath === undefined ? {} : { path: logPath }
  const log = platformLog({ level: logLevel, fields: logFields, ...destination })
  const workers = platformWorkers({
    tasksModule: options.tasksModule,
    // One core is left to the event loop.
    threadsMax: Math.max(1, availableParallelism() - 1),
  })
  const browser = platformBrowser({ setting: options.browser ?? NO_BROWSER })
  const effects: Effects = {
    clock: platformClock(),
    random: platformRandom(),
    net: makeNet(),
    disk: platformDisk(path),
    databases: platformDatabases(path),
    crypto: makeCrypto(),
    cipher: platformCipher(),
    passwords: platformPasswords(),
    signing: platformSigning(),
    dns: platformDns,
    http: createPlatformHttp(),
    unpack: platformUnpack,
    gzip: platformGzip,
    workers,
    browser,
    log: log.log,
  }
  return {
    effects,
    async close() {
      await Promise.all([workers.close(), browser.close()])
      log.close()
    },
  }
}
