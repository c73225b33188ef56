import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import { checkPictureFile } from './picture-file.ts'

test('a picture is refused where the name of its file says another format, and told one', () => {
  for (const name of ['page.png', 'a/page.JPG', 'page.jpeg']) {
    assert.throws(
      () => checkPictureFile(name),
      (thrown) =>
        isAnilloError(thrown, 'USAGE') && /: name the file .*page\.webp\.$/.test(thrown.message),
    )
  }
  for (const name of [undefined, 'page.webp', 'page', 'png', 'page.png.d/page'])
    checkPictureFile(name)
})
