/**
 * The supervisor's state, what happens to it, and what it wants done. The rules are in machine.ts.
 */
import type { LoadReport } from './messages.ts'

export interface SupervisorConfig {
  /** Members that `up` was asked for; always there. */
  readonly members: number
  /** With those that are added under load. */
  readonly membersMax: number
  /** `false` leaves the dead dead, for trials. */
  readonly restart: boolean
  readonly hangAfterMs: number
  readonly workerIdleMs: number
  /** A member with so many downloads is busy. */
  readonly busyDownloads: number
}

/**
 * `starting`: its process runs, it is not ready. `up`: ready. `draining`: a worker that hands over
 * and leaves. `stopping`: told to stop. `killed`: kill -9 was sent, its exit is awaited before its
 * data is opened again. `waiting`: dead, to be started again. `lost`: dead, and left so.
 */
export type MemberPhase =
  | 'starting'
  | 'up'
  | 'draining'
  | 'stopping'
  | 'killed'
  | 'waiting'
  | 'lost'

export interface MemberName {
  readonly name: string
  /** Its ports are the first member's plus this. */
  readonly index: number
  /** `worker`: added under load; holds no replicas, and retires. */
  readonly kind: 'base' | 'worker'
}

export interface Supervised extends MemberName {
  readonly phase: MemberPhase
  /** When the phase began. */
  readonly sinceMs: number
  readonly spawnedAtMs: number
  /** Last sign of life, or when there was a reason to begin waiting for one. */
  readonly heardAtMs: number
  /** When its process last used the processor, or waited for it. */
  readonly workedAtMs: number
  /** Deaths in a row, each soon after its start. */
  readonly deaths: number
  /** For `waiting`: when it is started again. */
  readonly dueMs: number
  readonly load: LoadReport | undefined
  /** Was started as the first of the ring, which the others join. */
  readonly begins: boolean
}

export interface SupervisorState {
  readonly config: SupervisorConfig
  /** `starting` until the ring was complete for the first time. */
  readonly phase: 'starting' | 'ready' | 'stopping' | 'finished'
  readonly members: readonly Supervised[]
  /** Since when every member that is up has been busy. */
  readonly busySinceMs: number | undefined
  readonly grewAtMs: number | undefined
}

export type SupervisorEvent =
  /**
   * Every TICK_MS; `lagMs` is how late it came: the supervisor itself was held up. `working`: whose
   * processes used the processor since the last tick, or wait for it.
   */
  | {
      readonly kind: 'tick'
      readonly nowMs: number
      readonly lagMs: number
      readonly working: ReadonlySet<string>
    }
  | { readonly kind: 'ready'; readonly nowMs: number; readonly name: string }
  | { readonly kind: 'pong'; readonly nowMs: number; readonly name: string }
  | { readonly kind: 'removed'; readonly nowMs: number; readonly name: string }
  | {
      readonly kind: 'waits'
      readonly nowMs: number
      readonly name: string
      readonly groups: number
    }
  | {
      readonly kind: 'load'
      readonly nowMs: number
      readonly name: string
      readonly load: LoadReport
    }
  /** The process is gone and has been waited for. */
  | {
      readonly kind: 'exited'
      readonly nowMs: number
      readonly name: string
      /** Ended by itself with code 0. */
      readonly clean: boolean
      /** For people: `code 1`, `SIGKILL`, with its last words. */
      readonly how: string
    }
  /** SIGTERM or Ctrl-C; the second one kills. */
  | { readonly kind: 'terminate'; readonly nowMs: number }

export type SupervisorEffect =
  | { readonly kind: 'spawn'; readonly member: MemberName; readonly begins: boolean }
  | { readonly kind: 'send'; readonly name: string; readonly message: 'ping' | 'drain' | 'stop' }
  /** kill -9. */
  | { readonly kind: 'kill'; readonly name: string }
  /** Remove the directory of a worker that handed over all it held. */
  | { readonly kind: 'removeData'; readonly name: string }
  | { readonly kind: 'say'; readonly saying: Saying }
  /** The ring is complete: all its members are there and see each other. */
  | { readonly kind: 'announce' }
  | { readonly kind: 'finish'; readonly failed: boolean }

/** What the supervisor tells a person; sayings.ts puts it into words. */
export type Saying =
  | { readonly kind: 'memberReady'; readonly name: string; readonly tookMs: number }
  | {
      readonly kind: 'waits'
      readonly name: string
      readonly groups: number
      readonly sinceMs: number
    }
  | { readonly kind: 'died'; readonly name: string; readonly how: string; readonly againMs: number }
  | { readonly kind: 'lost'; readonly name: string; readonly how: string }
  | { readonly kind: 'gaveUp'; readonly name: string; readonly how: string }
  | { readonly kind: 'hangs'; readonly name: string; readonly silentMs: number }
  | { readonly kind: 'adding'; readonly name: string }
  | { readonly kind: 'draining'; readonly name: string; readonly idleMs: number }
  | { readonly kind: 'retired'; readonly name: string }
  | { readonly kind: 'removed'; readonly name: string }
  | { readonly kind: 'stopping'; readonly members: number }
  | { readonly kind: 'killing'; readonly names: readonly string[] }

export type Step = readonly [SupervisorState, readonly SupervisorEffect[]]
export type MemberStep = readonly [Supervised | undefined, readonly SupervisorEffect[]]
