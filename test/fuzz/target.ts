/** What is fuzzed, as the driver sees it. */
import type { SeededChance } from '../../src/base/random.ts'

export interface FuzzTarget extends AsyncDisposable {
  readonly name: string
  /**
   * One case, made by `chance` alone. Throws what promise it found broken; what the process throws
   * by itself is the driver's to notice.
   */
  run(chance: SeededChance): Promise<void>
  /** Nothing is under way any more: what is held now is held for ever. */
  rest(): Promise<void>
}
