/**
 * Runs a console: hands events to its machine, and carries its effects out, in their order. Lines
 * that come faster than they are answered wait.
 */
import { asAnilloError, ERRORS } from '../../base/errors.ts'
import type { DweetEvent } from '../../wire/api-dweets.ts'
import type { Kept, KeptRecord } from './kept.ts'
import { completionsOf, promptOf, type Prompt } from './prompt.ts'
import type { Account, Answer, Refusal, Request } from './requests.ts'
import {
  isBusy,
  type ConsoleEvent,
  type ConsoleState,
  type Effect,
  type Screen,
  type Stamp,
  type Wake,
} from './state.ts'
import { step } from './step.ts'

/** Where a person reads and types. */
export interface Terminal {
  /** Above what is being typed. */
  print(lines: readonly string[]): void
  /** Lets the next line be typed; `of` tells what stands before a line as it is so far. */
  prompt(of: (line: string) => Prompt): void
}

/** The ring, as whoever is logged in. */
export interface Ring {
  /** @throws AnilloError */
  carryOut(request: Request): Promise<Answer>
  /** Ends with the signal. @throws AnilloError where it ends by itself */
  listen(signal: AbortSignal): AsyncIterable<DweetEvent>
  /** Its session is dropped here, whatever the ring thinks of it. */
  drop(): Promise<void>
}

/** What is kept on this computer. */
export interface Keeper {
  open(nick: string): Promise<Kept>
  append(records: readonly KeptRecord[], isSafe: boolean): Promise<void>
  remove(): Promise<void>
}

export interface World {
  readonly terminal: Terminal
  readonly ring: Ring
  readonly keeper: Keeper
  readonly stamp: () => Stamp
  /** Takes the place of one that was set for the same reason and has not come yet. */
  readonly wake: (why: Wake, afterMs: number, run: () => void) => void
}

export class ConsoleDriver {
  readonly #world: World
  #state: ConsoleState
  readonly #effects: Effect[] = []
  /** What came from the terminal and must be taken in order. */
  readonly #waiting: ConsoleEvent[] = []
  #isRunning = false
  #listening: AbortController | undefined
  #hasTold = false
  readonly #left = Promise.withResolvers<void>()

  constructor(world: World, state: ConsoleState) {
    this.#world = world
    this.#state = state
  }

  /** Resolves when the person left. */
  get left(): Promise<void> {
    return this.#left.promise
  }

  get state(): ConsoleState {
    return this.#state
  }

  /** Lines that wait: beyond some, a pipe need not be read further. */
  get waiting(): number {
    return this.#waiting.length
  }

  start(account: Account | undefined): void {
    this.#dispatch({ kind: 'started', account })
  }

  typed(line: string): void {
    this.#waiting.push({ kind: 'typed', line })
    this.#goOn()
  }

  ended(line: string): void {
    this.#waiting.push({ kind: 'ended', line })
    this.#goOn()
  }

  /** What was typed ahead is given up as well. */
  interrupted(line: string): void {
    this.#waiting.length = 0
    this.#dispatch({ kind: 'interrupted', line })
  }

  resized(screen: Screen): void {
    this.#dispatch({ kind: 'resized', screen })
  }

  completions(line: string): [string[], string] {
    return completionsOf(this.#state, line)
  }

  #dispatch(event: ConsoleEvent): void {
    const [state, effects] = step(this.#state, event, this.#world.stamp())
    this.#state = state
    this.#effects.push(...effects)
    void this.#run()
  }

  /** One effect after the other: what is to be on the disk is there before a request leaves. */
  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    for (;;) {
      const effect = this.#effects.shift()
      if (effect === undefined) break
      await this.#carryOut(effect)
    }
    this.#isRunning = false
    this.#goOn()
  }

  #goOn(): void {
    const isIdle = !this.#isRunning && !isBusy(this.#state) && !this.#state.hasLeft
    if (!isIdle) return
    const next = this.#waiting[0]
    if (next === undefined)
      return this.#world.terminal.prompt((line) => promptOf(this.#state, line))
    // A script has ended when all that it wrote went out.
    const isSending = this.#state.sending !== undefined && !this.#state.screen.isTerminal
    if (next.kind === 'ended' && isSending) return
    this.#waiting.shift()
    this.#dispatch(next)
  }

  async #carryOut(effect: Effect): Promise<void> {
    const { keeper, ring, terminal, wake } = this.#world
    switch (effect.kind) {
      case 'print':
        return terminal.print(effect.lines)
      case 'request':
        return void this.#request(effect)
      case 'keep':
        return this.#keeping(() => keeper.append(effect.records, effect.isSafe))
      case 'open':
        return this.#open(effect.nick)
      case 'forget':
        return this.#keeping(async () => {
          await keeper.remove()
          await ring.drop()
        })
      case 'listen':
        return void this.#listen()
      case 'hush':
        this.#listening?.abort()
        this.#listening = undefined
        return
      case 'wake':
        return wake(effect.why, effect.afterMs, () =>
          this.#dispatch({ kind: 'woken', why: effect.why }),
        )
      case 'leave':
        this.#listening?.abort()
        return this.#left.resolve()
    }
  }

  async #open(nick: string): Promise<void> {
    let kept = this.#state.kept
    await this.#keeping(async () => {
      kept = await this.#world.keeper.open(nick)
    })
    this.#dispatch({ kind: 'opened', kept })
  }

  /** A full disk must not keep anybody from talking: it is told once. */
  async #keeping(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (thrown) {
      if (this.#hasTold) return
      this.#hasTold = true
      const problem = thrown instanceof Error ? thrown.message : String(thrown)
      this.#dispatch({ kind: 'unkept', problem })
    }
  }

  async #request({ no, request }: Extract<Effect, { readonly kind: 'request' }>): Promise<void> {
    try {
      const answer = await this.#world.ring.carryOut(request)
      this.#dispatch({ kind: 'answered', no, answer })
    } catch (thrown) {
      this.#dispatch({ kind: 'refused', no, request, refusal: refusalOf(thrown) })
    }
  }

  async #listen(): Promise<void> {
    if (this.#listening !== undefined) return
    const listening = new AbortController()
    this.#listening = listening
    try {
      for await (const event of this.#world.ring.listen(listening.signal)) {
        if (listening.signal.aborted) return
        this.#dispatch({ kind: 'heard', event })
      }
    } catch (thrown) {
      if (listening.signal.aborted) return
      this.#listening = undefined
      this.#dispatch({ kind: 'deaf', refusal: refusalOf(thrown) })
    }
  }
}

function refusalOf(thrown: unknown): Refusal {
  const { code, details, message } = asAnilloError(thrown)
  return { code, details, text: message, isPassing: ERRORS[code].retry !== 'never' }
}
