/** Whole stores, hunted for what a planted bug breaks; third argument: the mix of runs, as JSON. */
import { huntCommand } from '../hunt.ts'
import { planStore, runStore, type StoreRunOptions } from './run.ts'

if (import.meta.main) {
  const mix = JSON.parse(process.argv[4] ?? '{}') as StoreRunOptions
  await huntCommand((seed) => {
    const plan = planStore(seed, mix)
    return { name: 'store', seed, scenario: (world) => runStore(world, plan) }
  })
}
