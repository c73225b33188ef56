/** Connections of programs on this machine, by a socket that is a file: its rights say who may. */
import type { ClientStream } from './client-net.ts'

export interface LocalListener {
  /** Its file goes too; connections that are open stay. */
  close(): Promise<void>
}

export interface LocalListen {
  /**
   * Makes the file, for its owner alone; one that a process left there goes first.
   * @throws AnilloError DATA_NOT_WRITABLE, also for a path longer than the system takes
   */
  listen(path: string, connected: (stream: ClientStream) => void): Promise<LocalListener>
}
