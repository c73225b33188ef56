/** The gate that every change passes before it is tested. */
import { existsSync } from 'node:fs'

import { fromRoot } from './paths.ts'
import { programStep } from './steps.ts'
import type { Step } from './steps.ts'

const TSC = 'node_modules/typescript/bin/tsc'
const OXLINT = 'node_modules/oxlint/bin/oxlint'
const TIDY = 'tools/tidy/main.ts'
const OXFMT = 'node_modules/oxfmt/bin/oxfmt'

/** What `npm run check` asks for. */
export function checkSteps(): readonly Step[] {
  const steps = [
    programStep('types', TSC, ['-p', '.']),
    programStep('lint', OXLINT, ['--type-aware']),
    programStep('format (mended by npm run format)', OXFMT, ['--check']),
    programStep('tidy', TIDY, []),
  ]
  if (existsSync(fromRoot('web/tsconfig.json'))) {
    steps.push(programStep('types of web', TSC, ['-p', 'web']))
  }
  return steps
}

/** What `npm run format` does. */
export function formatSteps(): readonly Step[] {
  return [
    programStep('format', OXFMT, []),
    programStep('comments and written pages', TIDY, ['--write']),
  ]
}
