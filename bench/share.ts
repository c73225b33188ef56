/**
 * Sharing beyond the ring: files from several sources; the open network beside bmuller/kademlia,
 * and with most of its nodes dead.
 */
import type { Bench } from './bench.ts'
import { benchDead } from './share/dead.ts'
import { benchDownloads } from './share/downloads.ts'
import { readOptions } from './share/options.ts'
import { benchRates } from './share/rates.ts'

export const benchShare: Bench = async (args, print) => {
  const options = readOptions(args)
  const { parts } = options
  if (parts.includes('downloads')) await benchDownloads(options, print)
  if (parts.includes('rates')) await benchRates(options, print)
  if (parts.includes('dead')) await benchDead(options, print)
}
