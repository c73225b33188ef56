import assert from 'node:assert/strict'
import { test } from 'node:test'

import { UnfinishedUploads, type Notes } from './unfinished.ts'

function notes(text?: string): Notes & { text: string | undefined } {
  return {
    text,
    getItem() {
      return this.text ?? null
    },
    setItem(_key, value) {
      this.text = value
    },
  }
}

const FILM = { path: '/shared/film.mp4', bytes: 5, modifiedMs: 7 }

test('UnfinishedUploads knows the same file, and no other of its name', () => {
  const kept = notes()
  const uploads = new UnfinishedUploads(kept)
  uploads.add(FILM)
  assert.ok(new UnfinishedUploads(kept).has(FILM))
  assert.ok(!uploads.has({ ...FILM, modifiedMs: 8 }))
  assert.ok(!uploads.has({ ...FILM, bytes: 6 }))
  uploads.add({ ...FILM, bytes: 6 })
  assert.ok(!uploads.has(FILM))
  uploads.remove(FILM.path)
  assert.ok(!uploads.has({ ...FILM, bytes: 6 }))
})

test('UnfinishedUploads keeps the last hundred', () => {
  const uploads = new UnfinishedUploads(notes())
  for (let n = 0; n <= 100; n++) uploads.add({ ...FILM, path: `/${n}` })
  assert.ok(!uploads.has({ ...FILM, path: '/0' }))
  assert.ok(uploads.has({ ...FILM, path: '/1' }))
})

test('UnfinishedUploads does without where what is kept is nonsense, or nothing can be kept', () => {
  for (const text of ['{', '{}', '[3,{"path":1}]'])
    assert.ok(!new UnfinishedUploads(notes(text)).has(FILM))
  const full: Notes = {
    getItem: () => null,
    setItem: () => {
      throw new Error('full')
    },
  }
  new UnfinishedUploads(full).add(FILM)
})
