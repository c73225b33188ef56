/**
 * Redis with a sync of its file before each answer. Dweets are pushed into the list of each
 * follower, which are cut at 300; with replicas each write waits until two of them have it
 * (`WAIT`), in memory.
 */
import { HOST } from '../store/cluster.ts'
import { freePorts } from '../store/free-port.ts'
import { peerPackage } from './peer-package.ts'
import { isInstalled, Programs } from './programs.ts'
import type { Microblog, RunningMicroblog } from './system.ts'

/** The little of ioredis that is used here. */
interface Connection {
  call(command: string, ...args: readonly string[]): Promise<unknown>
  disconnect(): void
}
type Connect = new (port: number, host: string) => Connection

const REPLICAS = 2
const WAIT_MS = 5_000
/** Each writer that waits for replicas has its connection to itself: `WAIT` blocks it. */
const CONNECTIONS = 64

const POST = `
  local id = redis.call('INCR', 'next')
  redis.call('HSET', 'post:' .. id, 'author', ARGV[1], 'text', ARGV[2])
  redis.call('LPUSH', 'profile:' .. ARGV[1], id)
  local readers = redis.call('SMEMBERS', 'followers:' .. ARGV[1])
  readers[#readers + 1] = ARGV[1]
  for _, reader in ipairs(readers) do
    redis.call('LPUSH', 'home:' .. reader, id)
    redis.call('LTRIM', 'home:' .. reader, 0, 299)
  end
  return id`
const PAGE = `
  local rows = {}
  for i, id in ipairs(redis.call('LRANGE', 'home:' .. ARGV[1], 0, tonumber(ARGV[2]) - 1)) do
    local post = redis.call('HMGET', 'post:' .. id, 'author', 'text')
    rows[i] = { id, post[1], post[2] }
  end
  return rows`
const FOLLOW = `
  redis.call('SADD', 'following:' .. ARGV[1], ARGV[2])
  return redis.call('SADD', 'followers:' .. ARGV[2], ARGV[1])`

/** `undefined`: it is not installed. */
export async function startRedis(
  replicas: 0 | typeof REPLICAS,
  peers: string | undefined,
): Promise<RunningMicroblog | undefined> {
  const package_ = await peerPackage('ioredis', peers)
  if (package_ === undefined || !isInstalled('redis-server')) return undefined
  const Redis = Reflect.get(package_, 'Redis') as Connect
  const programs = await Programs.make('redis')
  const port = await freePorts(1 + replicas)
  for (let at = 0; at <= replicas; at++) {
    await startServer(programs, port + at, at === 0 ? undefined : port)
  }
  const connections = Array.from({ length: CONNECTIONS }, () => new Redis(port, HOST))
  const blog = new RedisBlog(connections, replicas)
  await blog.replicated()
  return {
    name: replicas === 0 ? 'Redis, synced' : 'Redis, synced, WAIT 2',
    blog,
    pids: () => programs.pids(),
    stop: async () => {
      blog.close()
      await programs.stop()
    },
  }
}

async function startServer(
  programs: Programs,
  port: number,
  leader: number | undefined,
): Promise<void> {
  const file = `appendonly-${port}.aof`
  const words = ['redis-server', '--port', String(port), '--bind', HOST, '--save', '']
  const synced = ['--appendonly', 'yes', '--appendfsync', 'always', '--appendfilename', file]
  const folder = ['--appenddirname', `aof-${port}`, '--dbfilename', `${port}.rdb`]
  const of = leader === undefined ? [] : ['--replicaof', HOST, String(leader)]
  const ping = ['redis-cli', '-p', String(port), 'ping']
  await programs.start([...words, ...synced, ...folder, ...of], ping)
}

class RedisBlog implements Microblog {
  readonly #free: Connection[]
  readonly #all: readonly Connection[]
  readonly #waiting: ((connection: Connection) => void)[] = []
  readonly #replicas: number

  constructor(connections: readonly Connection[], replicas: number) {
    this.#all = connections
    this.#free = [...connections]
    this.#replicas = replicas
  }

  /** The first copies are made. */
  async replicated(): Promise<void> {
    await this.#write((connection) => connection.call('SET', 'begun', '1'))
  }

  async register(nick: string): Promise<void> {
    const isNew = await this.#write((connection) => connection.call('HSETNX', 'users', nick, nick))
    if (isNew !== 1) throw new Error(`${nick} is taken`)
  }

  async follow(nick: string, followee: string): Promise<void> {
    await this.#write((connection) => connection.call('EVAL', FOLLOW, '0', nick, followee))
  }

  async post(nick: string, text: string): Promise<void> {
    await this.#write((connection) => connection.call('EVAL', POST, '0', nick, text))
  }

  async timeline(nick: string, limit: number): Promise<number> {
    const rows = await this.#alone((connection) =>
      connection.call('EVAL', PAGE, '0', nick, String(limit)),
    )
    return Array.isArray(rows) ? rows.length : 0
  }

  close(): void {
    for (const connection of this.#all) connection.disconnect()
  }

  #write(work: (connection: Connection) => Promise<unknown>): Promise<unknown> {
    return this.#alone(async (connection) => {
      const done = await work(connection)
      if (this.#replicas === 0) return done
      const have = await connection.call('WAIT', String(this.#replicas), String(WAIT_MS))
      if (Number(have) < this.#replicas) throw new Error(`WAIT: ${String(have)} replicas`)
      return done
    })
  }

  async #alone(work: (connection: Connection) => Promise<unknown>): Promise<unknown> {
    const connection =
      this.#free.pop() ?? (await new Promise<Connection>((resolve) => this.#waiting.push(resolve)))
    try {
      return await work(connection)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free.push(connection)
      else next(connection)
    }
  }
}
