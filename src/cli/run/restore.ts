/** What `anillo restore` does. */
import { hostname } from 'node:os'

import { AnilloError } from '../../base/errors.ts'
import { sizeText } from '../../base/size-text.ts'
import { backupNumbers, readManifest, type Manifest } from '../../node/backup/manifest.ts'
import { restoreRing } from '../../node/backup/restore.ts'
import type { Vault } from '../../node/backup/sealed-parts.ts'
import { dataPathOf, loadSettings } from '../../node/data-directory.ts'
import { addressText } from '../../node/enrolment/endpoint.ts'
import type { NewMember } from '../../node/enrolment/found.ts'
import { memberNameOf } from '../../node/enrolment/ring-files.ts'
import { portsAt } from '../../node/ports.ts'
import { withDataPath } from '../data-effects.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import { Progress } from '../progress.ts'
import { startText } from '../start-words.ts'
import { countText } from '../table.ts'
import { vaultFrom } from './backup-place.ts'

export interface RestoreFlags {
  readonly data?: string
  readonly members: number
  readonly http: number
  readonly address?: string
  readonly number?: number
  readonly keyFile?: string
  readonly json?: true
}

export async function runRestore(io: Io, from: string, flags: RestoreFlags): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const vault = await vaultFrom(io, from, { dataPath, keyFile: flags.keyFile })
  try {
    const manifest = await manifestOf(vault, from, flags.number)
    const { settings } = await loadSettings(dataPath, io.env)
    const { ANILLO_PASSPHRASE: passphrase = '' } = io.env
    let done = { partitions: 0, bytes: 0 }
    const text = (): string => `partition ${done.partitions + 1} of 64, ${sizeText(done.bytes)}`
    using _ = new Progress(io, text)
    const restoring = {
      vault,
      manifest,
      dataPath,
      member: restoringMember(flags),
      passphrase: passphrase === '' ? undefined : passphrase,
      logLevel: settings.logLevel,
      onProgress: (partitions: number, bytes: number) => {
        done = { partitions, bytes }
      },
    }
    const restored = await withDataPath(dataPath, () => restoreRing(restoring))
    tell(io, { ...restored, manifest, dataPath, flags })
    return EXIT.done
  } finally {
    await vault.archive.close()
  }
}

/** As `up` names its first one, or as `init` would. */
export function restoringMember({
  http,
  address,
}: Pick<RestoreFlags, 'http' | 'address'>): NewMember {
  const { rpc: port } = portsAt(http)
  const name = address === undefined ? 'n1' : memberNameOf(hostname())
  return {
    name,
    address: addressText({ host: address ?? '127.0.0.1', port }),
    roles: ['entry', 'chord', 'tweeter'],
    hostLabel: address === undefined ? name : hostname(),
    entryAddresses: [],
  }
}

async function manifestOf(
  vault: Vault,
  from: string,
  asked: number | undefined,
): Promise<Manifest> {
  const numbers = await backupNumbers(vault)
  const number = asked ?? numbers.at(-1)
  if (number === undefined || !numbers.includes(number)) {
    const path = asked === undefined ? from : `${from}, number ${asked}`
    throw new AnilloError('BACKUP_ABSENT', { path })
  }
  return readManifest(vault, number)
}

interface Told {
  readonly ringId: string
  readonly contentHash: string
  readonly manifest: Manifest
  readonly dataPath: string
  readonly flags: RestoreFlags
}

function tell(io: Io, { ringId, contentHash, manifest, dataPath, flags }: Told): void {
  const { madeAt, number, partitions } = manifest
  const records = partitions.reduce((sum, part) => sum + part.records, 0)
  const isHere = flags.address === undefined
  const words = { dataPath, httpPort: flags.http, members: isHere ? flags.members : undefined }
  const next = `${startText(io, words)}${isHere ? '' : ' --begin'}`
  if (flags.json) {
    jsonLine(io, { data: dataPath, ringId, number, madeAt, records, contentHash, next })
    return
  }
  line(io.out, `restored backup ${number} of ${madeAt}: ${countText(records, 'record')}`)
  line(io.out, `content ${contentHash}`)
  line(io.err, `Start the ring with: ${next}`)
}
