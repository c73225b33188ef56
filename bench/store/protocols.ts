import { connectAnillo } from './anillo-connection.ts'
import type { Connect } from './connection.ts'
import { connectEtcd } from './etcd-connection.ts'
import type { Protocol } from './job.ts'

export const CONNECT: Readonly<Record<Protocol, Connect>> = {
  anillo: connectAnillo,
  etcd: connectEtcd,
}
