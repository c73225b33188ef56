/** A ring of anillo, asked over HTTP as its clients ask; clients are spread over the members. */
import { Agent, request } from 'node:http'

import { AnilloCluster } from '../store/anillo-cluster.ts'
import type { Microblog, RunningMicroblog } from './system.ts'

const SOCKETS_A_MEMBER = 64
const TIMEOUT_MS = 20_000

export async function startRing(members: number): Promise<RunningMicroblog> {
  const env = { ANILLO_DWEET_RATE: '1000000' }
  const cluster = await AnilloCluster.start(members, { env, maxMembers: members })
  const blog = new RingBlog(cluster)
  return {
    name: members === 1 ? 'anillo, a ring of one' : `anillo, a ring of ${members}`,
    blog,
    pids: () => cluster.pids(),
    stop: async () => {
      blog.close()
      await cluster.stop()
    },
  }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: object
  readonly nick?: string
}

class RingBlog implements Microblog {
  readonly #cluster: AnilloCluster
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_A_MEMBER })
  readonly #tokens = new Map<string, string>()
  #turn = 0
  #keys = 0

  constructor(cluster: AnilloCluster) {
    this.#cluster = cluster
  }

  async register(nick: string): Promise<void> {
    const password = `correct horse ${nick}`
    const made = await this.#cluster.fetch(`http://${this.#door()}/v1/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ nick, name: nick, password }),
    })
    if (!made.ok) throw new Error(`POST /v1/users ${made.status} ${await made.text()}`)
    const body = { nick, password }
    const session = await this.#ask({ method: 'POST', path: '/v1/auth/login', body })
    this.#tokens.set(nick, String(Reflect.get(session, 'accessToken')))
  }

  async follow(nick: string, followee: string): Promise<void> {
    await this.#ask({ method: 'PUT', path: `/v1/users/${followee}/follow`, body: {}, nick })
  }

  async post(nick: string, text: string): Promise<void> {
    await this.#ask({ method: 'POST', path: '/v1/dweets', body: { text }, nick })
  }

  async timeline(nick: string, limit: number): Promise<number> {
    const page = await this.#ask({ method: 'GET', path: `/v1/dweets/new?limit=${limit}`, nick })
    const dweets: unknown = Reflect.get(page, 'dweets')
    return Array.isArray(dweets) ? dweets.length : 0
  }

  close(): void {
    this.#agent.destroy()
  }

  #door(): string {
    const { doors } = this.#cluster
    return doors[this.#turn++ % doors.length] ?? ''
  }

  #ask({ body, method, nick, path }: Asked): Promise<object> {
    const data = body === undefined ? undefined : JSON.stringify(body)
    const headers: Record<string, string> = {}
    if (data !== undefined) headers['content-type'] = 'application/json'
    if (method === 'POST') headers['idempotency-key'] = `bench-${++this.#keys}`
    if (nick !== undefined) headers['authorization'] = `Bearer ${this.#tokens.get(nick)}`
    const { promise, resolve, reject } = Promise.withResolvers<object>()
    const url = `http://${this.#door()}${path}`
    const options = { method, agent: this.#agent, headers, timeout: TIMEOUT_MS }
    const asked = request(url, options, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => (text += piece))
      answer.on('error', reject)
      answer.on('end', () => {
        const { statusCode = 0 } = answer
        if (statusCode < 400) resolve(text === '' ? {} : (JSON.parse(text) as object))
        else reject(new Error(`${method} ${path} ${statusCode} ${text.slice(0, 200)}`))
      })
    })
    asked.on('error', reject)
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${path} timed out`)))
    asked.end(data)
    return promise
  }
}
