/** What `anillo passphrase` does: on the keys in the data directory, member by member. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import {
  changePassphrase,
  openMemberKey,
  type PassphraseChange,
} from '../../node/at-rest/member-key.ts'
import { STRETCH_COST, type StretchCost } from '../../node/at-rest/stretch.ts'
import { dataPathOf, memberPath } from '../../node/data-directory.ts'
import { memberNames } from '../../node/enrolment/ring-files.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { platformDisk } from '../../platform/disk.ts'
import { dataEffects, withDataPath } from '../data-effects.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { line, type Io } from '../io.ts'

export interface PassphraseFlags {
  readonly none?: true
  readonly data?: string
}

export async function runPassphrase(
  io: Io,
  flags: PassphraseFlags,
  cost: StretchCost = STRETCH_COST,
): Promise<ExitCode> {
  const change = changeOf(io, flags)
  const dataPath = dataPathOf(flags.data, io.env)
  const { disk, random } = dataEffects(dataPath, io.env)
  const names = await withDataPath(dataPath, () => memberNames(disk))
  if (names.length === 0) throw new AnilloError('DATA_ABSENT', { path: dataPath })
  for (const name of names) {
    const path = memberPath(dataPath, name)
    const effects = { disk: platformDisk(path), cipher: platformCipher(), random }
    await withDataPath(path, async () => {
      // Members that were changed by a run that was broken off are passed over.
      if (await opensWith(effects, change.to, cost)) return
      await changePassphrase(effects, change, cost)
    })
    line(io.out, change.to === undefined ? `${name} is not locked` : `${name} is locked anew`)
  }
  return EXIT.done
}

function changeOf({ env }: Io, flags: PassphraseFlags): PassphraseChange {
  const from = notEmpty(env['ANILLO_PASSPHRASE'])
  const to = notEmpty(env['ANILLO_NEW_PASSPHRASE'])
  if (flags.none === true) return { from, to: undefined }
  if (to !== undefined) return { from, to }
  throw new AnilloError('USAGE', { problem: 'Give the new passphrase in ANILLO_NEW_PASSPHRASE.' })
}

function notEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

/** Asked of a key that is there; one that is not locked is, by asking with a passphrase. */
async function opensWith(
  effects: Parameters<typeof openMemberKey>[0],
  passphrase: string | undefined,
  cost: StretchCost,
): Promise<boolean> {
  try {
    await openMemberKey(effects, passphrase, cost)
    return true
  } catch (thrown) {
    if (isAnilloError(thrown, 'PASSPHRASE_NEEDED')) return false
    if (isAnilloError(thrown, 'PASSPHRASE_WRONG')) return false
    throw thrown
  }
}
