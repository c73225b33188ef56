/**
 * The unix socket, as JSON lines and as iic2523: commands, changed commands and any bytes, in any
 * pieces, by clients that end, break off or only wait. Whatever comes, every answer is one of its
 * kind, none of them is a fault of this program, and nothing is held of who is gone.
 */
import assert from 'node:assert/strict'

import { tryText } from '../../src/base/bytes.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { ClientHandlers, ClientStream } from '../../src/effects/client-net.ts'
import type { Log } from '../../src/effects/log.ts'
import { ManualClock } from '../../src/effects/manual-clock.test-helper.ts'
import { outsideCommands } from '../../src/gateways/socket/commands.ts'
import { SocketDoor } from '../../src/gateways/socket/door.ts'
import { MemoryOutside } from '../../src/services/share/memory-outside.test-helper.ts'
import { mutated, pieces, randomBytes } from './mutate.ts'
import type { FuzzTarget } from './target.ts'

/** Beyond it another network stands: what was set must not make the next case. */
const CASES_A_NETWORK = 2_000
const LINES_MAX = 12
/** Turns of the event loop in which the door answers all of one case. */
const TURNS = 6
const PICKLE_BYTES_MAX = 1_024
const PICKLE_PROTOCOL = 0x80
/** Longer than any connection may be idle. */
const IDLE_MS = 3_600_000
const HERE = { host: 'socket', port: 0 }

const COMMANDS = [
  'get a',
  'set a b',
  `set 'a file' "http://192.0.2.1/a file"`,
  'get \\x',
  `get 'open`,
  'help',
  '',
  '__proto__ a',
  `set a ${'v'.repeat(900)}`,
  `set a ${'\\'.repeat(9_000)}`,
  `get ${'k'.repeat(21_000)}`,
]

class Client implements ClientStream {
  readonly remote = HERE
  readonly local = HERE
  readonly said: Uint8Array[] = []
  isEnded = false
  #handlers: ClientHandlers | undefined

  receive(handlers: ClientHandlers): void {
    this.#handlers = handlers
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (!this.isEnded) this.said.push(bytes.slice())
  }

  async finish(): Promise<boolean> {
    this.isEnded = true
    return true
  }

  destroy(): void {
    this.isEnded = true
  }

  type(bytes: Uint8Array): void {
    if (!this.isEnded) void this.#handlers?.bytes(bytes)
  }

  end(kind: 'ended' | 'broken'): void {
    const isOrderly = kind === 'ended'
    const reason = isOrderly
      ? ({ kind: 'ended', isAnnounced: true } as const)
      : ({ kind: 'broken', problem: 'reset' } as const)
    this.#handlers?.closed(reason)
  }
}

interface Running {
  readonly clock: ManualClock
  readonly doors: Readonly<Record<'json' | 'iic2523', SocketDoor>>
  readonly faults: unknown[]
  cases: number
}

export async function socketTarget(): Promise<FuzzTarget> {
  let running: Running | undefined
  return {
    name: 'socket',
    run: async (chance) => {
      if (running === undefined || running.cases >= CASES_A_NETWORK) running = begun()
      running.cases++
      await runOne(running, chance)
    },
    rest: async () => {
      running = undefined
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function begun(): Running {
  const clock = new ManualClock()
  const faults: unknown[] = []
  const ignore = (): void => undefined
  const error = (event: string, fields?: unknown): void => void faults.push([event, fields])
  const log: Log = { debug: ignore, info: ignore, warn: ignore, error, child: () => log }
  const commands = outsideCommands(new MemoryOutside().seenBy())
  const door = (answers: 'json' | 'iic2523'): SocketDoor =>
    new SocketDoor({ clock, log, commands, answers })
  return { clock, faults, cases: 0, doors: { json: door('json'), iic2523: door('iic2523') } }
}

async function runOne({ clock, doors, faults }: Running, chance: SeededChance): Promise<void> {
  const answers = pick(chance, ['json', 'iic2523'] as const)
  const door = doors[answers]
  const client = new Client()
  door.connected(client)
  const typed = anyInput(chance)
  for (const piece of pieces(typed, chance)) {
    client.type(piece)
    if (chance.below(2) === 0) await turns(1)
  }
  const left = pick(chance, ['ended', 'broken', 'waits'] as const)
  if (left !== 'waits') client.end(left)
  await turns(TURNS)
  if (left === 'waits') clock.advance(IDLE_MS)
  assert.deepEqual(faults, [], 'a fault of this program')
  assert.equal(door.connections, 0, 'a connection is held that is over')
  if (answers === 'json') checkLines(client, typed)
  else checkPickle(client)
}

function anyInput(chance: SeededChance): Buffer {
  if (chance.below(8) === 0) return randomBytes(chance, chance.below(600))
  const lines = Array.from({ length: 1 + chance.below(LINES_MAX) }, () => pick(chance, COMMANDS))
  const said = Buffer.from(lines.join('\n') + (chance.below(4) === 0 ? '' : '\n'))
  return chance.below(2) === 0 ? said : mutated(said, chance)
}

/** Commands are answered in as many turns as they wait for others. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function checkLines({ said }: Client, typed: Buffer): void {
  const text = tryText(Buffer.concat(said))
  assert.ok(text !== undefined && (text === '' || text.endsWith('\n')), 'whole lines of UTF-8')
  const lines = text.split('\n').slice(0, -1)
  const asked = typed.filter((byte) => byte === 0x0a).length + 1
  assert.ok(lines.length <= asked, `${lines.length} answers to ${asked} lines`)
  for (const line of lines) {
    const answer: unknown = JSON.parse(line)
    assert.ok(typeof answer === 'object' && answer !== null && 'ok' in answer, line)
    assert.ok(!line.includes('"code":"INTERNAL"'), line)
  }
}

function checkPickle({ said }: Client): void {
  const bytes = Buffer.concat(said)
  if (bytes.length === 0) return
  assert.equal(bytes[0], PICKLE_PROTOCOL, 'a pickle')
  assert.ok(bytes.length <= PICKLE_BYTES_MAX, `${bytes.length} bytes at once`)
}
