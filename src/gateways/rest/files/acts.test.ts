import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { FileAct } from '../../../wire/api-files.ts'
import { bearer } from '../entrance.test-helper.ts'
import { filesDoor, HOME } from './files-door.test-helper.ts'

async function auditedDoor() {
  const door = await filesDoor()
  const token = door.accounts.person('eva', 'administrator')
  const ask = (query: string) =>
    door.ask({ url: `/v1/audit/files${query}`, headers: bearer(token) })
  return {
    ...door,
    ask,
    /** What was done and where, newest first. */
    async acts(query = ''): Promise<readonly string[]> {
      await door.noteActs()
      const { items }: { readonly items: readonly FileAct[] } = (await ask(query)).json()
      return items.map(({ path, what }) => `${what} ${path}`)
    },
  }
}

test('whoever manages files is told who changed what, by which door and from where', async () => {
  await using door = await auditedDoor()
  const remoteAddress = '192.0.2.1'
  await door.asAna({ method: 'PUT', url: '/v1/files/shared/a', payload: 'five!', remoteAddress })
  await door.asAna({ method: 'DELETE', url: '/v1/files/shared/a' })
  await door.asAna({ url: '/v1/files/shared/' })
  await door.noteActs()
  const asked = await door.ask('')
  assert.equal(asked.statusCode, 200)
  const [removed, written, ...more]: readonly FileAct[] = asked.json().items
  assert.deepEqual(more, [], 'a look is no act')
  assert.equal(removed?.what, 'entry.remove')
  assert.deepEqual(
    { ...written, at: '' },
    {
      at: '',
      by: 'ana',
      door: 'HTTP',
      address: '192.0.2.1',
      what: 'file.write',
      path: '/shared/a',
      bytes: 5,
    },
  )
})

test('acts are those of one nick, or of a place and what is below', async () => {
  await using door = await auditedDoor()
  const ben = door.person('ben')
  await door.asAna({ method: 'PUT', url: `/v1/files${HOME}/a`, payload: 'a' })
  await ben({ method: 'PUT', url: '/v1/files/shared/b', payload: 'b' })
  await ben({ method: 'PUT', url: '/v1/files/shared-too', payload: 'c' })
  assert.deepEqual(await door.acts('?by=ANA'), [`file.write ${HOME}/a`])
  for (const path of ['/shared', 'shared', 'shared/']) {
    assert.deepEqual(await door.acts(`?path=${path}`), ['file.write /shared/b'])
  }
  assert.deepEqual(await door.acts('?path=/shared&by=ana'), [])
  assert.deepEqual(await door.acts('?by=nobody'), [])
})

test('acts come page by page', async () => {
  await using door = await auditedDoor()
  for (const name of ['a', 'b', 'c']) {
    await door.asAna({ method: 'PUT', url: `/v1/files/shared/${name}`, payload: name })
  }
  await door.noteActs()
  const first = (await door.ask('?limit=2')).json()
  const rest = (await door.ask(`?limit=2&cursor=${encodeURIComponent(first.cursor)}`)).json()
  const paths = [...first.items, ...rest.items].map(({ path }: FileAct) => path)
  assert.deepEqual(paths, ['/shared/c', '/shared/b', '/shared/a'])
  assert.equal(rest.cursor, undefined)
})

test('nobody else is told, and what is no question is refused', async () => {
  await using door = await auditedDoor()
  const refused = await door.asAna({ url: '/v1/audit/files' })
  assert.deepEqual([refused.statusCode, refused.json().code], [403, 'PERMISSION_MISSING'])
  for (const query of ['?limit=0', '?limit=many', '?by=', `?by=${'a'.repeat(65)}`, '?path=']) {
    const asked = await door.ask(query)
    assert.deepEqual([asked.statusCode, asked.json().code], [400, 'BAD_REQUEST'], query)
  }
})
