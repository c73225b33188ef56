/** PostgreSQL: one table of dweets, read by one query; with two standbys that have it on disk. */
import { spawnSync } from 'node:child_process'
import { chmod, chown, mkdir, readdir, appendFile } from 'node:fs/promises'
import { join } from 'node:path'

import { HOST } from '../store/cluster.ts'
import { freePorts } from '../store/free-port.ts'
import { peerPackage } from './peer-package.ts'
import { Programs } from './programs.ts'
import type { Microblog, RunningMicroblog } from './system.ts'

/** The little of pg that is used here. */
interface Pool {
  query(query: {
    readonly name: string
    readonly text: string
    readonly values: readonly unknown[]
  }): Promise<{ readonly rows: readonly unknown[] }>
  query(text: string): Promise<unknown>
  end(): Promise<void>
  on(event: 'error', listener: () => void): unknown
}
type MakePool = new (options: object) => Pool

const STANDBYS = 2
const CONNECTIONS = 32
const ROLE = 'bench'
/** Where Debian keeps its programs, a folder a version. */
const INSTALLED = '/usr/lib/postgresql'

const TABLES = `
  create table people (nick text primary key, name text not null);
  create table follows (nick text, followee text, primary key (nick, followee));
  create table dweets (id bigserial primary key, author text not null, text text not null);
  create index on dweets (author, id desc);`
const REGISTER = 'insert into people values ($1, $1)'
const FOLLOW = 'insert into follows values ($1, $2) on conflict do nothing'
const POST = 'insert into dweets (author, text) values ($1, $2)'
const PAGE = `
  select d.id, d.author, d.text
  from (select followee from follows where nick = $1 union all select $1) f
  cross join lateral
    (select * from dweets where author = f.followee order by id desc limit $2) d
  order by d.id desc limit $2`

/** `undefined`: it is not installed. */
export async function startPostgres(
  standbys: 0 | typeof STANDBYS,
  peers: string | undefined,
): Promise<RunningMicroblog | undefined> {
  const package_ = await peerPackage('pg', peers)
  const bin = await binOf()
  if (package_ === undefined || bin === undefined) return undefined
  const programs = await Programs.make('postgres')
  const server = new PostgresServers(programs, bin, await freePorts(1 + standbys))
  await server.found()
  for (let at = 1; at <= standbys; at++) await server.addStandby(at)
  const { default: all } = package_ as { readonly default: { readonly Pool: MakePool } }
  const { port } = server
  const pool = new all.Pool({
    host: HOST,
    port,
    user: ROLE,
    database: 'postgres',
    max: CONNECTIONS,
  })
  // A connection at rest whose server ends says so.
  pool.on('error', () => undefined)
  await pool.query(TABLES)
  if (standbys > 0) {
    await pool.query("alter system set synchronous_standby_names = 'ANY 2 (*)'")
    await pool.query('select pg_reload_conf()')
  }
  const blog = new PostgresBlog(pool)
  return {
    name: standbys === 0 ? 'PostgreSQL' : 'PostgreSQL, two synchronous standbys',
    blog,
    pids: () => programs.pids(),
    stop: async () => {
      await pool.end()
      await programs.stop()
    },
  }
}

async function binOf(): Promise<string | undefined> {
  const versions = await readdir(INSTALLED).catch((): string[] => [])
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0]
  return newest === undefined ? undefined : join(INSTALLED, newest, 'bin')
}

class PostgresServers {
  readonly port: number
  readonly #programs: Programs
  readonly #bin: string
  /** It does not run as root: there its files are its package's user's. */
  readonly #ids = idsOf('postgres')

  constructor(programs: Programs, bin: string, port: number) {
    this.#programs = programs
    this.#bin = bin
    this.port = port
  }

  async found(): Promise<void> {
    await chmod(this.#programs.directory, 0o755)
    const data = await this.#folder(0)
    const init = [join(this.#bin, 'initdb'), '-D', data, '-A', 'trust', '-U', ROLE]
    await this.#programs.run(init, this.#ids)
    const lines = [
      `port=${this.port}`,
      `listen_addresses='${HOST}'`,
      "unix_socket_directories=''",
      'shared_buffers=512MB',
      'max_wal_senders=8',
    ]
    await appendFile(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`)
    await this.#start(data, this.port)
  }

  async addStandby(at: number): Promise<void> {
    const data = await this.#folder(at)
    const from = `host=${HOST} port=${this.port} user=${ROLE} application_name=s${at}`
    const copy = [join(this.#bin, 'pg_basebackup'), '-d', from, '-D', data, '-R', '-X', 'stream']
    await this.#programs.run([...copy, '-c', 'fast'], this.#ids)
    await appendFile(join(data, 'postgresql.conf'), `port=${this.port + at}\n`)
    await this.#start(data, this.port + at)
  }

  async #folder(at: number): Promise<string> {
    const path = join(this.#programs.directory, `data-${at}`)
    await mkdir(path, { mode: 0o700 })
    if (this.#ids !== undefined) await chown(path, this.#ids.uid, this.#ids.gid)
    return path
  }

  async #start(data: string, port: number): Promise<void> {
    const ready = [join(this.#bin, 'pg_isready'), '-q', '-h', HOST, '-p', String(port)]
    await this.#programs.start([join(this.#bin, 'postgres'), '-D', data], ready, this.#ids)
  }
}

function idsOf(user: string): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number =>
    Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

class PostgresBlog implements Microblog {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async register(nick: string): Promise<void> {
    await this.#pool.query({ name: 'register', text: REGISTER, values: [nick] })
  }

  async follow(nick: string, followee: string): Promise<void> {
    await this.#pool.query({ name: 'follow', text: FOLLOW, values: [nick, followee] })
  }

  async post(nick: string, text: string): Promise<void> {
    await this.#pool.query({ name: 'post', text: POST, values: [nick, text] })
  }

  async timeline(nick: string, limit: number): Promise<number> {
    const asked = { name: 'page', text: PAGE, values: [nick, limit] }
    return (await this.#pool.query(asked)).rows.length
  }

  close(): void {}
}
