import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Dns } from '../../effects/dns.ts'
import { checkAddress } from './check-address.ts'

const dns: Dns = {
  resolve: async (host) => {
    if (host === 'ana.lan') return [{ address: '10.0.0.1', family: 4 }]
    throw new AnilloError('HOST_UNKNOWN', { host })
  },
}

test('checkAddress() lets pass what is found, and names what is not', async () => {
  await checkAddress('ana.lan', dns)
  await assert.rejects(
    checkAddress('nonsense.invalid', dns),
    (thrown) => isAnilloError(thrown, 'USAGE') && /nonsense\.invalid/.test(thrown.message),
  )
})
