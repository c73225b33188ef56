import { readFileSync } from 'node:fs'

const PACKAGE_JSON = new URL('../../package.json', import.meta.url)
const VERSION_FIELD = /"version":\s*"([^"]+)"/

/** The version of this checkout or package, as `package.json` says. */
export function anilloVersion(): string {
  return VERSION_FIELD.exec(readFileSync(PACKAGE_JSON, 'utf8'))?.[1] ?? 'unknown'
}
