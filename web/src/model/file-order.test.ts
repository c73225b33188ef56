import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { FileEntry } from '../../../src/wire/api-files.ts'
import { BY_NAME, orderBy, sorted } from './file-order.ts'

const entry = (name: string, more: Partial<FileEntry> = {}): FileEntry => ({
  id: name,
  name,
  path: `/${name}`,
  kind: 'file',
  bytes: 1,
  modifiedAt: '2026-11-21T10:00:00.000Z',
  createdAt: '2026-11-21T10:00:00.000Z',
  owner: 'ana',
  mode: 0o644,
  etag: '"1"',
  access: 'own',
  ...more,
})

const names = (entries: readonly FileEntry[]): string => entries.map(({ name }) => name).join(' ')

test('sorted() has folders first, and numbers in the order of their worth', () => {
  const all = [entry('img10'), entry('img2'), entry('Árbol'), entry('z', { kind: 'folder' })]
  assert.equal(names(sorted(all, BY_NAME, 'es')), 'z Árbol img2 img10')
  const back = orderBy(BY_NAME, 'name')
  assert.equal(names(sorted(all, back, 'es')), 'z img10 img2 Árbol')
})

test('sorted() by size and by time begins with the largest and the last, equal ones by name', () => {
  const all = [
    entry('b', { bytes: 5 }),
    entry('a', { bytes: 5 }),
    entry('c', { bytes: 9, modifiedAt: '2026-11-20T10:00:00.000Z' }),
  ]
  const bySize = orderBy(BY_NAME, 'bytes')
  assert.equal(names(sorted(all, bySize, 'en')), 'c a b')
  assert.equal(names(sorted(all, orderBy(bySize, 'bytes'), 'en')), 'a b c')
  assert.equal(names(sorted(all, orderBy(BY_NAME, 'modifiedAt'), 'en')), 'a b c')
})
