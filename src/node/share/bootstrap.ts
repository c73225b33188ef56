/** Nodes of the open network, and of Mainline, to start from, as people write them. */
import type { Endpoint } from '../../effects/net.ts'
import { parseAddress } from '../enrolment/endpoint.ts'

/** More than anybody starts from. */
export const BOOTSTRAP_MAX = 16

/** `host:port,...`, or nothing; `undefined` for what is none. */
export function parseBootstrap(text: string): readonly Endpoint[] | undefined {
  if (text.trim() === '') return []
  const parts = text.split(',').map((part) => parseAddress(part.trim()))
  const found = parts.filter((part) => part !== undefined)
  return found.length === parts.length && found.length <= BOOTSTRAP_MAX ? found : undefined
}

/** That programs for BitTorrent begin with; asked only by who turns Mainline on. */
export const MAINLINE_BOOTSTRAP =
  'router.bittorrent.com:6881,dht.transmissionbt.com:6881,dht.libtorrent.org:25401'
