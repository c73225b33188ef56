/** `npm run check`: types, lint, format and tidy, at once; each failure is printed once. */
import { checkSteps } from './lib/gate.ts'
import { runSteps } from './lib/steps.ts'

const ok = await runSteps(checkSteps())
if (!ok) process.exitCode = 1
