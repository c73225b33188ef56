/**
 * All that the core may do to the world. `platform/` does it for real, `sim/` virtually; one
 * compliance suite (`test/compliance/`) holds both to the same contract.
 */
import type { Browser } from './browser.ts'
import type { Cipher } from './cipher.ts'
import type { Clock } from './clock.ts'
import type { Crypto } from './crypto.ts'
import type { Databases } from './database.ts'
import type { Disk } from './disk.ts'
import type { Dns } from './dns.ts'
import type { Gzip } from './gzip.ts'
import type { HttpClient } from './http.ts'
import type { Log } from './log.ts'
import type { Net } from './net.ts'
import type { Passwords } from './passwords.ts'
import type { Random } from './random.ts'
import type { Signing } from './signing.ts'
import type { Unpack } from './unpack.ts'
import type { Workers } from './workers.ts'

export interface Effects {
  readonly clock: Clock
  readonly random: Random
  readonly net: Net
  readonly disk: Disk
  readonly databases: Databases
  readonly crypto: Crypto
  readonly cipher: Cipher
  readonly passwords: Passwords
  readonly signing: Signing
  readonly dns: Dns
  readonly http: HttpClient
  readonly unpack: Unpack
  readonly gzip: Gzip
  readonly workers: Workers
  readonly browser: Browser
  readonly log: Log
}
