/** `NAME.meta4` beside each file NAME: in no list, made when somebody asks for it. */
import { utf8 } from '../../base/bytes.ts'
import { isAnilloError } from '../../base/errors.ts'
import { METALINK_END, metalinkOf, type MetalinkDoors } from '../../services/files/metalink.ts'
import type { Entry, Files, FileUser, OpenFile } from '../../services/files/types.ts'
import type { CallOptions } from '../../store/types.ts'
import { nameOf } from './paths.ts'

export interface MetalinkParts {
  readonly files: Pick<Files, 'stat' | 'open'>
  /** Of the members, as the client can use them. */
  readonly doors: () => Promise<MetalinkDoors>
}

interface Asked {
  readonly path: string
  readonly options: CallOptions
}

/** A file of that name comes first. @throws AnilloError as `Files.open` */
export async function openOrMetalink(
  parts: MetalinkParts,
  who: FileUser,
  { options, path }: Asked,
): Promise<OpenFile> {
  try {
    return await parts.files.open(who, path, options)
  } catch (thrown) {
    const made = await madeMetalink(parts, who, { path, options, thrown })
    if (made === undefined) throw thrown
    return made
  }
}

/** @throws AnilloError as `Files.stat` */
export async function statOrMetalink(
  parts: MetalinkParts,
  who: FileUser,
  { options, path }: Asked,
): Promise<Entry> {
  try {
    return await parts.files.stat(who, path, options)
  } catch (thrown) {
    const made = await madeMetalink(parts, who, { path, options, thrown })
    if (made === undefined) throw thrown
    return made.entry
  }
}

/** `undefined`: there is no such file either. */
async function madeMetalink(
  { doors, files }: MetalinkParts,
  who: FileUser,
  { options, path, thrown }: Asked & { readonly thrown: unknown },
): Promise<OpenFile | undefined> {
  if (!isAnilloError(thrown, 'NO_ENTRY') || !path.endsWith(METALINK_END)) return undefined
  const of = path.slice(0, -METALINK_END.length)
  const file = await files.stat(who, of, options).catch((problem: unknown) => {
    if (!isAnilloError(problem, 'NO_ENTRY')) throw problem
    return undefined
  })
  if (file === undefined || file.kind === 'folder') return undefined
  const bytes = utf8(metalinkOf(file, await doors()))
  const entry: Entry = {
    ...file,
    name: nameOf(path),
    path,
    bytes: bytes.length,
    sha256: undefined,
    access: 'read',
  }
  return {
    entry,
    async *read({ from, to }) {
      yield bytes.subarray(from, to)
    },
  }
}
