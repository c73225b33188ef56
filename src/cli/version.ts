import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { PACKAGE_ROOT } from '../node/package-root.ts'

const PACKAGE_JSON = join(PACKAGE_ROOT, 'package.json')
const VERSION_FIELD = /"version":\s*"([^"]+)"/

/** The version of this checkout or package, as `package.json` says. */
export function anilloVersion(): string {
  return VERSION_FIELD.exec(readFileSync(PACKAGE_JSON, 'utf8'))?.[1] ?? 'unknown'
}
