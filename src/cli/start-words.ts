/** What a person types to start a ring again, with what belongs to it by now. */
import { dataPathOf } from '../node/data-directory.ts'
import { doorsIn, memberPathsIn, readFtpPort } from '../node/doors.ts'
import { isLoopback, parseAddress } from '../node/enrolment/endpoint.ts'
import { memberDirectory, memberNames, readCard } from '../node/enrolment/ring-files.ts'
import { HTTP_PORT, portsAt } from '../node/ports.ts'
import { platformDisk } from '../platform/disk.ts'
import type { Io } from './io.ts'
import { MEMBERS_DEFAULT } from './options.ts'
import { quoted } from './quoted.ts'

export interface StartWords {
  readonly dataPath: string
  readonly httpPort: number
  /** Absent: as it moves along with `httpPort`. */
  readonly ftpPort?: number | undefined
  /** Of a ring on this computer; `undefined`: one member of a ring over several machines. */
  readonly members: number | undefined
}

/** Options that are as by default are left out. */
export function startText(io: Pick<Io, 'env'>, words: StartWords): string {
  const { dataPath, ftpPort, httpPort, members } = words
  const options = [
    ...(dataPath === dataPathOf(undefined, io.env) ? [] : ['--data', quoted(dataPath)]),
    ...(members === undefined || members === MEMBERS_DEFAULT ? [] : ['--members', members]),
    ...(httpPort === HTTP_PORT ? [] : ['--http', httpPort]),
    ...(ftpPort === undefined || ftpPort === portsAt(httpPort).ftp ? [] : ['--ftp', ftpPort]),
  ]
  if (members === undefined) return ['npx anillo member', ...options].join(' ')
  return ['npm start', ...(options.length === 0 ? [] : ['--', ...options])].join(' ')
}

/** Of the ring whose members stood in this directory; as for the first time where none did. */
export async function startTextOf(io: Pick<Io, 'env'>, dataPath: string): Promise<string> {
  const ports = (await doorsIn(dataPath)).flatMap((url) => Number(URL.parse(url)?.port ?? []))
  const httpPort = ports.length === 0 ? HTTP_PORT : Math.min(...ports)
  const ftpPorts = await Promise.all((await memberPathsIn(dataPath)).map(readFtpPort))
  const known = ftpPorts.flatMap((port) => port ?? [])
  const ftpPort = known.length === 0 ? undefined : Math.min(...known)
  const disk = platformDisk(dataPath)
  const names = await memberNames(disk).catch(() => [])
  const [first] = names
  // A damaged directory is for the member to tell of, not for a hint.
  const files =
    first === undefined
      ? undefined
      : await readCard(disk, memberDirectory(first)).catch(() => undefined)
  const host = parseAddress(files?.identity.address ?? '')?.host
  const isHere = host === undefined || isLoopback(host)
  const members = names.length === 0 ? MEMBERS_DEFAULT : names.length
  return startText(io, { dataPath, httpPort, ftpPort, members: isHere ? members : undefined })
}
