/**
 * FTP clients that others wrote, each as what it can do. Names are from the home of the account;
 * what a client cannot do is absent.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

import { Client } from 'basic-ftp'

export interface Server {
  readonly port: number
  readonly isSecure: boolean
  /** Of the account `NICK`. */
  readonly password: string
}

type Names = readonly [from: string, to: string]

export interface FtpClient {
  readonly name: string
  readonly isSecure: boolean
  put?(server: Server, local: string, remote: string): Promise<unknown>
  get(server: Server, remote: string, local: string): Promise<unknown>
  /** Goes on behind what is there already. */
  resumePut?(server: Server, local: string, remote: string): Promise<unknown>
  resumeGet?(server: Server, remote: string, local: string): Promise<unknown>
  /** Text in which the names stand. */
  list?(server: Server, folder: string): Promise<string>
  makeFolder?(server: Server, folder: string): Promise<unknown>
  removeFolder?(server: Server, folder: string): Promise<unknown>
  rename?(server: Server, ...names: Names): Promise<unknown>
  remove?(server: Server, remote: string): Promise<unknown>
  size?(server: Server, remote: string): Promise<number>
  /** Ms since 1970. */
  modified?(server: Server, remote: string): Promise<number>
  /**
   * Breaks a download off in the middle, and tells by the same connection how large the file is.
   */
  abort?(server: Server, remote: string): Promise<number>
}

const HOST = '127.0.0.1'
export const NICK = 'ana'
/** Of one command; mirrors of thousands of files take minutes. */
const TIMEOUT_MS = process.env['ANILLO_FTP_FULL'] === '1' ? 900_000 : 60_000

const execute = promisify(execFile)

async function run(program: string, args: readonly string[], input?: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'anillo-ftp-home-'))
  const env = { ...process.env, HOME: home, LC_ALL: 'C.UTF-8', TZ: 'UTC' }
  try {
    const running = execute(program, args, { env, timeout: TIMEOUT_MS, maxBuffer: 16 << 20 })
    running.child.stdin?.end(input ?? '')
    const { stderr, stdout } = await running
    return `${stdout}${input === undefined ? '' : stderr}`
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/')
export const urlOf = ({ port }: Server, path: string): string =>
  `ftp://${HOST}:${port}/${encoded(path)}`
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`

function curl(server: Server, path: string, ...args: readonly string[]): Promise<string> {
  const tls = server.isSecure ? ['--ssl-reqd', '--insecure'] : []
  const login = ['--user', `${NICK}:${server.password}`]
  return run('curl', ['-sS', ...tls, ...login, ...args, urlOf(server, path)])
}

const CURL: FtpClient = {
  name: 'curl',
  isSecure: true,
  put: (server, local, remote) => curl(server, remote, '-T', local),
  get: (server, remote, local) => curl(server, remote, '-o', local),
  resumePut: (server, local, remote) => curl(server, remote, '-C', '-', '-T', local),
  resumeGet: (server, remote, local) => curl(server, remote, '-C', '-', '-o', local),
  list: (server, folder) => curl(server, `${folder}/`),
  makeFolder: (server, folder) => curl(server, '', '-l', '-Q', `MKD ${folder}`),
  removeFolder: (server, folder) => curl(server, '', '-l', '-Q', `RMD ${folder}`),
  rename: (server, from, to) => curl(server, '', '-l', '-Q', `RNFR ${from}`, '-Q', `RNTO ${to}`),
  remove: (server, remote) => curl(server, '', '-l', '-Q', `DELE ${remote}`),
  size: async (server, remote) =>
    Number(/Content-Length: (\d+)/i.exec(await curl(server, remote, '-I'))?.[1]),
  modified: async (server, remote) =>
    Date.parse(/Last-Modified: (.*)/i.exec(await curl(server, remote, '-I'))?.[1] ?? ''),
}

export function lftp(server: Server, ...commands: readonly string[]): Promise<string> {
  const { isSecure, password, port } = server
  const settings = [
    'set net:max-retries 1',
    'set cmd:fail-exit true',
    'set ssl:verify-certificate no',
    `set ftp:ssl-allow ${isSecure}`,
    `set ftp:ssl-force ${isSecure}`,
    `set ftp:ssl-protect-data ${isSecure}`,
    `open -u ${NICK},${password} -p ${port} ${HOST}`,
  ]
  return run('lftp', ['-c', [...settings, ...commands].join('; ')])
}

const LFTP: FtpClient = {
  name: 'lftp',
  isSecure: true,
  put: (server, local, remote) => lftp(server, `put ${quoted(local)} -o ${quoted(remote)}`),
  get: (server, remote, local) => lftp(server, `get ${quoted(remote)} -o ${quoted(local)}`),
  resumePut: (server, local, to) => lftp(server, `put -c ${quoted(local)} -o ${quoted(to)}`),
  resumeGet: (server, from, local) => lftp(server, `get -c ${quoted(from)} -o ${quoted(local)}`),
  list: (server, folder) => lftp(server, `cls -l ${quoted(`${folder}/`)}`),
  makeFolder: (server, folder) => lftp(server, `mkdir ${quoted(folder)}`),
  removeFolder: (server, folder) => lftp(server, `rmdir ${quoted(folder)}`),
  rename: (server, from, to) => lftp(server, `mv ${quoted(from)} ${quoted(to)}`),
  remove: (server, remote) => lftp(server, `rm ${quoted(remote)}`),
  size: async (server, remote) => {
    const told = await lftp(server, `cls -l --block-size=1 ${quoted(remote)}`)
    return Number(/\s(\d+) /.exec(told)?.[1])
  },
  modified: async (server, remote) => {
    const form = '--time-style=%Y-%m-%dT%H:%M:%SZ'
    const told = await lftp(server, `cls -l ${form} ${quoted(remote)}`)
    return Date.parse(/\d{4}-\S+Z/.exec(told)?.[0] ?? '')
  },
}

const ncftpLogin = ({ password, port }: Server): readonly string[] => [
  '-u',
  NICK,
  '-p',
  password,
  '-P',
  `${port}`,
]

/** It names remote files as the local ones: put under a name of its own, then renamed. */
async function ncftpPut(server: Server, local: string, remote: string) {
  const folder = await mkdtemp(join(tmpdir(), 'anillo-ftp-'))
  const named = join(folder, basename(remote))
  await writeFile(named, await readFile(local))
  const args = [...ncftpLogin(server), '-Z', HOST, dirname(remote), named]
  try {
    return await run('ncftpput', args)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function ncftpGet(server: Server, remote: string, local: string, mode: string) {
  const folder = await mkdtemp(join(tmpdir(), 'anillo-ftp-'))
  const named = join(folder, basename(remote))
  try {
    if (mode === '-z') await writeFile(named, await readFile(local))
    await run('ncftpget', [...ncftpLogin(server), mode, HOST, folder, remote])
    await writeFile(local, await readFile(named))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function ncftp(server: Server, ...commands: readonly string[]): Promise<string> {
  return run('ncftp', [...ncftpLogin(server), HOST], `${commands.join('\n')}\nquit\n`)
}

const NCFTP: FtpClient = {
  name: 'ncftp',
  isSecure: false,
  // No `resumePut`: after REST 3.2.6 sends a large file from its start, whatever the server says.
  put: (server, local, remote) => ncftpPut(server, local, remote),
  get: (server, remote, local) => ncftpGet(server, remote, local, '-Z'),
  resumeGet: (server, remote, local) => ncftpGet(server, remote, local, '-z'),
  list: (server, folder) => run('ncftpls', [...ncftpLogin(server), urlOf(server, `${folder}/`)]),
  makeFolder: (server, folder) => ncftp(server, `mkdir ${quoted(folder)}`),
  removeFolder: (server, folder) => ncftp(server, `rmdir ${quoted(folder)}`),
  rename: (server, from, to) => ncftp(server, `rename ${quoted(from)} ${quoted(to)}`),
  remove: (server, remote) => ncftp(server, `rm ${quoted(remote)}`),
}

function wget(server: Server, remote: string, ...args: readonly string[]): Promise<string> {
  const { isSecure, password } = server
  const url = urlOf(server, remote).replace('ftp:', isSecure ? 'ftps:' : 'ftp:')
  const login = [`--ftp-user=${NICK}`, `--ftp-password=${password}`]
  return run('wget', ['-nv', '--tries=1', '--no-check-certificate', ...login, ...args, url])
}

const WGET: FtpClient = {
  name: 'wget',
  isSecure: true,
  get: (server, remote, local) => wget(server, remote, '-O', local),
  // `-c` with `-O` would begin anew: the name has to be its own.
  async resumeGet(server, remote, local) {
    const folder = await mkdtemp(join(tmpdir(), 'anillo-ftp-'))
    const named = join(folder, basename(remote))
    await writeFile(named, await readFile(local))
    await wget(server, remote, '-c', '-P', folder)
    await writeFile(local, await readFile(named))
    await rm(folder, { recursive: true })
  },
  async list(server, folder) {
    const local = await mkdtemp(join(tmpdir(), 'anillo-ftp-'))
    const file = join(local, 'list')
    await wget(server, `${folder}/`, '-O', file)
    const told = await readFile(file, 'utf8')
    await rm(local, { recursive: true })
    return told
  },
}

/** The two that read commands, as people type them. */
function typed(name: 'tnftp' | 'inetutils-ftp', args: readonly string[]): FtpClient {
  const type = async (
    { password, port }: Server,
    ...commands: readonly string[]
  ): Promise<string> => {
    const lines = [`user ${NICK} ${password}`, 'binary', ...commands, 'bye']
    return run(name, [...args, HOST, `${port}`], `${lines.join('\n')}\n`)
  }
  return {
    name,
    isSecure: false,
    put: (server, local, remote) => type(server, `put ${quoted(local)} ${quoted(remote)}`),
    get: (server, remote, local) => type(server, `get ${quoted(remote)} ${quoted(local)}`),
    resumePut: (server, local, remote) =>
      type(server, `append ${quoted(`${local}.rest`)} ${quoted(remote)}`),
    resumeGet: (server, remote, local) => type(server, `reget ${quoted(remote)} ${quoted(local)}`),
    list: (server, folder) => type(server, `ls ${quoted(folder)}`),
    makeFolder: (server, folder) => type(server, `mkdir ${quoted(folder)}`),
    removeFolder: (server, folder) => type(server, `rmdir ${quoted(folder)}`),
    rename: (server, from, to) => type(server, `rename ${quoted(from)} ${quoted(to)}`),
    remove: (server, remote) => type(server, `delete ${quoted(remote)}`),
    size: async (server, remote) =>
      Number(
        /(?:^|\s)(?:213 )?(\d+)\s*(?:\n|$)/m.exec(
          await type(server, `size ${quoted(remote)}`),
        )?.[1],
      ),
  }
}

const ARIA2: FtpClient = {
  name: 'aria2c',
  isSecure: false,
  get: (server, remote, local) => aria2(server, remote, local),
  resumeGet: (server, remote, local) => aria2(server, remote, local, '-c'),
}

function aria2(server: Server, remote: string, local: string, ...args: readonly string[]) {
  const login = [`--ftp-user=${NICK}`, `--ftp-passwd=${server.password}`]
  const to = ['-d', dirname(local), '-o', basename(local), '--allow-overwrite=true']
  const quiet = ['-q', '--no-conf', '--max-tries=1', '--file-allocation=none']
  return run('aria2c', [...quiet, ...login, ...to, ...args, urlOf(server, remote)])
}

async function rclone(server: Server, command: string, ...args: readonly string[]) {
  const pass = (await run('rclone', ['obscure', server.password])).trim()
  const tls = server.isSecure ? ',explicit_tls=true,no_check_certificate=true' : ''
  const place = `:ftp,host=${HOST},port=${server.port},user=${NICK},pass=${pass}${tls}:`
  const given = args.map((arg) => (arg.startsWith('remote:') ? place + arg.slice(7) : arg))
  return run('rclone', [command, '--config', '', '--retries', '1', ...given])
}

const RCLONE: FtpClient = {
  name: 'rclone',
  isSecure: true,
  put: (server, local, remote) => rclone(server, 'copyto', local, `remote:${remote}`),
  get: (server, remote, local) => rclone(server, 'copyto', `remote:${remote}`, local),
  list: (server, folder) => rclone(server, 'lsf', `remote:${folder}`),
  makeFolder: (server, folder) => rclone(server, 'mkdir', `remote:${folder}`),
  removeFolder: (server, folder) => rclone(server, 'rmdir', `remote:${folder}`),
  rename: (server, from, to) => rclone(server, 'moveto', `remote:${from}`, `remote:${to}`),
  remove: (server, remote) => rclone(server, 'deletefile', `remote:${remote}`),
  size: async (server, remote) => (await rcloneEntry(server, remote)).Size,
  modified: async (server, remote) => Date.parse((await rcloneEntry(server, remote)).ModTime),
}

async function rcloneEntry(server: Server, remote: string) {
  const told = await rclone(server, 'lsjson', `remote:${remote}`)
  const [entry] = JSON.parse(told) as { Size: number; ModTime: string }[]
  return entry ?? { Size: Number.NaN, ModTime: '' }
}

const PYTHON = `
import ftplib, json, os, ssl, sys
secure, port, password, what, *args = json.loads(sys.argv[1])
if secure:
    context = ssl._create_unverified_context()
    ftp = ftplib.FTP_TLS(context=context, encoding='utf-8')
else:
    ftp = ftplib.FTP(encoding='utf-8')
ftp.connect('127.0.0.1', port, 30)
ftp.login('ana', password)
if secure: ftp.prot_p()
ftp.voidcmd('TYPE I')
if what == 'put': ftp.storbinary('STOR ' + args[1], open(args[0], 'rb'))
elif what == 'get': ftp.retrbinary('RETR ' + args[0], open(args[1], 'wb').write)
elif what == 'resumePut':
    at = ftp.size(args[1]); file = open(args[0], 'rb'); file.seek(at)
    ftp.storbinary('STOR ' + args[1], file, rest=at)
elif what == 'resumeGet':
    ftp.retrbinary('RETR ' + args[0], open(args[1], 'ab').write, rest=os.path.getsize(args[1]))
elif what == 'list': print('\\n'.join(name for name, facts in ftp.mlsd(args[0])))
elif what == 'makeFolder': ftp.mkd(args[0])
elif what == 'removeFolder': ftp.rmd(args[0])
elif what == 'rename': ftp.rename(*args)
elif what == 'remove': ftp.delete(args[0])
elif what == 'size': print(ftp.size(args[0]))
elif what == 'abort':
    data = ftp.transfercmd('RETR ' + args[0])
    data.recv(1)
    ftp.abort()
    data.close()
    ftp.voidresp()
    print(ftp.size(args[0]))
elif what == 'modified': print(ftp.voidcmd('MDTM ' + args[0])[4:])
ftp.quit()
`

const python =
  (what: string) =>
  ({ isSecure, password, port }: Server, ...args: readonly string[]): Promise<string> =>
    run('python3', ['-c', PYTHON, JSON.stringify([isSecure, port, password, what, ...args])])

const FTPLIB: FtpClient = {
  name: 'ftplib',
  isSecure: true,
  put: python('put'),
  get: python('get'),
  resumePut: python('resumePut'),
  resumeGet: python('resumeGet'),
  list: python('list'),
  makeFolder: python('makeFolder'),
  removeFolder: python('removeFolder'),
  rename: python('rename'),
  remove: python('remove'),
  size: async (server, remote) => Number(await python('size')(server, remote)),
  abort: async (server, remote) => Number(await python('abort')(server, remote)),
  modified: async (server, remote) => {
    const told = await python('modified')(server, remote)
    return Date.parse(told.trim().replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z'))
  },
}

async function basic<T>(
  { isSecure, password, port }: Server,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client(TIMEOUT_MS)
  try {
    const tls = { secure: isSecure, secureOptions: { rejectUnauthorized: false } }
    await client.access({ host: HOST, port, user: NICK, password, ...tls })
    return await use(client)
  } finally {
    client.close()
  }
}

const BASIC: FtpClient = {
  name: 'basic-ftp',
  isSecure: true,
  put: (server, local, remote) => basic(server, (client) => client.uploadFrom(local, remote)),
  get: (server, remote, local) => basic(server, (client) => client.downloadTo(local, remote)),
  resumePut: (server, local, remote) =>
    basic(server, async (client) => {
      const localStart = await client.size(remote)
      return client.appendFrom(local, remote, { localStart })
    }),
  resumeGet: async (server, remote, local) => {
    const { length } = await readFile(local)
    return basic(server, (client) => client.downloadTo(local, remote, length))
  },
  list: (server, folder) =>
    basic(server, async (client) => (await client.list(folder)).map(({ name }) => name).join('\n')),
  makeFolder: (server, folder) => basic(server, (client) => client.send(`MKD ${folder}`)),
  removeFolder: (server, folder) => basic(server, (client) => client.removeEmptyDir(folder)),
  rename: (server, from, to) => basic(server, (client) => client.rename(from, to)),
  remove: (server, remote) => basic(server, (client) => client.remove(remote)),
  size: (server, remote) => basic(server, (client) => client.size(remote)),
  modified: (server, remote) =>
    basic(server, async (client) => (await client.lastMod(remote)).getTime()),
}

export const FTP_CLIENTS: readonly FtpClient[] = [
  CURL,
  LFTP,
  NCFTP,
  WGET,
  typed('tnftp', ['-n', '-i', '-p']),
  typed('inetutils-ftp', ['-n', '-i', '-p', '-v']),
  ARIA2,
  RCLONE,
  FTPLIB,
  BASIC,
]
