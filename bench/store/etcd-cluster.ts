/** etcd with mutual TLS between its members, as `etcd` in the PATH. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { eventually, HOST, type Cluster } from './cluster.ts'
import { connectEtcd } from './etcd-connection.ts'
import { freePorts } from './free-port.ts'
import { writeCertificates } from './peer-certificates.ts'

const READY_TIMEOUT_MS = 20_000

export class EtcdCluster implements Cluster {
  readonly protocol = 'etcd'
  readonly doors: readonly string[]
  readonly #directory: string
  readonly #members: ChildProcess[]

  static async start(members: number): Promise<EtcdCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'anillo-bench-etcd-'))
    await writeCertificates(directory)
    const cluster = new EtcdCluster({ directory, members, port: await freePorts(2 * members) })
    await eventually('etcd answers', READY_TIMEOUT_MS, () => cluster.#answers())
    return cluster
  }

  private constructor(options: {
    readonly directory: string
    readonly members: number
    readonly port: number
  }) {
    const { directory, members, port } = options
    this.#directory = directory
    const ports = Array.from({ length: members }, (_, at) => port + at)
    this.doors = ports.map((each) => `${HOST}:${each}`)
    const peers = ports.map((each) => `https://${HOST}:${each + members}`)
    this.#members = peers.map((peer, at) => {
      const args = argumentsOf({ at, peers, peer, door: `http://${this.doors[at]}`, directory })
      return spawn('etcd', args, { stdio: 'ignore' })
    })
  }

  async sessions(): Promise<readonly string[]> {
    return []
  }

  async pids(): Promise<readonly number[]> {
    const living = this.#members.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )
    return living.map(({ pid }) => pid).filter((pid) => pid !== undefined)
  }

  async kill(count: number): Promise<readonly string[]> {
    const leader = await this.#leader()
    const order = [leader, ...this.doors.keys()].filter(
      (at, first, all) => all.indexOf(at) === first,
    )
    const victims = order.slice(0, count)
    for (const at of victims) this.#members[at]?.kill('SIGKILL')
    return this.doors.filter((_, at) => !victims.includes(at))
  }

  async stop(): Promise<void> {
    for (const member of this.#members) {
      if (member.exitCode !== null || member.signalCode !== null) continue
      const gone = once(member, 'exit')
      member.kill('SIGKILL')
      await gone
    }
    await rm(this.#directory, { recursive: true, force: true })
  }

  async #answers(): Promise<boolean> {
    const connection = await connectEtcd({ door: this.doors[0] ?? '' }, () => undefined)
    const isDone = await new Promise<boolean>((resolve) => {
      connection.request('put', 'up', resolve)
    })
    connection.close()
    return isDone
  }

  /** Its own metrics say which one leads. */
  async #leader(): Promise<number> {
    for (const [at, door] of this.doors.entries()) {
      const text = await (await fetch(`http://${door}/metrics`)).text()
      if (/^etcd_server_is_leader 1$/m.test(text)) return at
    }
    throw new Error('etcd has no leader')
  }
}

interface Member {
  readonly at: number
  readonly peers: readonly string[]
  readonly peer: string
  readonly door: string
  readonly directory: string
}

function argumentsOf({ at, directory, door, peer, peers }: Member): readonly string[] {
  const path = (name: string): string => join(directory, name)
  return Object.entries({
    name: `e${at}`,
    'data-dir': path(`e${at}`),
    'log-level': 'error',
    logger: 'zap',
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'listen-client-urls': door,
    'advertise-client-urls': door,
    'initial-cluster': peers.map((url, index) => `e${index}=${url}`).join(','),
    'initial-cluster-state': 'new',
    'peer-trusted-ca-file': path('ca.pem'),
    'peer-cert-file': path('node.pem'),
    'peer-key-file': path('node-key.pem'),
  })
    .flatMap(([name, value]) => [`--${name}`, value])
    .concat('--peer-client-cert-auth')
}
