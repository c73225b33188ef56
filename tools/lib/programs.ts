/** Programs that some tests drive and that Node does not bring. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { fromRoot } from './paths.ts'

/** A program by the package that brings it, and where else a person may have put it. */
type Program =
  | { readonly debianPackage: string; readonly path: string }
  /** With its version: of the registry of Python. */
  | { readonly pythonPackage: string; readonly path: string }
  /** In no registry: what a person does to have it. */
  | { readonly byHand: string; readonly path: string }

/** A directory of its own, so that nothing of the system changes. */
const PYTHON = fromRoot('node_modules/.cache/anillo-python')
const PYTHON_BIN = process.env['ANILLO_PYTHON_BIN'] ?? `${PYTHON}/bin`

/** Call them by `programPath`. */
const PYTHON_TOOLS: Readonly<Record<string, string>> = {
  warcio: 'warcio==1.8.1',
  wayback: 'pywb==2.10.0',
  'wb-manager': 'pywb==2.10.0',
  'podman-compose': 'podman-compose==1.6.0',
  /** A program that the library `webdav4` brings. */
  dav: 'webdav4==0.11.0',
  toot: 'toot==0.52.1',
}

/** Libraries that tests drive by a script, as Python calls them. */
const PYTHON_LIBRARIES: Readonly<Record<string, string>> = {
  mastodon: 'Mastodon.py==2.3.3',
  /** Brings rpcudp and u-msgpack-python. */
  kademlia: 'kademlia==2.2.3',
  /** With it, nodes of Mainline that are not ours. */
  libtorrent: 'libtorrent==2.1.1',
  /** With it Mastodon.py speaks by WebSocket, too. */
  websocket: 'websocket-client==1.9.2',
}

/** What containers need besides it, where Debian only recommends it. */
const CONTAINER_TOOLS: Readonly<Record<string, string>> = {
  podman: '/usr/bin/podman',
  netavark: '/usr/lib/podman/netavark',
  'aardvark-dns': '/usr/lib/podman/aardvark-dns',
  iptables: '/usr/sbin/iptables',
}

/** By the package of Debian that brings them. */
const FTP_CLIENTS: Readonly<Record<string, string>> = {
  aria2c: 'aria2',
  curl: 'curl',
  'inetutils-ftp': 'inetutils-ftp',
  lftp: 'lftp',
  ncftpput: 'ncftp',
  python3: 'python3',
  rclone: 'rclone',
  tnftp: 'tnftp',
  wget: 'wget',
}

/** Mounting takes root besides: who has it not leaves that client out. */
const WEBDAV_CLIENTS: Readonly<Record<string, Program>> = {
  cadaver: { debianPackage: 'cadaver', path: '/usr/bin/cadaver' },
  davfs2: { debianPackage: 'davfs2', path: '/usr/sbin/mount.davfs' },
  litmus: { debianPackage: 'litmus', path: '/usr/bin/litmus' },
}

/** A test file names what it needs in its header: `Needs chromium and …`. */
const PROGRAMS: ReadonlyMap<string, Program> = new Map([
  [
    'chromium',
    {
      debianPackage: 'chromium',
      path: process.env['ANILLO_CHROMIUM'] ?? '/usr/bin/chromium',
    },
  ],
  ...Object.entries(FTP_CLIENTS).map(([name, debianPackage]): [string, Program] => [
    name,
    { debianPackage, path: `/usr/bin/${name}` },
  ]),
  ...Object.entries(WEBDAV_CLIENTS),
  [
    'kademlia-iic2523',
    {
      byHand:
        'vdrg/kademlia and vdrg/kademlia-iic2523 are in no registry of packages: install them as ' +
        'the latter’s README says, and name the Python that has them in ANILLO_IIC2523_PYTHON',
      path: process.env['ANILLO_IIC2523_PYTHON'] ?? 'no-python-with-kademlia-iic2523',
    },
  ],
  ['tmux', { debianPackage: 'tmux', path: '/usr/bin/tmux' }],
  ...Object.entries(CONTAINER_TOOLS).map(([name, path]): [string, Program] => [
    name,
    { debianPackage: name, path },
  ]),
  ...Object.entries(PYTHON_TOOLS).map(([name, pythonPackage]): [string, Program] => [
    name,
    { pythonPackage, path: join(PYTHON_BIN, name) },
  ]),
  ...Object.entries(PYTHON_LIBRARIES).map(([name, pythonPackage]): [string, Program] => [
    name,
    {
      pythonPackage,
      // Its folder bears the version of a Python that may not have been put there yet.
      get path() {
        return libraryPath(name)
      },
    },
  ]),
])

/** Python as it has what was installed for tests. */
export const PYTHON_PATH = join(PYTHON_BIN, 'python3')

/** Where it lies, or would. */
function libraryPath(name: string): string {
  const all = join(PYTHON_BIN, '../lib')
  const version = existsSync(all)
    ? readdirSync(all).find((one) => one.startsWith('python'))
    : undefined
  return join(all, version ?? 'python3', 'site-packages', name)
}

export function programPath(name: string): string {
  return PROGRAMS.get(name)?.path ?? name
}

/** The names of programs that a test file needs and that are not here. */
export function missingFor(file: string): readonly string[] {
  return neededBy(file).filter((name) => {
    const program = PROGRAMS.get(name)
    return program !== undefined && !existsSync(program.path)
  })
}

/** Of those that are in no registry: how to have them. */
export function handWork(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const program = PROGRAMS.get(name)
    return program !== undefined && 'byHand' in program ? [program.byHand] : []
  })
}

/** The words in which a test file says what it needs. */
export function neededBy(file: string): readonly string[] {
  const sentence = /\bNeeds\s([^.]*)\./.exec(readFileSync(fromRoot(file), 'utf8'))?.[1] ?? ''
  return sentence.match(/[\w-]+/g) ?? []
}

/**
 * Installs programs where that is ours to do: of Python into a directory of their own, others as
 * root on Debian. Elsewhere does nothing.
 */
export function installPrograms(names: readonly string[]): void {
  const programs = names.flatMap((name) => PROGRAMS.get(name) ?? [])
  installOfPython(
    programs.flatMap((program) => ('pythonPackage' in program ? program.pythonPackage : [])),
  )
  installOfDebian(
    programs.flatMap((program) => ('debianPackage' in program ? program.debianPackage : [])),
  )
}

function installOfPython(packages: readonly string[]): void {
  if (packages.length === 0 || process.env['ANILLO_PYTHON_BIN'] !== undefined) return
  const wanted = [...new Set(packages)]
  console.log(`Installing with pip: ${wanted.join(', ')}`)
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', PYTHON]],
    // One of them asks for it without saying so.
    [`${PYTHON}/bin/pip`, ['install', '--quiet', 'setuptools<81', ...wanted]],
  ]
  for (const [program, args] of steps) {
    const { status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) console.log(`${program} ${args.join(' ')} failed.`)
  }
}

function installOfDebian(packages: readonly string[]): void {
  if (packages.length === 0 || process.getuid?.() !== 0 || !hasApt()) return
  console.log(`Installing with apt-get: ${packages.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) console.log(`apt-get ${args.join(' ')} failed.`)
  }
}

function hasApt(): boolean {
  try {
    execFileSync('apt-get', ['--version'], { stdio: 'ignore' })
    return existsSync('/etc/debian_version')
  } catch {
    return false
  }
}
