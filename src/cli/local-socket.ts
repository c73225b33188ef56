/** The socket of a node on this machine: one command, one answer. */
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { AnilloError } from '../base/errors.ts'
import { quoted } from '../gateways/socket/words.ts'
import { dataPathOf } from '../node/data-directory.ts'
import { SHARE_SOCKET_NAME } from '../node/share/share-socket.ts'
import { readFailure } from '../wire/failure.ts'
import type { Io } from './io.ts'
import { startTextOf } from './start-words.ts'

export interface SocketFlags {
  readonly data?: string
  readonly socket?: string
  readonly json?: true
}

/** @throws AnilloError RING_NOT_REACHABLE where nobody listens, and what the socket refuses */
export async function askSocket(
  io: Io,
  flags: SocketFlags,
  words: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const paths = flags.socket === undefined ? await socketsIn(io, flags) : [flags.socket]
  for (const path of paths) {
    const answer = await askAt(path, `${words.map(quoted).join(' ')}\n`)
    if (answer !== undefined) return answered(answer)
  }
  const dataPath = dataPathOf(flags.data, io.env)
  const addresses = paths.length === 0 ? dataPath : paths.join(', ')
  const start = await startTextOf(io, dataPath)
  throw new AnilloError('RING_NOT_REACHABLE', { addresses, start })
}

/** Of the members in DATA. */
async function socketsIn(io: Io, { data }: SocketFlags): Promise<readonly string[]> {
  const folder = join(dataPathOf(data, io.env), 'members')
  const names = await readdir(folder).catch(() => [])
  return names
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => join(folder, name, SHARE_SOCKET_NAME))
}

/** `undefined` where nobody listens. */
async function askAt(path: string, line: string): Promise<string | undefined> {
  const socket = connect(path)
  try {
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    if (!isThere) return undefined
    socket.on('error', () => undefined)
    socket.write(line)
    for await (const answer of createInterface({ input: socket })) return answer
    return undefined
  } finally {
    socket.destroy()
  }
}

function answered(line: string): Readonly<Record<string, unknown>> {
  const answer: unknown = JSON.parse(line)
  if (typeof answer !== 'object' || answer === null) throw new AnilloError('INTERNAL')
  const said = Object.fromEntries(Object.entries(answer))
  if (said['ok'] === true) return said
  throw refusalOf(said['error'])
}

function refusalOf(error: unknown): AnilloError {
  const { code, details } = Object.fromEntries(Object.entries(error ?? {}))
  return readFailure([code, details]) ?? new AnilloError('INTERNAL')
}
