/**
 * What a member counts, for Prometheus (`/metrics`). Values are read when somebody asks for them:
 * those of the process by prom-client, the member's own by their rows.
 */
import { collectDefaultMetrics, Registry } from 'prom-client'

import { MIB } from '../../base/limits.ts'
import type { RunningMember } from '../member-parts.ts'
import type { Settings } from '../settings.ts'
import { countLoopLag } from './event-loop-lag.ts'
import { metricsText } from './row.ts'
import { METRIC_ROWS, type DoorCounts, type Look } from './rows.ts'

/** How often the event loop's delay is looked at; each look wakes an idle member. */
const EVENT_LOOP_LOOK_MS = 500
/** Of prom-client's own rows, which are replaced: the longest that its timer takes. */
const NEVER_LOOKS_MS = 2 ** 31 - 1

export interface Metrics {
  /** Prometheus text format. */
  text(): Promise<string>
}

export type Counted = Pick<
  RunningMember,
  'overlay' | 'mainline' | 'outside' | 'view' | 'store' | 'upkeep' | 'rpcCounters'
>

export function createMetrics(
  member: Counted,
  settings: Pick<Settings, 'diskReserveMib'>,
  doors: DoorCounts,
): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_LOOKS_MS })
  const countAnew = countLoopLag(registry, EVENT_LOOP_LOOK_MS)
  return {
    async text() {
      const [ofProcess, look] = await Promise.all([registry.metrics(), lookAt(member, settings)])
      countAnew()
      return `${ofProcess}${metricsText(METRIC_ROWS, { ...look, doors })}`
    },
  }
}

async function lookAt(
  { mainline, outside, overlay, view, store, upkeep, rpcCounters }: Counted,
  { diskReserveMib }: Pick<Settings, 'diskReserveMib'>,
): Promise<Omit<Look, 'doors'>> {
  const { host, placement, counts, chunks, roster } = store
  return {
    self: view.self(),
    joined: overlay.joined,
    rpc: rpcCounters(),
    mainline,
    outside,
    host,
    groups: host.held().flatMap((group) => host.status(group) ?? []),
    led: placement.report(),
    sizes: await host.sizes(),
    counts,
    chunks,
    scrubbed: upkeep.scrubbed,
    diskReserveBytes: diskReserveMib * MIB,
    featureLevel: roster.roster.level,
  }
}
