/** What scenarios without options of their own do with a seed. */
import { reportPlanted, type Catch, type PlantedBug } from './planting.ts'
import type { ScenarioRun } from './scenario.ts'
import { runNowAndThenTwice, type Simulation } from './world/simulate.ts'

interface Planted {
  readonly bugs: readonly PlantedBug[]
  readonly hunt: (bug: PlantedBug) => Promise<Catch>
}

/** Runs the simulation of a seed; `planted NAME|all` hunts bugs that were planted instead. */
export function seedRun(
  simulationOf: (seed: number) => Simulation,
  planted?: Planted,
): ScenarioRun {
  return (seed, options) => {
    const wanted = options.get('planted')
    return wanted === undefined || planted === undefined
      ? runNowAndThenTwice(simulationOf(seed))
      : reportPlanted(wanted, planted.bugs, planted.hunt)
  }
}
