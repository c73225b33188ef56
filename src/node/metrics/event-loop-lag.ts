/**
 * How late the event loop is, in the rows that prom-client has for it. prom-client tells the whole
 * time between two looks, so that a loop that is never late counts as late by as long as one waits
 * for the next look.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

import { Gauge, type Registry } from 'prom-client'

import { SECOND_MS } from '../../base/limits.ts'

const SECOND_NS = 1e9

type Looks = ReturnType<typeof monitorEventLoopDelay>

interface Row {
  readonly name: string
  readonly help: string
  /** Ns between two looks. */
  readonly between: (histogram: Looks) => number
}

const ROWS: readonly Row[] = [
  { name: 'min', help: 'The least that the event loop was late.', between: ({ min }) => min },
  { name: 'max', help: 'The most that the event loop was late.', between: ({ max }) => max },
  { name: 'mean', help: 'How late the event loop was, on average.', between: ({ mean }) => mean },
  ...[50, 90, 99].map((percent) => ({
    name: `p${percent}`,
    help: `In ${percent} of 100 looks the event loop was no later.`,
    between: (histogram: Looks) => histogram.percentile(percent),
  })),
]

const STDDEV = 'nodejs_eventloop_lag_stddev_seconds'

/**
 * Puts rows of its own, in seconds, in the place of those of `collectDefaultMetrics()`.
 * @param everyMs how often is looked; each look wakes an idle process
 * @returns begins to count anew, as prom-client does when it has told
 */
export function countLoopLag(registry: Registry, everyMs: number): () => void {
  const histogram = monitorEventLoopDelay({ resolution: everyMs })
  histogram.enable()
  const secondsBetween = (between: Row['between']): number => between(histogram) / SECOND_NS
  const rows = [
    ...ROWS.map(({ between, help, name }) => {
      const late = (): number => Math.max(0, secondsBetween(between) - everyMs / SECOND_MS)
      return { name: `nodejs_eventloop_lag_${name}_seconds`, help, read: late }
    }),
    { name: STDDEV, help: 'How much that differed.', read: () => secondsBetween(stddevOf) },
  ]
  for (const { help, name, read } of rows) {
    registry.removeSingleMetric(name)
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(histogram.count === 0 ? 0 : read())
      },
    })
  }
  return () => histogram.reset()
}

const stddevOf = ({ stddev }: Looks): number => stddev
