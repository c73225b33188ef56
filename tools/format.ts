/** `npm run format`: writes what can be written by rule. */
import { formatSteps } from './lib/gate.ts'
import { runSteps } from './lib/steps.ts'

// One after the other: they write the same files.
for (const step of formatSteps()) {
  if (!(await runSteps([step]))) process.exitCode = 1
}
