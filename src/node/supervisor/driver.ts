/**
 * Carries out what machine.ts decides: starts processes, speaks with them, and feeds back what they
 * say. Processes, time and the person are given, so that tests drive it without any of them.
 */
import { present, unreachable } from '../../base/assert.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import { startSupervisor, stepSupervisor } from './machine.ts'
import { readFromMember, type FromSupervisor } from './messages.ts'
import type {
  MemberName,
  Saying,
  SupervisorConfig,
  SupervisorEffect,
  SupervisorEvent,
  SupervisorState,
  Step,
} from './state.ts'
import { TICK_MS } from './times.ts'

/** A member's process as the supervisor sees it. */
export interface MemberProcess {
  /** Lost without a word where the channel is closed: the exit follows. */
  send(message: FromSupervisor): void
  /** kill -9. */
  kill(): void
  /** Used the processor since it was last asked, or waits for it; `false` where nobody can tell. */
  works(): boolean
}

export interface ProcessHandlers {
  message(value: unknown): void
  /** Once, last of all, also when the process could not be started. */
  exited(exit: { readonly clean: boolean; readonly how: string }): void
}

export interface SpawnRequest extends MemberName {
  readonly begins: boolean
}

export interface SupervisorDoor {
  readonly clock: Clock
  spawn(request: SpawnRequest, handlers: ProcessHandlers): MemberProcess
  removeData(name: string): Promise<void>
  say(saying: Saying): void
  announce(): void
}

export class Supervisor {
  readonly #door: SupervisorDoor
  readonly #processes = new Map<string, MemberProcess>()
  readonly #finished = Promise.withResolvers<{ readonly failed: boolean }>()
  #state: SupervisorState
  #timer: Timer | undefined
  #tickDueMs = 0

  /** All processes are started before it returns. */
  constructor(
    door: SupervisorDoor,
    start: { readonly config: SupervisorConfig; readonly left: readonly MemberName[] },
  ) {
    this.#door = door
    const first = startSupervisor({ ...start, nowMs: door.clock.nowMs() })
    this.#state = first[0]
    this.#carryOut(first)
    this.#scheduleTick()
  }

  /** When no member is left to look after. */
  get finished(): Promise<{ readonly failed: boolean }> {
    return this.#finished.promise
  }

  /** Stops all; the second call kills. */
  terminate(): void {
    this.#take({ kind: 'terminate', nowMs: this.#door.clock.nowMs() })
  }

  #take(event: SupervisorEvent): void {
    this.#carryOut(stepSupervisor(this.#state, event))
  }

  #scheduleTick(): void {
    this.#tickDueMs = this.#door.clock.nowMs() + TICK_MS
    this.#timer = this.#door.clock.after(TICK_MS, () => {
      const nowMs = this.#door.clock.nowMs()
      const lagMs = Math.max(0, nowMs - this.#tickDueMs)
      this.#scheduleTick()
      this.#take({ kind: 'tick', nowMs, lagMs, working: this.#working() })
    })
  }

  #working(): ReadonlySet<string> {
    const working = [...this.#processes].filter(([, process]) => process.works())
    return new Set(working.map(([name]) => name))
  }

  #carryOut([state, effects]: Step): void {
    this.#state = state
    for (const effect of effects) this.#do(effect)
  }

  #do(effect: SupervisorEffect): void {
    switch (effect.kind) {
      case 'spawn':
        return this.#spawn({ ...effect.member, begins: effect.begins })
      case 'send':
        return this.#process(effect.name).send({ kind: effect.message })
      case 'kill':
        return this.#process(effect.name).kill()
      case 'removeData':
        // Left files are taken up as a worker's at the next start: nothing is lost when this fails.
        return void this.#door.removeData(effect.name).catch(() => undefined)
      case 'say':
        return this.#door.say(effect.saying)
      case 'announce':
        return this.#door.announce()
      case 'finish':
        this.#timer?.cancel()
        return this.#finished.resolve({ failed: effect.failed })
      default:
        return unreachable(effect)
    }
  }

  #process(name: string): MemberProcess {
    return present(this.#processes.get(name), `process of ${name}`)
  }

  #spawn(request: SpawnRequest): void {
    const { name } = request
    const child = this.#door.spawn(request, {
      message: (value) => this.#heard(name, child, value),
      exited: ({ clean, how }) => {
        this.#processes.delete(name)
        this.#take({ kind: 'exited', nowMs: this.#door.clock.nowMs(), name, clean, how })
      },
    })
    this.#processes.set(name, child)
  }

  #heard(name: string, child: MemberProcess, value: unknown): void {
    // Words of a process that is gone may arrive after its exit.
    if (this.#processes.get(name) !== child) return
    const message = readFromMember(value)
    if (message === undefined) return
    this.#take({ ...message, nowMs: this.#door.clock.nowMs(), name })
  }
}
