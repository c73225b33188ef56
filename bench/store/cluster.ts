/** A store that runs on this machine, for the time of a measurement. */
import type { Protocol } from './job.ts'

export interface Cluster {
  readonly protocol: Protocol
  /** `host:port` for clients, one a member. */
  readonly doors: readonly string[]
  /**
   * Values of the header `authorization`, one a session, good for minutes; none where nobody is
   * asked.
   */
  sessions(count: number): Promise<readonly string[]>
  /** Of the members that live. */
  pids(): Promise<readonly number[]>
  /**
   * kill -9 of the leader, or of the one that leads most, and of others; answers the doors left.
   */
  kill(count: number): Promise<readonly string[]>
  stop(): Promise<void>
}

export const HOST = '127.0.0.1'

/** Asks again and again until it is so. @throws Error after `timeoutMs` */
export async function eventually(
  what: string,
  timeoutMs: number,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${timeoutMs / 1_000} s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
