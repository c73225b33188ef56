/** Dweets, hunted for what a planted bug breaks. */
import { huntCommand } from '../hunt.ts'
import { simulationOf } from './scenario.ts'

if (import.meta.main) await huntCommand(simulationOf)
