/** What a command needs to run, and where it leaves how it ended. */
import type { ExitCode } from './failure.ts'
import type { Io } from './io.ts'

export interface CommandContext {
  readonly io: Io
  /** Runs a command's work: what it throws is told, and becomes the exit code. */
  run(work: () => Promise<ExitCode>): Promise<void>
}
