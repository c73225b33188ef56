/**
 * One connection of the generator: hand-made requests, so that it costs little beside what it
 * measures.
 */
import type { Operation } from './job.ts'

export interface KvConnection {
  /** `done` is called once; false: refused, or the connection is gone. */
  request(operation: Operation, key: string, done: (isDone: boolean) => void): void
  close(): void
}

export interface Opening {
  /** `host:port` */
  readonly door: string
  /** Value of that header, where the door asks who is there. */
  readonly authorization?: string | undefined
}

/** `lost`: nothing that is under way will be answered. */
export type Connect = (opening: Opening, lost: () => void) => Promise<KvConnection>

export function hostAndPort(door: string): { readonly host: string; readonly port: number } {
  const colon = door.lastIndexOf(':')
  return { host: door.slice(0, colon), port: Number(door.slice(colon + 1)) }
}
