/** A row of `/metrics`, and how rows become Prometheus' text format 0.0.4. */
import type { Histogram } from '../../base/histogram.ts'

export type MetricKind = 'counter' | 'gauge' | 'histogram'

/** One value, several by the value of the row's label, or a distribution. */
export type Sample = number | ReadonlyMap<string, number> | Histogram

export interface MetricRow<Look> {
  /** As Prometheus names them: base units last, counters end in `_total`. */
  readonly name: string
  readonly kind: MetricKind
  /** One sentence; a page of the documents tells it too. */
  readonly help: string
  readonly unit: string
  readonly label?: string
  /** When somebody should look; absent: it explains, and calls for nobody. */
  readonly alert?: string
  readonly read: (look: Look) => Sample
}

export function metricsText<Look>(rows: readonly MetricRow<Look>[], look: Look): string {
  return rows.map((row) => rowText(row, row.read(look))).join('')
}

function rowText<Look>(row: MetricRow<Look>, sample: Sample): string {
  const { name, kind, help } = row
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...valueLines(row, sample)]
  return `${lines.join('\n')}\n`
}

function valueLines<Look>({ name, label }: MetricRow<Look>, sample: Sample): readonly string[] {
  if (typeof sample === 'number') return [`${name} ${valueText(sample)}`]
  if ('bounds' in sample) return histogramLines(name, sample)
  return Array.from(sample, ([of, value]) => `${name}{${label}="${of}"} ${valueText(value)}`)
}

/** Each bucket counts those below it, too. */
function histogramLines(name: string, { bounds, counts, sum }: Histogram): readonly string[] {
  let below = 0
  const buckets = counts.map((count, at) => {
    below += count
    return `${name}_bucket{le="${valueText(bounds[at] ?? Infinity)}"} ${below}`
  })
  return [...buckets, `${name}_sum ${valueText(sum)}`, `${name}_count ${below}`]
}

function valueText(value: number): string {
  return value === Infinity ? '+Inf' : String(value)
}
