/** What `anillo init` does. */
import { MINUTE_MS } from '../../base/limits.ts'
import {
  adminPasswordFor,
  adminPasswordText,
  makeAdminPassword,
} from '../../node/admin-password.ts'
import { dataPathOf, loadSettings } from '../../node/data-directory.ts'
import { initRing } from '../../node/enrolment/commands.ts'
import { platformDns } from '../../platform/dns.ts'
import { platformLocalNetworks } from '../../platform/local-networks.ts'
import { dataEffects, withDataPath } from '../data-effects.ts'
import type { ExitCode } from '../failure.ts'
import { line, type Io } from '../io.ts'
import { selfOf, type SelfFlags } from '../member-flags.ts'
import { checkAddress } from './check-address.ts'
import { runOpened, tellOpened } from './member.ts'

/** The password of the ring's first administrator, made and told where the person gave none. */
async function administratorOf(
  io: Io,
  dataPath: string,
  isNew: boolean,
): Promise<string | undefined> {
  const given = await adminPasswordFor(dataPath, io.env)
  if (given !== undefined || !isNew) return given
  const made = await makeAdminPassword(dataEffects(dataPath, io.env))
  line(io.err, `anillo: ${adminPasswordText(dataPath, made)}`)
  return made
}

export async function runInit(
  io: Io,
  flags: SelfFlags & { readonly admitLocal: number },
): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const { settings } = await loadSettings(dataPath, io.env)
  if (flags.address !== undefined) await checkAddress(flags.address, platformDns)
  const effects = { ...dataEffects(dataPath, io.env), localNetworks: platformLocalNetworks() }
  const opened = await withDataPath(dataPath, () => initRing(effects, selfOf(flags, settings)))
  tellOpened(io, opened, { made: 'founded', name: flags.name })
  if (flags.admitLocal > 0) {
    line(
      io.err,
      `anillo: for ${flags.admitLocal} minutes whoever runs “npx anillo join --discover” ` +
        'on this network is let in without asking',
    )
  } else if (opened.isNew) {
    line(io.err, 'anillo: “npx anillo token”, in another terminal, lets one more machine in')
  }
  return runOpened(io, opened, {
    dataPath,
    flags,
    keepsFlags: true,
    entries: [],
    begins: opened.isNew,
    admitLocalMs: flags.admitLocal * MINUTE_MS,
    adminPassword: await administratorOf(io, dataPath, opened.isNew),
  })
}
