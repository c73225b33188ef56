/** The entry of `anillo bench`: measurements by name, each loaded when it is asked for. */

import type { Bench, PrintLine } from './bench.ts'
import { DWEET_OPTIONS } from './dweet/options.ts'
import { FILES_OPTIONS } from './files/options.ts'
import { SCRAPE_OPTIONS } from './scrape/options.ts'
import { SHARE_OPTIONS } from './share/options.ts'
import { STORE_OPTIONS } from './store/options.ts'
import { UPLINKS_OPTIONS } from './uplinks/options.ts'

interface BenchRow {
  readonly summary: string
  readonly options?: readonly string[]
  readonly load: () => Promise<Bench>
}

const BENCHES: Readonly<Record<string, BenchRow>> = {
  accounts: {
    summary: 'tokens, reads by somebody beside reads by nobody, log-ins',
    load: async () => (await import('./accounts.ts')).benchAccounts,
  },
  'at-rest': {
    summary: 'what of puts and chunks is encryption of what is kept',
    load: async () => (await import('./at-rest.ts')).benchAtRest,
  },
  chunks: {
    summary: 'chunks written to three of five members, and read back',
    load: async () => (await import('./chunks.ts')).benchChunks,
  },
  contents: {
    summary: 'files written and read through one member alone, and through a ring of five',
    load: async () => (await import('./contents.ts')).benchContents,
  },
  database: {
    summary: 'records in the database of a member, and in the groups’ state over it',
    load: async () => (await import('./database.ts')).benchDatabase,
  },
  dweet: {
    summary: 'a microblog’s load on rings, beside Redis and PostgreSQL',
    options: DWEET_OPTIONS,
    load: async () => (await import('./dweet.ts')).benchDweet,
  },
  files: {
    summary: 'files through FTP, beside vsftpd, Pure-FTPd, ProFTPD, pyftpdlib and ftp-srv',
    options: FILES_OPTIONS,
    load: async () => (await import('./files.ts')).benchFiles,
  },
  log: {
    summary: 'appends to the write-ahead log, beside bare syncs',
    load: async () => (await import('./log.ts')).benchLog,
  },
  rpc: {
    summary: 'requests between two processes, beside node:http2',
    load: async () => (await import('./rpc.ts')).benchRpc,
  },
  scrape: {
    summary: 'crawls of one site by rings, beside Scrapy, Crawlee and wget; what people wait for',
    options: SCRAPE_OPTIONS,
    load: async () => (await import('./scrape.ts')).benchScrape,
  },
  share: {
    summary: 'files from four sources; the open network beside bmuller/kademlia, and its dead',
    options: SHARE_OPTIONS,
    load: async () => (await import('./share.ts')).benchShare,
  },
  store: {
    summary: 'puts and gets of a whole ring, its failures and its size, beside etcd',
    options: STORE_OPTIONS,
    load: async () => (await import('./store.ts')).benchStore,
  },
  uplinks: {
    summary: 'files through thin uplinks, in network namespaces; aria2c through Metalink',
    options: UPLINKS_OPTIONS,
    load: async () => (await import('./uplinks.ts')).benchUplinks,
  },
}

const EXIT_DONE = 0
const EXIT_USAGE = 2

/** Runs `[NAME] [ARGUMENT]...`; without a name every bench. Answers the exit code. */
export async function benchCommand(
  args: readonly string[],
  print: PrintLine = (line) => process.stdout.write(`${line}\n`),
): Promise<number> {
  const [name, ...rest] = args
  if (args.some((each) => each === '--help' || each === '-h')) {
    printBenches(print)
    return EXIT_DONE
  }
  const names = name === undefined ? Object.keys(BENCHES) : [name]
  for (const each of names) {
    const bench = Object.hasOwn(BENCHES, each) ? BENCHES[each] : undefined
    if (bench === undefined) {
      print(`There is no bench “${each}”.`)
      printBenches(print)
      return EXIT_USAGE
    }
    const run = await bench.load()
    await run(rest, print)
  }
  return EXIT_DONE
}

function printBenches(print: PrintLine): void {
  print('npx anillo bench [NAME [OPTION]...]: measures; without a name everything.')
  for (const [name, { summary, options = [] }] of Object.entries(BENCHES)) {
    print(`  ${name.padEnd(NAME_WIDTH)}  ${summary}`)
    for (const option of options) print(`  ${' '.repeat(NAME_WIDTH)}    ${option}`)
  }
}

const NAME_WIDTH = 8
