/** Clients that people use, as they move files here: curl one file, lftp folders of them. */
import type { FtpServer } from './ftp-server.ts'
import type { Programs } from './programs.ts'

export interface Move {
  readonly local: string
  readonly remote: string
  readonly isSecure?: boolean
}

const urlOf = ({ host, port }: FtpServer, path: string): string => `ftp://${host}:${port}/${path}`

function curl(server: FtpServer, { isSecure = false, remote }: Move, args: readonly string[]) {
  const tls = isSecure ? ['--ssl-reqd', '--insecure'] : []
  const login = ['--user', `${server.user}:${server.password}`]
  return ['curl', '-sS', '--fail', ...tls, ...login, ...args, urlOf(server, remote)]
}

export function putWith(programs: Programs, server: FtpServer, move: Move): Promise<unknown> {
  return programs.run(curl(server, move, ['-T', move.local]))
}

export function getWith(programs: Programs, server: FtpServer, move: Move): Promise<unknown> {
  return programs.run(curl(server, move, ['-o', move.local]))
}

/** Answers what it lists. */
export function machineList(
  programs: Programs,
  server: FtpServer,
  folder: string,
): Promise<Buffer> {
  return programs.run(curl(server, { local: '', remote: `${folder}/` }, ['-X', 'MLSD']))
}

const PARALLEL = 4

/** All files of a folder, four at a time. */
export function mirrorUp(programs: Programs, server: FtpServer, { local, remote }: Move) {
  return lftp(programs, server, `mirror -R --parallel=${PARALLEL} --no-perms ${local} ${remote}`)
}

export function mirrorDown(programs: Programs, server: FtpServer, { local, remote }: Move) {
  return lftp(programs, server, `mirror --parallel=${PARALLEL} --no-perms ${remote} ${local}`)
}

export function lftp(programs: Programs, server: FtpServer, command: string): Promise<Buffer> {
  const { host, password, port, user } = server
  const settings = [
    'set net:timeout 20',
    'set net:max-retries 2',
    'set xfer:clobber on',
    'set cmd:fail-exit true',
    'set ftp:ssl-allow no',
    `open -u ${user},${password} -p ${port} ${host}`,
  ]
  return programs.run(['lftp', '-c', [...settings, command].join('; ')])
}

/**
 * @returns what is missing, and how it is got; of the programs without which nothing is measured
 */
export async function missingClients(programs: Programs): Promise<readonly string[]> {
  const found = await Promise.all(
    ['curl', 'lftp'].map(async (name) => {
      const isThere = await programs.run([name, '--version']).then(
        () => true,
        () => false,
      )
      return isThere ? [] : [name]
    }),
  )
  return found.flat()
}
