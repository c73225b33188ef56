/** What `anillo init` does. */
import { MINUTE_MS } from '../../base/limits.ts'
import { dataPathOf } from '../../node/data-directory.ts'
import { initRing } from '../../node/enrolment/commands.ts'
import { platformLocalNetworks } from '../../platform/local-networks.ts'
import { dataEffects, withDataPath } from '../data-effects.ts'
import type { ExitCode } from '../failure.ts'
import { line, type Io } from '../io.ts'
import { selfOf, type SelfFlags } from '../member-flags.ts'
import { runOpened } from './member.ts'

export async function runInit(
  io: Io,
  flags: SelfFlags & { readonly admitLocal: number },
): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const effects = { ...dataEffects(dataPath), localNetworks: platformLocalNetworks() }
  const opened = await withDataPath(dataPath, () => initRing(effects, selfOf(flags)))
  const { ringId, identity } = opened.files
  const verb = opened.isNew ? 'founded' : 'going on with'
  line(
    io.err,
    `anillo: ${verb} ring ${ringId.slice(0, 8)} as ${identity.name}, ${identity.address}`,
  )
  if (flags.admitLocal > 0) {
    line(
      io.err,
      `anillo: for ${flags.admitLocal} minutes whoever runs “anillo join --discover” ` +
        'on this network is let in without asking',
    )
  } else if (opened.isNew) {
    line(io.err, 'anillo: “anillo token”, in another terminal, lets one more machine in')
  }
  return runOpened(io, opened, {
    dataPath,
    flags,
    entries: [],
    begins: opened.isNew,
    admitLocalMs: flags.admitLocal * MINUTE_MS,
  })
}
