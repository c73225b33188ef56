/** What `--address` names must be found, or nobody would ever reach this member. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Dns } from '../../effects/dns.ts'

/** @throws AnilloError USAGE */
export async function checkAddress(host: string, dns: Dns): Promise<void> {
  try {
    await dns.resolve(host)
  } catch (thrown) {
    if (!isAnilloError(thrown, 'HOST_UNKNOWN')) throw thrown
    const problem =
      `--address ${host}: no machine is known by this name. ` +
      'Give a name that the other machines know, or an IP address.'
    throw new AnilloError('USAGE', { problem }, { cause: thrown })
  }
}
