/**
 * What virtual machines log: part of the trace, and its newest lines for the message of a failure.
 */
import type { Log, LogFields } from '../../src/effects/log.ts'
import type { Tally } from './tally.ts'
import type { Trace } from './trace.ts'

const LINES_MAX = 60

/** A line, as it is written. */
export interface Logged {
  readonly machine: string
  readonly event: string
  readonly fields: LogFields
}

export class VirtualLog {
  readonly #trace: Trace
  readonly #tally: Tally
  readonly #nowMs: () => number
  readonly #readers = new Set<(logged: Logged) => void>()
  #lines: string[] = []

  constructor(parts: {
    readonly trace: Trace
    readonly tally: Tally
    readonly nowMs: () => number
  }) {
    this.#trace = parts.trace
    this.#tally = parts.tally
    this.#nowMs = parts.nowMs
  }

  get lines(): readonly string[] {
    return this.#lines.slice(-LINES_MAX)
  }

  onLogged(read: (logged: Logged) => void): void {
    this.#readers.add(read)
  }

  /** `isAlive`: a dead program's last turn writes nothing. */
  of(machine: string, isAlive: () => boolean, bound: LogFields = {}): Log {
    const write = (level: string) => (event: string, fields?: LogFields) => {
      if (isAlive()) this.#write({ level, machine, event, fields: { ...bound, ...fields } })
    }
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => this.of(machine, isAlive, { ...bound, ...fields }),
    }
  }

  #write(line: Logged & { readonly level: string }): void {
    const nowMs = this.#nowMs()
    this.#trace.add(nowMs, `${line.machine} log ${line.level} ${line.event}`)
    if (line.level === 'error') this.#tally.add('log: errors')
    const fields = Object.entries(line.fields).map(([name, value]) => `${name}=${String(value)}`)
    this.#lines.push(
      `${nowMs.toFixed(1)} ${line.machine} ${line.level} ${line.event} ${fields.join(' ')}`,
    )
    for (const read of this.#readers) read(line)
    if (this.#lines.length >= 2 * LINES_MAX) this.#lines = this.#lines.slice(LINES_MAX)
  }
}
