/** The bugs that the simulation of the store is held to (planting.ts). */
import { huntWith, type Catch, type Replacement } from '../planting.ts'

export interface PlantedBug {
  readonly name: string
  readonly description: string
  readonly replacements: readonly Replacement[]
}

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 1_000

export const PLANTED_BUGS: readonly PlantedBug[] = []

/** Plants one bug in a copy and runs the seeds there. */
export async function huntPlanted(
  bug: PlantedBug,
  seedsMax: number = PLANTED_SEEDS_MAX,
): Promise<Catch> {
  return huntWith(bug, { script: 'sim/store/hunt.ts', args: ['1', String(seedsMax)] })
}
