/**
 * A user of the system that is there for one program alone: it sees an /etc/passwd of its own, in a
 * namespace of mounts, and the system stays as it is. Takes root.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { USER_ID, type PeerPlace } from './peer-place.ts'
import { PAM_SERVICE } from './peer-settings.ts'

const MOUNTED = ['passwd', 'group', 'shadow', 'pam.d']
const MOUNT = 'mount --bind "$0/$f" "/etc/$f" || exit'
const SCRIPT = `for f in ${MOUNTED.join(' ')}; do ${MOUNT}; done; exec "$@"`
const PAM = ['auth required pam_unix.so', 'account required pam_permit.so']

/** The words that run the program so. */
export async function asUserOf(
  { directory, hashed, home }: PeerPlace,
  user: string,
  words: readonly string[],
): Promise<readonly string[]> {
  const etc = join(directory, 'etc')
  await mkdir(etc, { recursive: true })
  await cp('/etc/pam.d', join(etc, 'pam.d'), { recursive: true })
  const pam = [...PAM, 'session required pam_permit.so', '']
  await writeFile(join(etc, 'pam.d', PAM_SERVICE), pam.join('\n'))
  await extended('passwd', `${user}:x:${USER_ID}:${USER_ID}::${home}:/bin/sh`)
  await extended('group', `${user}:x:${USER_ID}:`)
  await extended('shadow', `${user}:${hashed}:20000:0:99999:7:::`, 0o600)
  return ['unshare', '-m', 'bash', '-c', SCRIPT, etc, ...words]

  async function extended(name: string, line: string, mode = 0o644): Promise<void> {
    const before = await readFile(`/etc/${name}`, 'utf8')
    await writeFile(join(etc, name), `${before.trimEnd()}\n${line}\n`, { mode })
  }
}
