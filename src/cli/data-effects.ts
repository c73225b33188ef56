/** The real effects on a data directory, for commands that work on it without a member. */
import { join } from 'node:path'

import { AnilloError, isAnilloError } from '../base/errors.ts'
import { platformCipher } from '../platform/cipher.ts'
import { platformClock } from '../platform/clock.ts'
import { makeCrypto } from '../platform/crypto.ts'
import { platformDisk } from '../platform/disk.ts'
import { platformRandom } from '../platform/random.ts'
import type { Io } from './io.ts'

/** @param env where the passphrase stands that locks the keys here */
export function dataEffects(dataPath: string, env: Io['env']) {
  const { ANILLO_PASSPHRASE: passphrase = '' } = env
  return {
    ...(passphrase === '' ? {} : { passphrase }),
    clock: platformClock(),
    crypto: makeCrypto(),
    random: platformRandom(),
    cipher: platformCipher(),
    disk: platformDisk(dataPath),
  }
}

/**
 * Below, paths are relative to DATA, or DATA itself without a name; a person is told the whole one.
 */
export async function withDataPath<T>(dataPath: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    throw isAnilloError(thrown) ? withWholePath(dataPath, thrown) : thrown
  }
}

function withWholePath(dataPath: string, error: AnilloError): AnilloError {
  const { path } = error.details
  if (typeof path !== 'string' || path.startsWith('/')) return error
  if (error.code === 'DISK_EXISTS' && path === '') {
    const details = { path: dataPath, problem: 'it is a file' }
    return new AnilloError('DATA_NOT_WRITABLE', details, { cause: error })
  }
  const whole = path === 'The data directory' ? dataPath : join(dataPath, path)
  return new AnilloError(error.code, { ...error.details, path: whole }, { cause: error })
}
