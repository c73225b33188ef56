/** ftp-srv, without TLS. ftp-srv-peer.ts DIRECTORY PORT HOME USER PASSWORD */
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [directory = '', port = '', home = '', user = '', password = ''] = process.argv.slice(2)

interface Login {
  readonly username: string
  readonly password: string
}

interface FtpSrv {
  on(
    event: 'login',
    listener: (
      login: Login,
      resolve: (there: { readonly root: string }) => void,
      reject: (error: Error) => void,
    ) => void,
  ): void
  listen(): Promise<unknown>
}

interface Module {
  readonly FtpSrv: new (options: Record<string, unknown>) => FtpSrv
}

const { FtpSrv } = createRequire(join(directory, 'package.json'))('ftp-srv') as Module
const silent = (): unknown => log
const log = {
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  child: () => log,
}
const server = new FtpSrv({ url: `ftp://127.0.0.1:${port}`, pasv_url: '127.0.0.1', log })
server.on('login', (login, resolve, reject) => {
  if (login.username === user && login.password === password) resolve({ root: home })
  else reject(new Error('wrong'))
})
await server.listen()
