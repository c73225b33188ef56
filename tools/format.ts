/** `npm run format`: writes what can be written by rule. */
import { formatSteps } from './lib/gate.ts'
import { runSteps } from './lib/steps.ts'

const ok = await runSteps(formatSteps())
if (!ok) process.exitCode = 1
