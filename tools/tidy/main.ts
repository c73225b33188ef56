/** `bin/run tools/tidy/main.ts [--write]`: tells what is untidy, or mends what rules can mend. */
import { writeFileSync } from 'node:fs'

import { fromRoot, ROOT } from '../lib/paths.ts'
import { mended, tidy } from './tidy.ts'
import { readTree } from './tree.ts'

const tree = readTree(ROOT)
if (process.argv.includes('--write')) {
  for (const [path, text] of mended(tree)) writeFileSync(fromRoot(path), text)
} else {
  const findings = tidy(tree)
  for (const { path, line, text } of findings) {
    console.log(`${line === 0 ? path : `${path}:${line}`}: ${text}`)
  }
  if (findings.length > 0) process.exitCode = 1
}
