/**
 * Names as the system resolves them (hosts file, name servers), all addresses of a name at once.
 */
import { lookup } from 'node:dns/promises'

import { AnilloError } from '../base/errors.ts'
import type { Dns } from '../effects/dns.ts'

export const platformDns: Dns = {
  async resolve(host) {
    try {
      const found = await lookup(host, { all: true, order: 'verbatim' })
      return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
    } catch (thrown) {
      throw new AnilloError('HOST_UNKNOWN', { host }, { cause: thrown })
    }
  },
}
