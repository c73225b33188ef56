/**
 * The folder of `package.json`: the checkout, whether its sources run or the program built from
 * them.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const PACKAGE_ROOT = rootFrom(import.meta.dirname)

function rootFrom(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootFrom(dirname(folder))
}
