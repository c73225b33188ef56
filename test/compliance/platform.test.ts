/** The effects of the operating system under the suites that the virtual ones pass too. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

import type { Effects } from '../../src/effects/effects.ts'
import { platformCipher } from '../../src/platform/cipher.ts'
import { platformClock } from '../../src/platform/clock.ts'
import { makeCrypto } from '../../src/platform/crypto.ts'
import { platformDatabases } from '../../src/platform/databases.ts'
import { platformDisk } from '../../src/platform/disk.ts'
import { platformDns } from '../../src/platform/dns.ts'
import { platformGzip } from '../../src/platform/gzip.ts'
import { createPlatformHttp } from '../../src/platform/http.ts'
import { makeNet } from '../../src/platform/net.ts'
import { platformPasswords } from '../../src/platform/passwords.ts'
import { platformRandom } from '../../src/platform/random.ts'
import { platformSigning } from '../../src/platform/signing.ts'
import { platformUnpack } from '../../src/platform/unpack.ts'
import { platformWorkers } from '../../src/platform/workers.ts'
import { cipherSuite } from './cipher.ts'
import { clockSuite } from './clock.ts'
import { cryptoSuite, memberSignaturesSuite } from './crypto.ts'
import { databaseSuite } from './database.ts'
import { datagramSuite } from './datagrams.ts'
import { diskSuite } from './disk.ts'
import { gzipSuite } from './gzip.ts'
import { netSuite } from './net.ts'
import { passwordSuite } from './passwords.ts'
import { randomSuite } from './random.ts'
import { signingSuite } from './signing.ts'
import { startSite } from './site-server.ts'
import { dnsSuite, httpSuite, unpackSuite } from './sites.ts'
import type { MakeSubject } from './subject.ts'
import { workersSuite } from './workers.ts'

const world = 'platform'

function real<K extends keyof Effects>(effects: Pick<Effects, K>): MakeSubject<K> {
  return async () => ({ effects, run: (body) => body(), close: async () => {} })
}

/** Effects that live in a directory, which goes away with the test. */
function inDirectory<K extends keyof Effects>(
  makeEffects: (root: string) => Pick<Effects, K>,
): MakeSubject<K> {
  return async () => {
    const root = await mkdtemp(join(tmpdir(), 'anillo-compliance-'))
    return {
      effects: makeEffects(root),
      run: (body) => body(),
      close: () => rm(root, { recursive: true }),
    }
  }
}

/** Timers of the platform keep no process alive; a test that waits for one must. */
const alive = setInterval(() => {}, 1_000)
after(() => clearInterval(alive))

clockSuite({ world, make: real({ clock: platformClock() }) })
cipherSuite({ world, make: real({ cipher: platformCipher() }) })
passwordSuite({ world, make: real({ passwords: platformPasswords() }) })
signingSuite({ world, make: real({ signing: platformSigning() }) })
randomSuite({ world, make: real({ random: platformRandom() }) })
diskSuite({ world, make: inDirectory((root) => ({ disk: platformDisk(root) })) })
databaseSuite({ world, make: inDirectory((root) => ({ databases: platformDatabases(root) })) })

const network = { net: makeNet(), crypto: makeCrypto(), clock: platformClock() }
netSuite({ world, make: real(network) })
datagramSuite({ world, make: real(network) })
cryptoSuite({ world, make: real(network) })
memberSignaturesSuite({ world, make: real(network) })

workersSuite({
  world,
  make: () => {
    const tasksModule = new URL('tasks.ts', import.meta.url)
    return real({ workers: platformWorkers({ tasksModule, threadsMax: 2 }) })()
  },
})

const server = await startSite()
after(() => server[Symbol.asyncDispose]())

dnsSuite({ world, make: real({ dns: platformDns }) })
httpSuite({ world, make: real({ http: createPlatformHttp() }) }, () => server.site)
unpackSuite({ world, make: real({ unpack: platformUnpack }) })
gzipSuite({ world, make: real({ gzip: platformGzip }) })
