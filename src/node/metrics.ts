/**
 * What a member counts, for Prometheus (`/metrics`). Values are read when somebody asks for them.
 */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

import type { RpcCounters } from '../rpc/types.ts'
import type { Member } from '../wire/api.ts'

export interface MetricsSources {
  readonly self: () => Member
  readonly rpc: () => RpcCounters
  readonly joined: () => boolean
}

/** How often the event loop's delay is looked at; each look wakes an idle member. */
const EVENT_LOOP_LOOK_MS = 500

export interface Metrics {
  /** Prometheus text format. */
  text(): Promise<string>
}

export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({
    register: registry,
    eventLoopMonitoringPrecision: EVENT_LOOP_LOOK_MS,
  })
  gauge(registry, 'anillo_joined', 'Whether this member has a place on the ring', () =>
    sources.joined() ? 1 : 0,
  )
  gauge(registry, 'anillo_pages', 'Pages held', () => sources.self().pages)
  gauge(registry, 'anillo_page_bytes', 'Bytes of pages held', () => sources.self().pageBytes)
  gauge(registry, 'anillo_downloads', 'Downloads under way', () => sources.self().load.downloads)
  gauge(
    registry,
    'anillo_successors',
    'Members in the successor list',
    () => sources.self().successors.length,
  )
  addRpc(registry, sources.rpc)
  return { text: () => registry.metrics() }
}

const RPC_HELP: Readonly<Record<keyof RpcCounters, string>> = {
  requests: 'Questions asked of other members',
  answered: 'Questions of other members answered',
  failed: 'Questions that failed',
  timedOut: 'Questions that were not answered in time',
  bytesIn: 'Bytes received from members',
  bytesOut: 'Bytes sent to members',
  connectionsOpened: 'Connections opened between members',
  connectionsRefused: 'Connections refused: no certificate of this ring',
  garbledFrames: 'Frames that could not be read',
  foreignFrames: 'Frames of another ring or for another member',
}

function addRpc(registry: Registry, read: () => RpcCounters): void {
  for (const [key, help] of Object.entries(RPC_HELP)) {
    const field = key as keyof RpcCounters
    const words = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const name = `anillo_rpc_${words}_total`
    registry.registerMetric(
      new Counter({
        name,
        help,
        registers: [],
        collect() {
          this.reset()
          this.inc(read()[field])
        },
      }),
    )
  }
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read())
      },
    }),
  )
}
