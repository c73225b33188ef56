/** What `anillo share serve` does: a node of the open network, alone, in the foreground. */
import { join, resolve } from 'node:path'

import { AnilloError } from '../../base/errors.ts'
import { dataPathOf } from '../../node/data-directory.ts'
import { parseBootstrap } from '../../node/share/bootstrap.ts'
import type { OutsidePicture } from '../../services/share/outside.ts'
import { withDataPath } from '../data-effects.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { line, type Io } from '../io.ts'
import { countText } from '../table.ts'

export interface ServeFlags {
  readonly port: number
  readonly host: string
  readonly state?: string
  readonly bootstrap?: string
  readonly socket?: string
  readonly compat?: 'iic2523'
  readonly iic2523?: true
  readonly data?: string
}

const STATE_NAME = 'share-node'
const LOG_NAME = 'log'
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Until it is stopped by a signal. @throws AnilloError USAGE, PORT_IN_USE, DATA_IN_USE */
export async function runShareServe(io: Io, flags: ServeFlags): Promise<ExitCode> {
  const named = flags.bootstrap ?? io.env['ANILLO_SHARE_BOOTSTRAP'] ?? ''
  const bootstrap = parseBootstrap(named)
  if (bootstrap === undefined) {
    const problem = `nodes to start from are HOST:PORT,HOST:PORT, not “${named}”`
    throw new AnilloError('USAGE', { problem })
  }
  const path = resolve(flags.state ?? join(dataPathOf(flags.data, io.env), STATE_NAME))
  const stop = new AbortController()
  const end = (): void => stop.abort()
  for (const signal of STOP_SIGNALS) process.on(signal, end)
  const { serveNode } = await import('../../node/share/serve-node.ts')
  const told = new StatusLine(io)
  try {
    await withDataPath(path, () =>
      serveNode({
        path,
        endpoint: { host: flags.host, port: flags.port },
        bootstrap,
        isLists: flags.compat === 'iic2523',
        socketPath: flags.socket === undefined ? undefined : resolve(flags.socket),
        answers: flags.iic2523 ? 'iic2523' : 'json',
        logPath: join(path, LOG_NAME),
        stop: stop.signal,
        ready: ({ host, id, port }, socketPath) => {
          line(io.err, `anillo: node ${id} of the open network at ${host}:${port}`)
          line(io.err, `anillo: commands by ${socketPath}; Ctrl-C ends it`)
          line(io.out, `anillo share ready ${host}:${port}`)
        },
        look: (picture) => told.show(statusText(picture)),
      }),
    )
    return EXIT.done
  } finally {
    told.end()
    for (const signal of STOP_SIGNALS) process.off(signal, end)
  }
}

export function statusText({ buckets, counts, held }: OutsidePicture): string {
  const contacts = buckets.reduce((sum, bucket) => sum + bucket.contacts.length, 0)
  const dropped = ['malformed', 'unasked', 'flooded', 'forged'].reduce(
    (sum, name) => sum + (counts[name] ?? 0),
    0,
  )
  return [
    countText(contacts, 'contact'),
    countText(held.keys, 'key'),
    countText(held.records, 'record'),
    `${counts['questions'] ?? 0} asked`,
    `${dropped} dropped`,
  ].join(', ')
}

/**
 * Redrawn in its place on a terminal; elsewhere it is not shown: whoever reads that wants lines.
 */
class StatusLine {
  readonly #io: Io
  #shown = ''

  constructor(io: Io) {
    this.#io = io
  }

  show(text: string): void {
    const { err } = this.#io
    if (!err.isTerminal || text === this.#shown) return
    this.#shown = text
    err.write(`\r\u001B[K${text.slice(0, err.columns - 1)}`)
  }

  end(): void {
    if (this.#shown !== '') this.#io.err.write('\n')
  }
}
