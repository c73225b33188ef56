/**
 * The store of a ring beside etcd, both on this machine with mutual TLS between their members: ours
 * over its HTTP API, etcd over gRPC. One generator drives both, in turns.
 *
 * `--only put,get,authorised,kill,million` `--clients 1,64,256` `--members 5,3` `--seconds 5`
 * `--runs 5` `--records 1000000`
 */
import { spawnSync } from 'node:child_process'

import type { Bench } from './bench.ts'
import { AnilloCluster } from './store/anillo-cluster.ts'
import { benchAuthorised } from './store/authorised.ts'
import { EtcdCluster } from './store/etcd-cluster.ts'
import { benchKill } from './store/kill.ts'
import { benchMillion } from './store/million.ts'
import { readOptions } from './store/options.ts'
import { benchThroughput } from './store/throughput.ts'

export const benchStore: Bench = async (args, print) => {
  const options = readOptions(args)
  const hasPeer = spawnSync('etcd', ['--version']).status === 0
  if (!hasPeer)
    print('etcd is not installed (apt-get install etcd-server): ours alone is measured.\n')
  for (const members of options.operations.length === 0 ? [] : options.members) {
    const ours = await AnilloCluster.start(members)
    const peer = hasPeer ? await EtcdCluster.start(members) : undefined
    try {
      await benchThroughput({ ours, peer }, options, print)
    } finally {
      await peer?.stop()
      await ours.stop()
    }
  }
  if (options.parts.includes('authorised')) {
    await benchAuthorised(Math.max(...options.members), options, print)
  }
  if (options.parts.includes('kill')) await benchKill(hasPeer, print)
  if (options.parts.includes('million')) {
    const { members, records } = options
    await benchMillion({ members: Math.max(...members), records }, print)
  }
}
