/**
 * A console at a door with a microblog in memory: what a person types and sees, without a terminal.
 * The network breaks, files are kept, and time goes when the test says so.
 */
import type { AddressInfo } from 'node:net'

import { sessionInMemory } from '../../client/credentials.ts'
import { dweetsDoor } from '../../gateways/rest/dweets/dweets-door.test-helper.ts'
import { ConsoleDriver, type Keeper, type Terminal } from './driver.ts'
import { lineOf, readLines } from './kept-lines.ts'
import { NOTHING_KEPT, withRecords, type Kept, type KeptRecord } from './kept.ts'
import type { Language } from './languages.ts'
import type { Prompt } from './prompt.ts'
import { RingDoor, type Reach } from './ring-door.ts'
import { initialState, type Screen, type Wake } from './state.ts'

/** Lines as they stand on the screen, with what was typed behind its prompt. */
class KeptTerminal implements Terminal {
  readonly lines: string[] = []
  prompted = ''
  #waiting: (() => void) | undefined
  #of: ((line: string) => Prompt) | undefined

  print(lines: readonly string[]): void {
    this.lines.push(...lines)
  }

  prompt(of: (line: string) => Prompt): void {
    this.#of = of
    this.prompted = of('').text
    this.#waiting?.()
    this.#waiting = undefined
  }

  /** What was typed is shown, unless it is a secret. */
  echo(line: string): void {
    const { isSecret, text } = this.#of?.(line) ?? { isSecret: false, text: '' }
    this.lines.push(`${text}${isSecret ? '' : line}`)
  }

  async awaitPrompt(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting = resolve
    })
  }
}

/** The file of an account, as text. */
export class KeptText implements Keeper {
  text = ''
  /** The disk is full. */
  isFull = false

  async open(): Promise<Kept> {
    return withRecords(NOTHING_KEPT, readLines(this.text).records)
  }

  async append(records: readonly KeptRecord[]): Promise<void> {
    if (this.isFull) throw new Error('no space left on device')
    this.text += records.map(lineOf).join('')
  }

  async remove(): Promise<void> {
    this.text = ''
  }
}

export interface TrialOptions {
  readonly screen?: Partial<Screen>
  readonly language?: Language
  /** Nobody, where it is `null`. */
  readonly nick?: 'ana' | 'ben' | null
  readonly keeper?: KeptText
}

export type DweetsDoor = Awaited<ReturnType<typeof dweetsDoor>>

/** A ring for one or more consoles. */
export async function trialRing() {
  const door = await dweetsDoor()
  await door.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = door.server.server.address() as AddressInfo
  const network = {
    isBroken: false,
    /** The answer to the next request of this method is lost on its way. */
    losesAnswerTo: '',
    /** Resolves when somebody listens to what happens. */
    listening: Promise.withResolvers<void>(),
    /** Method, path and key of each request. */
    asked: [] as string[],
  }
  const fetchOrBreak = async (url: string, init: RequestInit): Promise<Response> => {
    const key = new Headers(init.headers).get('idempotency-key')
    if (network.isBroken) throw new TypeError('connection refused')
    const what = `${init.method} ${new URL(url).pathname}`
    network.asked.push(key === null ? what : `${what} ${key}`)
    const response = await fetch(url, init)
    if (what === 'GET /v1/dweets/events') network.listening.resolve()
    if (network.losesAnswerTo === what) {
      network.isBroken = true
      throw new TypeError('connection reset')
    }
    return response
  }
  const open = async (options: TrialOptions = {}) =>
    consoleAt({ door, port, fetchOrBreak }, options)
  return {
    ...door,
    network,
    open,
    async [Symbol.asyncDispose]() {
      door.server.server.closeAllConnections()
      await door[Symbol.asyncDispose]()
    },
  }
}

interface At {
  readonly door: DweetsDoor
  readonly port: number
  readonly fetchOrBreak: (url: string, init: RequestInit) => Promise<Response>
}

function reachOf({ fetchOrBreak, port }: Pick<At, 'fetchOrBreak' | 'port'>): Reach {
  return {
    doors: [`http://127.0.0.1:${port}`],
    clientName: 'console',
    placeFor: () => sessionInMemory(),
    world: async () => ({
      fetch: fetchOrBreak,
      pause: async () => undefined,
      newKey: () => crypto.randomUUID(),
      start: 'npx anillo up',
    }),
  }
}

async function consoleAt(
  { door, fetchOrBreak, port }: At,
  { keeper = new KeptText(), language = 'en', nick = 'ana', screen = {} }: TrialOptions,
) {
  const terminal = new KeptTerminal()
  const place = sessionInMemory()
  if (nick !== null) {
    await place.write({ nick, accessToken: door.tokens[nick], refreshToken: 'none' })
  }
  const woken = new Map<Wake, () => void>()
  let keys = 0
  const ring = new RingDoor(reachOf({ fetchOrBreak, port }), place)
  const driver = new ConsoleDriver(
    {
      terminal,
      keeper,
      ring,
      stamp: () => ({ nowMs: door.clock.wallMs(), key: `key-${nick}-${++keys}` }),
      wake: (why, _afterMs, run) => void woken.set(why, run),
    },
    initialState(language, { columns: 80, rows: 24, isTerminal: true, ...screen }),
  )
  return {
    driver,
    keeper,
    terminal,
    async start(): Promise<void> {
      const prompted = terminal.awaitPrompt()
      driver.start(nick === null ? undefined : { nick })
      await prompted
      // Whether the ring is there.
      if (nick === null && driver.state.screen.isTerminal) await terminal.awaitPrompt()
    },
    async type(...lines: readonly string[]): Promise<void> {
      for (const line of lines) {
        terminal.echo(line)
        const prompted = terminal.awaitPrompt()
        driver.typed(line)
        await prompted
      }
    },
    /** Until something that was not typed for has come. */
    async until(text: RegExp): Promise<void> {
      while (!terminal.lines.some((line) => text.test(line))) await terminal.awaitPrompt()
    },
    /** The time for it has come. */
    async wake(why: Wake): Promise<void> {
      const run = woken.get(why)
      woken.delete(why)
      const prompted = terminal.awaitPrompt()
      run?.()
      await prompted
    },
    isToWake: (why: Wake) => woken.has(why),
    /** What came since it was looked at last. */
    seen(): string {
      return terminal.lines.splice(0).join('\n')
    },
  }
}
