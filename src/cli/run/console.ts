/** What `anillo console` does: puts the console's machine, terminal, files and ring together. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

import { AnilloError } from '../../base/errors.ts'
import type { SessionPlace } from '../../client/credentials.ts'
import { foldNick, NICK_CHARS_MAX } from '../../wire/account-texts.ts'
import { ConsoleDriver, type Keeper, type World } from '../console/driver.ts'
import { impatient } from '../console/impatient.ts'
import { cachePathOf, KeptFile } from '../console/kept-file.ts'
import type { Kept, KeptRecord } from '../console/kept.ts'
import { languageOf } from '../console/languages.ts'
import { RingDoor, type Reach } from '../console/ring-door.ts'
import { initialState } from '../console/state.ts'
import {
  PipeTerminal,
  screenOf,
  TypedTerminal,
  type Listener,
  type Streams,
} from '../console/terminal.ts'
import type { RingAt } from '../credentials.ts'
import { endSoon } from '../end-soon.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { ringAt } from '../ring-at.ts'
import {
  consolePath,
  findConsoleSessions,
  findSession,
  ringOf,
  sessionFile,
  type FoundSession,
} from '../session-files.ts'

/** @throws AnilloError USAGE, NICK_UNFIT, DATA_WITHOUT_MEMBERS */
export async function runConsole(
  io: Io,
  named: string | undefined,
  flags: DoorFlags,
): Promise<ExitCode> {
  const nick = named === undefined ? undefined : nickOf(named)
  const streams = { input: process.stdin, output: process.stdout }
  if (streams.input.isTTY && !streams.output.isTTY) {
    throw new AnilloError('USAGE', { problem: 'The console wants the terminal for its output.' })
  }
  const ring = await ringAt(io, flags)
  const found = await sessionFor(io, ring, nick)
  const place = found && sessionFile(found.path, found)
  const { driver, terminal } = consoleAt(io, { found, place, ring, streams })
  driver.start(found && { nick: found.session.nick })
  if (found === undefined && nick !== undefined) driver.typed(`login ${nick}`)
  const end = (): void => driver.ended('')
  process.once('SIGHUP', end).once('SIGTERM', end)
  await driver.left
  terminal.close()
  // A request whose answer nobody waits for any more may be under way.
  endSoon()
  const isFailed = !driver.state.screen.isTerminal && driver.state.refusals > 0
  return isFailed ? EXIT.failed : EXIT.done
}

/** @throws AnilloError NICK_UNFIT */
function nickOf(text: string): string {
  const nick = foldNick(text)
  if (nick === undefined) throw new AnilloError('NICK_UNFIT', { max: NICK_CHARS_MAX })
  return nick
}

/** Of the account that is named, else of the one whose console was opened last. */
async function sessionFor(
  { env }: Io,
  { doors }: RingAt,
  nick: string | undefined,
): Promise<FoundSession | undefined> {
  const ofCommands = await findSession(env, doors)
  const all = [...(await findConsoleSessions(env, doors)), ...(ofCommands ? [ofCommands] : [])]
  return nick === undefined ? all[0] : all.find(({ session }) => session.nick === nick)
}

interface Parts {
  readonly ring: RingAt
  readonly found: FoundSession | undefined
  readonly place: SessionPlace | undefined
  readonly streams: Streams
}

function consoleAt(
  io: Io,
  { found, place, ring, streams }: Parts,
): { readonly driver: ConsoleDriver; readonly terminal: PipeTerminal | TypedTerminal } {
  const keeper = new FileKeeper(cachePathOf(io.env), found?.session.accessToken)
  const reach: Reach = {
    doors: found?.doors ?? ring.doors,
    clientName: `console on ${hostname()}`,
    world: async () => {
      const world = await (await import('../reach.ts')).clientWorld(io, ring.dataPath)
      return { ...world, fetch: impatient(world.fetch) }
    },
    placeFor: (session) => {
      keeper.accessToken = session.accessToken
      return sessionFile(consolePath(io.env, session), { doors: ring.doors })
    },
  }
  const screen = screenOf(streams)
  // The driver writes to the terminal, which tells it what is typed.
  const events: Listener = {
    typed: (line) => driver.typed(line),
    interrupted: (line) => driver.interrupted(line),
    ended: (line) => driver.ended(line),
    resized: (size) => driver.resized(size),
    completions: (line) => driver.completions(line),
    get waiting() {
      return driver.waiting
    },
  }
  const terminal = screen.isTerminal
    ? new TypedTerminal(streams, events)
    : new PipeTerminal(streams, events)
  const world: World = {
    terminal,
    keeper,
    ring: new RingDoor(reach, place),
    stamp: () => ({ nowMs: Date.now(), key: randomUUID() }),
    wake: waking(),
  }
  const driver = new ConsoleDriver(world, initialState(languageOf(io.env), screen))
  return { driver, terminal }
}

/** One timer a reason; none of them keeps the process. */
function waking(): World['wake'] {
  const timers = new Map<string, NodeJS.Timeout>()
  return (why, afterMs, run) => {
    clearTimeout(timers.get(why))
    timers.set(why, setTimeout(run, afterMs).unref())
  }
}

/** The files of whoever is logged in, one at a time. */
class FileKeeper implements Keeper {
  readonly #directory: string
  #file: KeptFile | undefined
  /** Says which ring it is. */
  accessToken: string | undefined

  constructor(directory: string, accessToken: string | undefined) {
    this.#directory = directory
    this.accessToken = accessToken
  }

  async open(nick: string): Promise<Kept> {
    const ring = ringOf(this.accessToken ?? '')
    const { file, kept } = await KeptFile.open(this.#directory, { nick, ring })
    this.#file = file
    return kept
  }

  async append(records: readonly KeptRecord[], isSafe: boolean): Promise<void> {
    await this.#file?.append(records, isSafe)
  }

  async remove(): Promise<void> {
    await this.#file?.remove()
    this.#file = undefined
  }
}
