import assert from 'node:assert/strict'
import { test } from 'node:test'

import { withSection } from './measurements.ts'

const TEXT = '# Measurements\n\nAll.\n\n## One\n\nold\n\n## Two\n\nstays\n'

test('withSection() replaces its own section and leaves the others', () => {
  const text = withSection(TEXT, 'One', ['fresh'])
  assert.equal(text, '# Measurements\n\nAll.\n\n## One\n\nfresh\n\n## Two\n\nstays\n')
})

test('withSection() adds a section that is not there, at the end', () => {
  const text = withSection(TEXT, 'Three', ['| a |', '| - |'])
  assert.equal(text, `${TEXT}\n## Three\n\n| a |\n| - |\n`)
})
