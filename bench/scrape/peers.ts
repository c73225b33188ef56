/** Crawlers that people would take instead, where they are installed. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export interface Peer {
  readonly name: string
  /** `undefined`: it is installed; else how it is. */
  readonly missing: string | undefined
  readonly command: (url: string, connections: number) => readonly string[]
}

/** @param directory where packages of npm are installed for them */
export function peersIn(directory: string | undefined): readonly Peer[] {
  return [scrapy(), crawlee('http', directory), crawlee('cheerio', directory), wget()]
}

export const WGET_DIRECTORY = join(tmpdir(), 'anillo-bench-wget')

/** Debian's python, which has Debian's packages. */
const PYTHON = '/usr/bin/python3'

function scrapy(): Peer {
  const hasIt = spawnSync(PYTHON, ['-c', 'import scrapy']).status === 0
  return {
    name: 'Scrapy',
    missing: hasIt ? undefined : 'apt-get install python3-scrapy',
    command: (url, connections) => [PYTHON, at('scrapy-peer.py'), url, String(connections)],
  }
}

function crawlee(kind: 'http' | 'cheerio', directory: string | undefined): Peer {
  const hasIt =
    directory !== undefined && existsSync(join(directory, 'node_modules', '@crawlee', kind))
  const program = [process.execPath, at('crawlee-peer.ts'), kind]
  return {
    name: kind === 'http' ? 'Crawlee HttpCrawler' : 'Crawlee CheerioCrawler',
    missing: hasIt ? undefined : `npm i --prefix DIR @crawlee/${kind}, and --peers DIR`,
    command: (url, connections) => [
      'env',
      `--chdir=${directory ?? '.'}`,
      ...program,
      url,
      String(connections),
    ],
  }
}

function wget(): Peer {
  const hasIt = spawnSync('wget', ['--version']).status === 0
  return {
    name: 'wget -r (one connection)',
    missing: hasIt ? undefined : 'apt-get install wget',
    command: (url) => ['wget', '-q', '-r', '-l', 'inf', '-P', WGET_DIRECTORY, url],
  }
}
