/** What a simulation is to the command that runs it. */

/** The count of what a run took of virtual time, where it tells it. */
export const VIRTUAL_MINUTES = 'virtual minutes'

/**
 * Flags of the command line that the scenario reads itself, e.g. `--members 50`: name without
 * dashes.
 */
export type ScenarioOptions = ReadonlyMap<string, string>

export interface ScenarioReport {
  /** Running hash over every event: equal for equal seed and options. */
  readonly traceHash: string
  /**
   * How often each fault struck and each check ran; the run has failed before this if a wanted one
   * is 0.
   */
  readonly counts: ReadonlyMap<string, number>
  /** For people: what was simulated and measured. */
  readonly lines: readonly string[]
}

/** Throws when a check fails; the caller adds the seed and the command that replays. */
export type ScenarioRun = (seed: number, options: ScenarioOptions) => Promise<ScenarioReport>

export interface Scenario {
  /** The word on the command line. */
  readonly name: string
  readonly description: string
  readonly load: () => Promise<ScenarioRun>
  /** Many seeds run in processes of their own; of so many each count must be above 0. */
  readonly spread?: { readonly completeSeeds: number }
}

/** Shows a run again, event by event the same. */
export function replayCommand(name: string, seed: number): string {
  return `npx anillo sim ${name} --seed ${seed}`
}
