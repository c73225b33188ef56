/** `npm run format`: formats what `npm run check` looks at. */
import { programStep, runSteps } from './lib/steps.ts'

const ok = await runSteps([programStep('format', 'node_modules/oxfmt/bin/oxfmt', [])])
if (!ok) process.exitCode = 1
