/**
 * A network of hosts behind thin uplinks, each in a network namespace on one bridge, and an
 * unlimited client: this process. It stands in namespaces of the process itself, which `inside`
 * makes, so that it ends with it and the real network is not touched.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'

const PREFIX = '10.77.0'
const CLIENT_NUMBER = 100
const BRIDGE = 'br0'
/** What is sent in one go, and how long something may wait to be sent. */
const BURST = '64kb'
const LATENCY = '50ms'
const INSIDE = 'ANILLO_BENCH_NETWORK'

export interface Host {
  readonly address: string
  /** Words before those of a program that runs there. */
  readonly words: readonly string[]
}

/**
 * Runs this very program again in namespaces of its own. @returns whether this is it already; else
 * it has run, with that exit code.
 */
export async function inside(): Promise<{ readonly isIt: true } | { readonly exitCode: number }> {
  if (process.env[INSIDE] !== undefined) return { isIt: true }
  const own = ['-n', '-m', '-p', '-f', '--kill-child', '--mount-proc']
  const words = [...own, process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const env = { ...process.env, [INSIDE]: 'yes' }
  const child = spawn('unshare', words, { stdio: 'inherit', env })
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  return { exitCode: exitCode ?? 1 }
}

/** @param mbit what each may send, Mbit/s */
export function openNetwork(count: number, mbit: number): readonly Host[] {
  ip('link set lo up')
  mkdirSync('/run/netns', { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run/netns'])
  ip(`link add ${BRIDGE} type bridge`)
  ip(`addr add ${PREFIX}.${CLIENT_NUMBER}/24 brd + dev ${BRIDGE}`)
  ip(`link set ${BRIDGE} up`)
  return Array.from({ length: count }, (_, index) => openHost(index + 1, mbit))
}

function openHost(number: number, mbit: number): Host {
  const name = `n${number}`
  const address = `${PREFIX}.${number}`
  ip(`netns add ${name}`)
  ip(`link add v${number} type veth peer name eth0 netns ${name}`)
  ip(`link set v${number} master ${BRIDGE} up`)
  ip(`-n ${name} addr add ${address}/24 brd + dev eth0`)
  ip(`-n ${name} link set lo up`)
  ip(`-n ${name} link set eth0 up`)
  const limit = `qdisc add dev eth0 root tbf rate ${mbit}mbit burst ${BURST} latency ${LATENCY}`
  execFileSync('ip', ['netns', 'exec', name, 'tc', ...limit.split(' ')])
  return { address, words: ['ip', 'netns', 'exec', name] }
}

function ip(words: string): void {
  execFileSync('ip', words.split(' '), { stdio: 'pipe' })
}
