/** The file that a picture of a page is written to. */
import { AnilloError } from '../base/errors.ts'

/** @throws AnilloError USAGE where its name says that it is of another format */
export function checkPictureFile(path: string | undefined): void {
  const other = path === undefined ? null : /\.(?:png|jpe?g)$/i.exec(path)
  if (path === undefined || other === null) return
  const name = `${path.slice(0, other.index)}.webp`
  const problem = `The picture is WebP, which ${path} would not say: name the file ${name}.`
  throw new AnilloError('USAGE', { problem })
}
