/** Files to be sent: noise, of which no stretch comes twice unless it is meant to. */
import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

import { MIB } from '../../src/base/limits.ts'

const ZEROS = Buffer.alloc(MIB)
const KEY_BYTES = 16

/** In the place of what was there. */
export async function writeNoise(path: string, bytes: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const noise = createCipheriv('aes-128-ctr', randomBytes(KEY_BYTES), randomBytes(KEY_BYTES))
  const file = await open(path, 'w')
  try {
    for (let left = bytes; left > 0; left -= MIB) {
      await file.write(noise.update(ZEROS.subarray(0, Math.min(left, MIB))))
    }
  } finally {
    await file.close()
  }
}

/** `count` files, named so that they are in order. */
export async function writeMany(
  directory: string,
  { bytes, count }: { readonly bytes: number; readonly count: number },
): Promise<void> {
  for (let number = 0; number < count; number++) {
    await writeNoise(`${directory}/f${String(number).padStart(6, '0')}`, bytes)
  }
}
