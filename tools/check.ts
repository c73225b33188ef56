/** `npm run check`: types, lint, format and tidy, at once; each failure is printed once. */
import { existsSync } from 'node:fs'

import { fromRoot } from './lib/paths.ts'
import { programStep, runSteps } from './lib/steps.ts'
import type { Step } from './lib/steps.ts'

/** The gate that every change passes before it is tested. */
export function checkSteps(): readonly Step[] {
  const tsc = 'node_modules/typescript/bin/tsc'
  const steps = [
    programStep('types', tsc, ['-p', '.']),
    programStep('lint', 'node_modules/oxlint/bin/oxlint', ['--type-aware']),
    programStep('format (mended by npm run format)', 'node_modules/oxfmt/bin/oxfmt', ['--check']),
  ]
  if (existsSync(fromRoot('web/tsconfig.json'))) {
    steps.push(programStep('types of web', tsc, ['-p', 'web']))
  }
  return steps
}

if (import.meta.main) {
  const ok = await runSteps(checkSteps())
  if (!ok) process.exitCode = 1
}
