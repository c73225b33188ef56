/** For a member that takes no part in the open network: nothing is found there, and nobody told. */
import type { OutsideNetwork } from '../../services/share/outside.ts'

export const NO_NETWORK: OutsideNetwork = {
  async *get() {},
  set: async () => 0,
  publish: async () => 0,
  withdraw: async () => 0,
  trace: async () => undefined,
  describe: () => ({
    id: '',
    publicKey: '',
    host: '',
    port: 0,
    buckets: [],
    lookups: [],
    held: { keys: 0, records: 0, bytes: 0 },
    counts: {},
  }),
}
