/** Packages that peers are spoken to with: installed beside the project, for measurements alone. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** `undefined`: it is not installed there. */
export async function peerPackage(
  name: string,
  directory: string | undefined,
): Promise<object | undefined> {
  if (directory === undefined) return undefined
  const require = createRequire(pathToFileURL(join(directory, 'peers.js')))
  try {
    return (await import(pathToFileURL(require.resolve(name)).href)) as object
  } catch {
    return undefined
  }
}
