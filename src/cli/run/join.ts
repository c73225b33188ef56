/** What `anillo join` does. */
import { unreachable } from '../../base/assert.ts'
import { AnilloError } from '../../base/errors.ts'
import { MINUTE_MS } from '../../base/limits.ts'
import { dataPathOf, loadSettings } from '../../node/data-directory.ts'
import type { OpenedMember } from '../../node/enrolment/commands.ts'
import { joinByDiscovery, joinWithToken, type JoinNews } from '../../node/enrolment/join.ts'
import { platformDns } from '../../platform/dns.ts'
import { makeNet } from '../../platform/net.ts'
import { dataEffects, withDataPath } from '../data-effects.ts'
import type { ExitCode } from '../failure.ts'
import { line, type Io } from '../io.ts'
import { selfOf, type SelfFlags } from '../member-flags.ts'
import { paintFor, type Paint } from '../paint.ts'
import { checkAddress } from './check-address.ts'
import { runOpened, tellOpened } from './member.ts'

export interface JoinFlags extends SelfFlags {
  readonly discover?: true
  readonly ask: readonly string[]
  readonly ring?: string
}

export async function runJoin(
  io: Io,
  token: string | undefined,
  flags: JoinFlags,
): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  if (flags.address !== undefined) await checkAddress(flags.address, platformDns)
  const opened = await withDataPath(dataPath, () => join(io, token, { ...flags, dataPath }))
  tellOpened(io, opened, { made: 'joined', name: flags.name })
  const how = { entries: [], begins: false, admitLocalMs: 0 }
  return runOpened(io, opened, { dataPath, flags, keepsFlags: true, ...how })
}

/** Ctrl-C while it waits ends the process; what was asked with is kept on disk. */
async function join(
  io: Io,
  token: string | undefined,
  flags: JoinFlags & { readonly dataPath: string },
): Promise<OpenedMember> {
  const effects = { ...dataEffects(flags.dataPath, io.env), net: makeNet() }
  const { settings } = await loadSettings(flags.dataPath, io.env)
  const self = selfOf(flags, settings)
  const paint = paintFor(io, io.err)
  const say = (news: JoinNews): void => line(io.err, `anillo: ${newsText(news, paint)}`)
  if (token !== undefined && flags.discover !== true) {
    return joinWithToken(effects, self, { token, say })
  }
  if (token !== undefined || flags.discover !== true) {
    const problem =
      'Give a token, or --discover: “npx anillo join TOKEN” or “npx anillo join --discover”.'
    throw new AnilloError('USAGE', { problem })
  }
  return joinByDiscovery(effects, self, {
    say,
    discoveryPort: settings.discoveryPort,
    askAt: flags.ask,
    ...(flags.ring === undefined ? {} : { ring: flags.ring }),
  })
}

/** Only who answered let somebody in or not. */
function failedText(address: string, error: AnilloError): string {
  if (SILENT.has(error.code)) return error.message
  return `${address} did not let this machine in: ${error.message}`
}

const SILENT: ReadonlySet<string> = new Set(['RPC_UNREACHABLE', 'RPC_TIMEOUT'])

function newsText(news: JoinNews, paint: Paint): string {
  switch (news.kind) {
    case 'found':
      return `found ring ${news.ringId.slice(0, 8)} at ${news.addresses.join(', ')}`
    case 'asking':
      return `asking ${news.address}`
    case 'failed':
      return failedText(news.address, news.error)
    case 'code': {
      const minutes = Math.round(news.waitMs / MINUTE_MS)
      const code = paint('bold', news.code)
      return (
        `waiting to be let in with the code ${code}, for ${minutes} minutes.\n` +
        `  On a machine of the ring: ${paint('bold', `npx anillo member admit ${news.code}`)}, ` +
        'or a click on any of its pages.'
      )
    }
    default:
      return unreachable(news)
  }
}
