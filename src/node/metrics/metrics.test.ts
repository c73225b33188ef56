import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { Histogram } from '../../base/histogram.ts'
import { PACKAGE_ROOT } from '../package-root.ts'
import { metricsText, type MetricRow } from './row.ts'
import { METRIC_ROWS } from './rows.ts'

const ROW = { unit: 'things', help: 'Things there are.', kind: 'gauge' } as const

function text(...rows: readonly MetricRow<undefined>[]): string {
  return metricsText(rows, undefined)
}

test('metricsText() writes help, type and value of a row', () => {
  assert.equal(
    text({ ...ROW, name: 'things', read: () => 3 }),
    '# HELP things Things there are.\n# TYPE things gauge\nthings 3\n',
  )
})

test('metricsText() writes one line for each value of a label, and none where there is none', () => {
  const by = (sample: ReadonlyMap<string, number>): readonly string[] =>
    text({ ...ROW, name: 'things', label: 'kind', read: () => sample })
      .split('\n')
      .slice(2, -1)
  const two = new Map([
    ['round', 1],
    ['flat', 2],
  ])
  assert.deepEqual(by(two), ['things{kind="round"} 1', 'things{kind="flat"} 2'])
  assert.deepEqual(by(new Map()), [])
})

test('metricsText() counts in each bucket of a histogram what is below it, too', () => {
  const times = new Histogram([1, 2])
  for (const ms of [0.5, 1.5, 2, 9]) times.add(ms)
  const lines = text({ ...ROW, name: 'ms', kind: 'histogram', read: () => times }).split('\n')
  assert.deepEqual(lines.slice(2, -1), [
    'ms_bucket{le="1"} 1',
    'ms_bucket{le="2"} 3',
    'ms_bucket{le="+Inf"} 4',
    'ms_sum 13',
    'ms_count 4',
  ])
})

test('docs/metrics.md tells every row as it is, and no other', () => {
  const page = readFileSync(join(PACKAGE_ROOT, 'docs/metrics.md'), 'utf8')
  const told = page.split('\n').filter((line) => line.startsWith('| `anillo_'))
  const rows = METRIC_ROWS.map(({ name, kind, unit, label, help, alert = '' }) => {
    const row = label === undefined ? name : `${name}{${label}}`
    return `| \`${row}\` | ${kind} | ${unit} | ${help} | ${alert} |`
  })
  assert.deepEqual(told, rows)
})

test('METRIC_ROWS are named as Prometheus asks for', () => {
  for (const { name, kind, label } of METRIC_ROWS) {
    assert.match(name, /^anillo_[a-z][a-z_]*$/)
    assert.equal(name.endsWith('_total'), kind === 'counter', name)
    assert.ok(label === undefined || /^[a-z]+$/.test(label), name)
  }
})
