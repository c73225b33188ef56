/** Whole stores, hunted for what a planted bug breaks. */
import { huntCommand } from '../hunt.ts'
import { planStore, runStore } from './run.ts'

if (import.meta.main) {
  await huntCommand((seed) => {
    const plan = planStore(seed)
    return { name: 'store', seed, scenario: (world) => runStore(world, plan) }
  })
}
