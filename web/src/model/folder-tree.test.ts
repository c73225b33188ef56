import assert from 'node:assert/strict'
import { test } from 'node:test'

import { flattened, nodeAt, ROOT_NODE, treeStep, withFolders, withOpen } from './folder-tree.ts'

const folder = (path: string, access: 'read' | 'write' = 'write') => ({
  path,
  name: path.split('/').at(-1) ?? '',
  access,
})

function tree() {
  const root = withOpen(
    withFolders(ROOT_NODE, '/', [folder('/b'), folder('/a', 'read')]),
    '/',
    true,
  )
  const deep = withFolders(root, '/b', [folder('/b/x10'), folder('/b/x9')])
  return withOpen(withFolders(deep, '/b/x9', []), '/b', true)
}

test('flattened() has what is open, sorted, with how deep it lies', () => {
  const rows = flattened(tree()).map(({ isLeaf, level, path }) => `${level} ${path} ${isLeaf}`)
  assert.deepEqual(rows, [
    '1 / false',
    '2 /a false',
    '2 /b false',
    '3 /b/x9 true',
    '3 /b/x10 false',
  ])
})

test('withFolders() keeps what is known of folders that are still there', () => {
  const again = withFolders(tree(), '/', [folder('/b'), folder('/c')])
  assert.equal(nodeAt(again, '/b/x9')?.name, 'x9')
  assert.equal(nodeAt(again, '/a'), undefined)
  assert.equal(nodeAt(tree(), '/a')?.isReadOnly, true)
})

test('treeStep() goes as in any tree: right opens and enters, left shuts and leaves', () => {
  const rows = flattened(tree())
  const step = (active: string, key: string) => treeStep(rows, { active, key })
  assert.deepEqual(step('/', 'ArrowDown'), { path: '/a' })
  assert.deepEqual(step('/', 'ArrowUp'), { path: '/' })
  assert.deepEqual(step('/a', 'ArrowRight'), { path: '/a', isOpen: true })
  assert.deepEqual(step('/b', 'ArrowRight'), { path: '/b/x9' })
  assert.equal(step('/b/x9', 'ArrowRight'), undefined)
  assert.deepEqual(step('/b/x9', 'ArrowLeft'), { path: '/b' })
  assert.deepEqual(step('/b', 'ArrowLeft'), { path: '/b', isOpen: false })
  assert.deepEqual(step('/', 'End'), { path: '/b/x10' })
  assert.deepEqual(step('/b', 'Home'), { path: '/' })
  assert.equal(step('/', 'x'), undefined)
})
