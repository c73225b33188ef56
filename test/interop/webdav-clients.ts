/**
 * WebDAV clients that others wrote, each as what it can do. Names are from the home of the account;
 * what a client cannot do is absent.
 */
import { execFile, spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { programPath } from '../../tools/lib/programs.ts'

export interface Server {
  readonly port: number
}

type Names = readonly [from: string, to: string]

export interface WebdavClient {
  readonly name: string
  /** In names it means something else to it. */
  readonly hasNoPercent?: true
  /** What it takes before and after; `undefined`: this machine has no place for it, and why. */
  readonly open?: (server: Server) => Promise<Opened>
  put(server: Server, local: string, remote: string): Promise<unknown>
  get(server: Server, remote: string, local: string): Promise<unknown>
  /** Text in which the names stand. */
  list?(server: Server, folder: string): Promise<string>
  makeFolder(server: Server, folder: string): Promise<unknown>
  removeFolder(server: Server, folder: string): Promise<unknown>
  rename(server: Server, ...names: Names): Promise<unknown>
  copy?(server: Server, ...names: Names): Promise<unknown>
  remove(server: Server, remote: string): Promise<unknown>
}

type Opened =
  | { readonly kind: 'open'; readonly close: () => Promise<void> }
  | { readonly kind: 'left out'; readonly why: string }

export const NICK = 'ana'
export const PASSWORD = 'ana-password'
const HOST = '127.0.0.1'
const TIMEOUT_MS = 60_000

const execute = promisify(execFile)

export async function run(
  program: string,
  args: readonly string[],
  more: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'anillo-dav-home-'))
  const netrc = `machine ${HOST} login ${NICK} password ${PASSWORD}\n`
  await writeFile(join(home, '.netrc'), netrc, { mode: 0o600 })
  const env = { ...process.env, HOME: home, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...more.env }
  const options = { env, cwd: home, timeout: TIMEOUT_MS, maxBuffer: 16 << 20 }
  try {
    const running = execute(program, args, options)
    running.child.stdin?.end(more.input ?? '')
    const { stderr, stdout } = await running
    return stdout + stderr
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/')
export const urlOf = ({ port }: Server, path: string): string =>
  `http://${HOST}:${port}/dav/${'home'}/${NICK}/${encoded(path)}`

function curl(server: Server, path: string, ...args: readonly string[]): Promise<string> {
  return run('curl', ['-fsS', '--user', `${NICK}:${PASSWORD}`, ...args, urlOf(server, path)])
}

const CURL: WebdavClient = {
  name: 'curl',
  put: (server, local, remote) => curl(server, remote, '-T', local),
  get: (server, remote, local) => curl(server, remote, '-o', local),
  list: (server, folder) => curl(server, `${folder}/`, '-X', 'PROPFIND', '-H', 'Depth: 1'),
  makeFolder: (server, folder) => curl(server, `${folder}/`, '-X', 'MKCOL'),
  removeFolder: (server, folder) => curl(server, `${folder}/`, '-X', 'DELETE'),
  rename: (server, from, to) =>
    curl(server, from, '-X', 'MOVE', '-H', `Destination: ${urlOf(server, to)}`),
  copy: (server, from, to) =>
    curl(server, from, '-X', 'COPY', '-H', `Destination: ${urlOf(server, to)}`),
  remove: (server, remote) => curl(server, remote, '-X', 'DELETE'),
}

/** It ends with 0 whatever happens: what it says tells. */
async function cadaver(server: Server, ...commands: readonly string[]): Promise<string> {
  const told = await run('cadaver', [urlOf(server, '')], {
    input: `${commands.join('\n')}\nquit\n`,
  })
  if (/failed|could not|error/i.test(told)) throw new Error(told)
  return told
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`

const CADAVER: WebdavClient = {
  name: 'cadaver',
  put: (server, local, remote) => cadaver(server, `put ${quoted(local)} ${quoted(remote)}`),
  get: (server, remote, local) => cadaver(server, `get ${quoted(remote)} ${quoted(local)}`),
  list: (server, folder) => cadaver(server, `ls ${quoted(folder)}`),
  makeFolder: (server, folder) => cadaver(server, `mkcol ${quoted(folder)}`),
  removeFolder: (server, folder) => cadaver(server, `rmcol ${quoted(folder)}`),
  rename: (server, from, to) => cadaver(server, `move ${quoted(from)} ${quoted(to)}`),
  copy: (server, from, to) => cadaver(server, `copy ${quoted(from)} ${quoted(to)}`),
  remove: (server, remote) => cadaver(server, `delete ${quoted(remote)}`),
}

/** With times of files, as ownCloud's clients send them. */
async function rclone(server: Server, ...args: readonly string[]): Promise<string> {
  const password = (await run('rclone', ['obscure', PASSWORD])).trim()
  const env = {
    RCLONE_CONFIG_RING_TYPE: 'webdav',
    RCLONE_CONFIG_RING_URL: urlOf(server, ''),
    RCLONE_CONFIG_RING_VENDOR: 'owncloud',
    RCLONE_CONFIG_RING_USER: NICK,
    RCLONE_CONFIG_RING_PASS: password,
  }
  return run('rclone', args, { env })
}

const RCLONE: WebdavClient = {
  name: 'rclone',
  put: (server, local, remote) => rclone(server, 'copyto', local, `ring:${remote}`),
  get: (server, remote, local) => rclone(server, 'copyto', `ring:${remote}`, local),
  list: (server, folder) => rclone(server, 'lsl', `ring:${folder}`),
  makeFolder: (server, folder) => rclone(server, 'mkdir', `ring:${folder}`),
  removeFolder: (server, folder) => rclone(server, 'rmdir', `ring:${folder}`),
  rename: (server, from, to) => rclone(server, 'moveto', `ring:${from}`, `ring:${to}`),
  copy: (server, from, to) => rclone(server, 'copyto', `ring:${from}`, `ring:${to}`),
  remove: (server, remote) => rclone(server, 'deletefile', `ring:${remote}`),
}

/** One line of its API. */
function webdav4(server: Server, line: string, ...args: readonly string[]): Promise<string> {
  const script = [
    'import sys',
    'from webdav4.client import Client',
    'a = sys.argv[3:]',
    'c = Client(sys.argv[1], auth=tuple(sys.argv[2].split(":")))',
    line,
  ].join('\n')
  const python = programPath('dav').replace(/dav$/, 'python3')
  return run(python, ['-c', script, urlOf(server, ''), `${NICK}:${PASSWORD}`, ...args])
}

const WEBDAV4: WebdavClient = {
  name: 'webdav4 (Python)',
  // 0.11.0 takes what follows a `%` for two hex digits.
  hasNoPercent: true,
  put: (server, local, remote) =>
    webdav4(server, 'c.upload_file(a[0], a[1], overwrite=True)', local, remote),
  get: (server, remote, local) => webdav4(server, 'c.download_file(a[0], a[1])', remote, local),
  list: (server, folder) => webdav4(server, 'print(c.ls(a[0]))', folder),
  makeFolder: (server, folder) => webdav4(server, 'c.mkdir(a[0])', folder),
  removeFolder: (server, folder) => webdav4(server, 'c.remove(a[0])', folder),
  rename: (server, from, to) => webdav4(server, 'c.move(a[0], a[1])', from, to),
  copy: (server, from, to) => webdav4(server, 'c.copy(a[0], a[1])', from, to),
  remove: (server, remote) => webdav4(server, 'c.remove(a[0])', remote),
}

const mounts = new Map<number, string>()
const inMount = ({ port }: Server, path: string): string => join(mounts.get(port) ?? '', path)

/**
 * Mounted as a file system, with locks. Its 1.6.1 cannot list folders on kernels of today, whatever
 * the server: “invalid argument”.
 */
const DAVFS: WebdavClient = {
  name: 'davfs2',
  open: mountDavfs,
  put: (server, local, remote) => copyFile(local, inMount(server, remote)),
  get: (server, remote, local) => copyFile(inMount(server, remote), local),
  makeFolder: (server, folder) => mkdir(inMount(server, folder)),
  removeFolder: (server, folder) => rmdir(inMount(server, folder)),
  rename: (server, from, to) => rename(inMount(server, from), inMount(server, to)),
  remove: (server, remote) => rm(inMount(server, remote)),
}

async function mountDavfs(server: Server): Promise<Opened> {
  if (process.getuid?.() !== 0) return { kind: 'left out', why: 'only root may mount' }
  const own = await mkdtemp(join(tmpdir(), 'anillo-davfs-'))
  const [at = '', conf = '', secrets = ''] = ['at', 'conf', 'secrets'].map((one) => join(own, one))
  await mkdir(at)
  const url = urlOf(server, '')
  const settings = [
    `secrets ${secrets}`,
    'ask_auth 0',
    'delay_upload 0',
    'dir_refresh 0',
    'file_refresh 0',
  ]
  await writeFile(conf, `${settings.join('\n')}\n`)
  await writeFile(secrets, `${url} ${NICK} ${PASSWORD}\n`, { mode: 0o600 })
  const clean = (): Promise<void> => rm(own, { recursive: true, force: true })
  const args = ['-t', 'davfs', '-o', `conf=${conf}`, url, at]
  const failed = await new Promise<string | undefined>((resolve) => {
    const mounting = spawn('mount', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    mounting.stderr.on('data', (piece: Uint8Array) => (said += Buffer.from(piece).toString()))
    mounting.on('error', ({ message }) => resolve(message))
    mounting.on('exit', (code) => resolve(code === 0 ? undefined : said.trim()))
  })
  if (failed !== undefined) {
    await clean()
    return { kind: 'left out', why: `davfs2 cannot mount here: ${failed}` }
  }
  mounts.set(server.port, at)
  const close = async (): Promise<void> => {
    // Until all that is not there yet was sent.
    await execute('umount', [at], { timeout: TIMEOUT_MS })
    mounts.delete(server.port)
    await clean()
  }
  return { kind: 'open', close }
}

export const WEBDAV_CLIENTS: readonly WebdavClient[] = [CURL, CADAVER, RCLONE, WEBDAV4, DAVFS]
