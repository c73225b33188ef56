/** What a member's process is told by its environment. */
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** As in `tools/setup/launch.mjs`, which starts members too. */
const MEMBER_FOLDER = 'member'

/**
 * Node keeps one compiled form of a file. A member uses other functions of the program than the
 * command that looks after it, so its compiled form has a folder of its own.
 */
export function memberEnv(env: Env): Env {
  const { NODE_COMPILE_CACHE: cache } = env
  return cache === undefined ? env : { ...env, NODE_COMPILE_CACHE: join(cache, MEMBER_FOLDER) }
}
