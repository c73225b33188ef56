/**
 * The member's end of the IPC channel: tells its supervisor how it fares and does what it is told.
 * A supervisor that is gone, however it went, is an order to stop: no member is ever left behind.
 */
import type { Clock, Timer } from '../../effects/clock.ts'
import { LOAD_EVERY_MS, readFromSupervisor, type FromMember, type LoadReport } from './messages.ts'
import { STOP_MS_MAX } from './times.ts'

export interface ReportingOptions {
  readonly clock: Clock
  /** Asked every LOAD_EVERY_MS. */
  readonly load: () => LoadReport
  /** Hand over all that is held, leave the ring, then end the process with code 0. */
  readonly onDrain: () => void
  /** Leave the ring and end the process with code 0. Called once at most. */
  readonly onStop: () => void
}

export interface Reporting {
  /** Doors are open, and the member has a place on the ring. */
  ready(): void
  /** It is not ready, since so many groups are not whole. */
  waits(groups: number): void
  /** It was taken out of the ring for good, and ends. */
  removed(): void
  /** Says nothing more and lets the process end. */
  close(): void
}

/** The part of `process` that this file needs. */
export interface Channel {
  readonly connected: boolean
  send?(message: FromMember, callback: (problem: Error | null) => void): boolean
  on(event: 'message', listener: (value: unknown) => void): unknown
  on(event: 'disconnect' | 'SIGINT' | 'SIGHUP', listener: () => void): unknown
  disconnect?(): void
  exit(code: number): void
}

/**
 * Does nothing, and answers with something that does nothing, where no supervisor started this
 * process.
 */
export function startReporting(options: ReportingOptions, channel: Channel = process): Reporting {
  if (channel.send === undefined || !channel.connected) {
    return {
      ready: () => undefined,
      waits: () => undefined,
      removed: () => undefined,
      close: () => undefined,
    }
  }
  return new ChannelReporting(options, channel)
}

class ChannelReporting implements Reporting {
  readonly #options: ReportingOptions
  readonly #channel: Channel
  #timer: Timer
  #stopping = false
  #closed = false

  constructor(options: ReportingOptions, channel: Channel) {
    this.#options = options
    this.#channel = channel
    channel.on('message', (value) => this.#take(value))
    channel.on('disconnect', () => this.#abandoned())
    // A terminal sends these to the whole group; the supervisor decides what they mean.
    channel.on('SIGINT', () => undefined)
    channel.on('SIGHUP', () => undefined)
    this.#timer = this.#reportLater()
  }

  ready(): void {
    this.#send({ kind: 'ready' })
    this.#report()
  }

  waits(groups: number): void {
    this.#send({ kind: 'waits', groups })
  }

  removed(): void {
    this.#send({ kind: 'removed' })
  }

  close(): void {
    this.#timer.cancel()
    this.#closed = true
    if (this.#channel.connected) this.#channel.disconnect?.()
  }

  #take(value: unknown): void {
    const message = readFromSupervisor(value)
    if (message?.kind === 'ping') this.#send({ kind: 'pong' })
    if (message?.kind === 'drain') this.#options.onDrain()
    if (message?.kind === 'stop') this.#stop()
  }

  #stop(): void {
    if (this.#stopping || this.#closed) return
    this.#stopping = true
    this.#options.onStop()
  }

  #abandoned(): void {
    this.#timer.cancel()
    if (this.#closed) return
    this.#stop()
    // Nobody is left who would kill a member that cannot stop.
    this.#options.clock.after(STOP_MS_MAX, () => this.#channel.exit(1))
  }

  #reportLater(): Timer {
    return this.#options.clock.after(LOAD_EVERY_MS, () => {
      this.#report()
      this.#timer = this.#reportLater()
    })
  }

  #report(): void {
    this.#send({ kind: 'load', load: this.#options.load() })
  }

  #send(message: FromMember): void {
    // A closed channel is told by `disconnect`, not here.
    if (this.#channel.connected) this.#channel.send?.(message, () => undefined)
  }
}
