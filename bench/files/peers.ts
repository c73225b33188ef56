/** FTP servers that people would take instead, where they are installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { SECOND_MS } from '../../src/base/limits.ts'
import type { PrintLine } from '../bench.ts'
import { eventually, HOST } from '../store/cluster.ts'
import { freePorts } from '../store/free-port.ts'
import { familyOf, type FtpServer } from './ftp-server.ts'
import { FtpSession } from './ftp-session.ts'
import { USER_ID, type PeerPlace } from './peer-place.ts'
import { proftpdFiles, pureFtpdPassword, vsftpdFiles } from './peer-settings.ts'
import type { Programs } from './programs.ts'
import { asUserOf } from './system-user.ts'

const USER = 'bench'
const PASSWORD = 'bench'
const START_MS = 10 * SECOND_MS

interface Peer {
  readonly name: string
  readonly hasTls: boolean
  /** `undefined`: it is installed; else how it is. */
  readonly missing: string | undefined
  /** Makes what it needs; answers the program that serves. */
  readonly command: (place: PeerPlace) => Promise<readonly string[]>
  readonly env?: Readonly<Record<string, string>>
}

/** Debian lets one of them be installed at a time: they are unpacked side by side. */
const BY_APT =
  'cd DIR && apt-get download vsftpd pure-ftpd proftpd-core proftpd-mod-crypto && ' +
  'for deb in *.deb; do dpkg -x $deb .; done (and apt-get install libwrap0 libhiredis0.14 ' +
  'libmemcached11 libmemcachedutil2 libpcre2-posix3), then --peers DIR, as root'

const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export function peersIn(directory: string | undefined): readonly Peer[] {
  return [
    vsftpd(directory),
    pureFtpd(directory),
    proftpd(directory),
    pyftpdlib(directory),
    ftpSrv(directory),
  ]
}

/** The program, on the path or unpacked below the directory; to change users takes root. */
function unpacked(directory: string | undefined, name: string): string | undefined {
  if (process.getuid?.() !== 0) return undefined
  const below = directory === undefined ? [] : [join(directory, 'usr/sbin', name)]
  return [...below, join('/usr/sbin', name)].find(existsSync)
}

function vsftpd(directory: string | undefined): Peer {
  const program = unpacked(directory, 'vsftpd')
  return {
    name: 'vsftpd',
    hasTls: true,
    missing: program === undefined ? BY_APT : undefined,
    command: async (place) => {
      const settings = await vsftpdFiles(place)
      return asUserOf(place, USER, [program ?? '', settings])
    },
  }
}

function pureFtpd(directory: string | undefined): Peer {
  const program = unpacked(directory, 'pure-ftpd')
  return {
    name: 'Pure-FTPd',
    hasTls: true,
    missing: program === undefined ? BY_APT : undefined,
    command: async (place) => {
      const maker = (program ?? '').replace('sbin/pure-ftpd', 'bin/pure-pw')
      const database = await pureFtpdPassword(place, { user: USER, maker })
      const people = ['-l', `puredb:${database}`, '-E', '-H', '-c', '400', '-C', '400']
      const rest = ['-Y', '1', '-2', place.pem, '-L', '200000:50', '-u', '1000']
      const words = [program ?? '', '-4', '-S', `${HOST},${place.port}`, ...people, ...rest]
      return asUserOf(place, USER, words)
    },
  }
}

function proftpd(directory: string | undefined): Peer {
  const program = unpacked(directory, 'proftpd')
  const modules = (program ?? '').replace('sbin/proftpd', 'lib/proftpd')
  return {
    name: 'ProFTPD',
    hasTls: true,
    missing: program === undefined ? BY_APT : undefined,
    command: async (place) => {
      const settings = await proftpdFiles(place, { user: USER, modules })
      return asUserOf(place, USER, [program ?? '', '-n', '-c', settings])
    },
  }
}

function pyftpdlib(directory: string | undefined): Peer {
  const env = directory === undefined ? {} : { PYTHONPATH: join(directory, 'python') }
  const look = (module: string): boolean =>
    spawnSync('python3', ['-c', `import ${module}`], { env: { ...process.env, ...env } }).status ===
    0
  return {
    name: 'pyftpdlib',
    hasTls: look('OpenSSL'),
    missing: look('pyftpdlib')
      ? undefined
      : 'pip install --target DIR/python pyftpdlib pyOpenSSL, then --peers DIR',
    env,
    command: async ({ home, pem, port }) => [
      'python3',
      at('pyftpdlib-peer.py'),
      String(port),
      home,
      USER,
      PASSWORD,
      pem,
    ],
  }
}

function ftpSrv(directory: string | undefined): Peer {
  const hasIt = directory !== undefined && existsSync(join(directory, 'node_modules', 'ftp-srv'))
  return {
    name: 'ftp-srv',
    // Its TLS serves no current Node.
    hasTls: false,
    missing: hasIt ? undefined : 'npm i --prefix DIR ftp-srv, then --peers DIR',
    command: async ({ home, port }) => [
      process.execPath,
      at('ftp-srv-peer.ts'),
      directory ?? '',
      String(port),
      home,
      USER,
      PASSWORD,
    ],
  }
}

/** Those that are installed and start; of the others it is said why not. */
export async function startPeers(
  programs: Programs,
  {
    directory,
    peers,
    print,
  }: {
    readonly directory: string
    readonly peers: string | undefined
    readonly print: PrintLine
  },
): Promise<readonly FtpServer[]> {
  const started: FtpServer[] = []
  for (const peer of peersIn(peers)) {
    if (peer.missing !== undefined) {
      print(`${peer.name} is not installed: ${peer.missing}`)
      continue
    }
    try {
      started.push(await startPeer(programs, peer, join(directory, peer.name)))
    } catch (thrown) {
      print(
        `${peer.name} did not start: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      )
    }
  }
  return started
}

async function startPeer(programs: Programs, peer: Peer, directory: string): Promise<FtpServer> {
  const place = await placeIn(directory)
  const words = await peer.command(place)
  const { isOver, pid, said } = programs.start(words, peer.env)
  const server: FtpServer = {
    name: peer.name,
    host: HOST,
    port: place.port,
    user: USER,
    password: PASSWORD,
    hasTls: peer.hasTls,
    pids: () => familyOf(pid),
  }
  try {
    await eventually(peer.name, START_MS, async () => {
      if (isOver()) return true
      ;(await FtpSession.begin(server)).close()
      return true
    })
  } catch (cause) {
    throw new Error(said() || 'nobody can log in', { cause })
  }
  if (isOver()) throw new Error(said() || 'it ended')
  return server
}

async function placeIn(directory: string): Promise<PeerPlace> {
  const home = join(directory, 'home')
  await mkdir(home, { recursive: true })
  // Others’ accounts have to come to what is theirs.
  await chmod(directory, 0o755)
  if (process.getuid?.() === 0) await chown(home, USER_ID, USER_ID)
  const hashed = execFileSync('openssl', ['passwd', '-1', '-salt', 'bench', PASSWORD])
  return {
    directory,
    home,
    port: await freePorts(1),
    pem: await certificateIn(directory),
    hashed: hashed.toString().trim(),
  }
}

async function certificateIn(directory: string): Promise<string> {
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const files = ['-keyout', key, '-out', certificate, '-days', '30']
  execFileSync('openssl', ['req', '-x509', ...curve, ...files, ...subject], { stdio: 'pipe' })
  const both = join(directory, 'both.pem')
  await writeFile(both, execFileSync('cat', [key, certificate]), { mode: 0o600 })
  return both
}
