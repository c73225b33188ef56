import assert from 'node:assert/strict'
import { test } from 'node:test'

import { HOME } from '../../../gateways/rest/files/files-door.test-helper.ts'
import { EXIT } from '../../failure.ts'
import { peopleDoor } from './people-door.test-helper.ts'

const PLAN = `${HOME.slice(1)}/plan.txt`

test('group and access: a file is shared with people and groups, shown, and taken back', async () => {
  await using door = await peopleDoor()
  await door.has(`/${PLAN}`, 'one')
  assert.equal((await door.run('root', ['group', 'add', 'lab', '--title', 'Lab'])).code, EXIT.done)
  const put = await door.run('root', ['group', 'put', 'lab', 'ana', 'eva', '--owner'])
  assert.equal(put.out, 'ana is owner of lab\neva is owner of lab\n')
  const before = await door.run('ana', ['access', PLAN])
  assert.match(before.out, new RegExp(`^/${PLAN}: as in ${HOME}:\n`))
  const shared = await door.run('ana', ['access', PLAN, '--with', 'ben:read,group:lab:write'])
  assert.equal(shared.code, EXIT.done, shared.err)
  assert.deepEqual(shared.out.trimEnd().split('\n'), [
    `/${PLAN} has rights of its own:`,
    'WHO                            RIGHT    MAY',
    'ana                            own      all, and share',
    'ben                            read     look',
    'group:lab                      write    look and change',
    'everyone else with an account  nothing  nothing',
    'guests                         nothing  nothing',
  ])
  assert.deepEqual([await door.reads('ben', PLAN), await door.reads('eva', PLAN)], [true, true])
  assert.equal((await door.run('eva', ['group', 'drop', 'lab', 'eva'])).code, EXIT.done)
  assert.equal(await door.reads('eva', PLAN), false)
  await door.run('ana', ['access', PLAN, '--without', 'ben', '--everyone', 'read'])
  assert.deepEqual([await door.reads('ben', PLAN), await door.reads('eva', PLAN)], [true, true])
  const told = JSON.parse((await door.run('ana', ['access', PLAN, '--only', '--json'])).out)
  const nothing = { everyone: 'nothing', guests: 'nothing', groups: {} }
  assert.deepEqual(told, {
    path: `/${PLAN}`,
    from: `/${PLAN}`,
    grants: { ...nothing, people: { ana: 'own' } },
  })
  const inherited = await door.run('ana', ['access', PLAN, '--inherit', '--json'])
  assert.equal(JSON.parse(inherited.out).from, HOME)
})

test('access refuses what cannot be, and changes nothing', async () => {
  await using door = await peopleDoor()
  await door.has(`/${PLAN}`, 'one')
  for (const [words, code, problem] of [
    [['--with', 'ben'], EXIT.usedWrongly, /NICK:RIGHT/],
    [['--with', 'ben:all'], EXIT.usedWrongly, /NICK:RIGHT/],
    [['--with', 'group::read'], EXIT.usedWrongly, /neither a nick/],
    [['--with', 'b n:read'], EXIT.usedWrongly, /neither a nick/],
    [['--without', 'ana'], EXIT.usedWrongly, /lock yourself out/],
    [['--with', 'ana:write'], EXIT.usedWrongly, /lock yourself out/],
    [['--inherit', '--with', 'ben:read'], EXIT.usedWrongly, /--inherit/],
    [['--everyone', 'all'], EXIT.usedWrongly, /Allowed choices/],
    [['--with', 'nobody:read'], EXIT.failed, /There is no user "nobody"/],
    [['--with', 'group:nobody:read'], EXIT.failed, /There is no group “nobody”/],
  ] as const) {
    const refused = await door.run('ana', ['access', PLAN, ...words])
    assert.equal(refused.code, code, words.join(' '))
    assert.match(refused.err, problem)
  }
  const foreign = await door.run('ana', ['access', 'shared', '--everyone', 'nothing'])
  assert.match(foreign.err, /You may not .*\[NO_ACCESS\]\n/, 'no advice that nobody can follow')
  const unseen = await door.run('ben', ['access', PLAN])
  assert.match(unseen.err, /There is no/)
  const { out } = await door.run('ana', ['access', PLAN])
  assert.match(out, new RegExp(`as in ${HOME}`))
})

test('group list, show, title and delete; members see, others do not', async () => {
  await using door = await peopleDoor()
  assert.match((await door.run('ana', ['group', 'list'])).err, /no groups yet/)
  assert.equal((await door.run('ana', ['group', 'add', 'mine'])).code, EXIT.failed)
  await door.run('root', ['group', 'add', 'lab'])
  await door.run('root', ['group', 'put', 'lab', 'ana'])
  const listed = await door.run('ana', ['group', 'list'])
  assert.match(listed.out, /^GROUP +TITLE +PEOPLE +YOU\nlab +lab +1 +member\n$/)
  assert.match((await door.run('ana', ['group', 'show', 'lab'])).out, /^lab: lab\nNICK.*\nana +mem/)
  assert.match((await door.run('eva', ['group', 'show', 'lab'])).err, /those who are in the group/)
  assert.match((await door.run('ana', ['group', 'title', 'lab', 'x'])).err, /owners of the group/)
  const titled = await door.run('root', ['group', 'title', 'lab', 'The lab'])
  assert.equal(titled.out, 'lab is called The lab\n')
  const unsure = await door.run('root', ['group', 'delete', 'lab'])
  assert.equal(unsure.code, EXIT.failed)
  assert.equal(
    (await door.run('root', ['group', 'delete', 'lab'], { typed: 'lab' })).code,
    EXIT.done,
  )
  assert.match((await door.run('root', ['group', 'show', 'lab'])).err, /no group “lab”/)
})

test('shared lists what others share, and .shared leads there, also where one sees no folder above', async () => {
  await using door = await peopleDoor()
  await door.has(`/${PLAN}`, 'one')
  const none = await door.run('ben', ['shared'])
  assert.deepEqual([none.code, none.out], [EXIT.done, ''])
  assert.match(none.err, /nobody shares anything with you by name/)
  assert.equal((await door.run('root', ['group', 'add', 'lab'])).code, EXIT.done)
  assert.equal((await door.run('root', ['group', 'put', 'lab', 'eva'])).code, EXIT.done)
  assert.equal(
    (await door.run('ana', ['access', PLAN, '--with', 'ben:write,group:lab:read'])).code,
    EXIT.done,
  )
  assert.deepEqual((await door.run('ben', ['shared'])).out.trimEnd().split('\n'), [
    'SIZE  SHARED            FOR  YOU MAY  PATH',
    ' 3 B  2026-11-21 10:00  you  write    /.shared/ana/plan.txt',
  ])
  const [line = '{}'] = (await door.run('eva', ['shared', '--json'])).out.split('\n')
  const { access, group, path } = JSON.parse(line)
  assert.deepEqual([path, group, access], ['/.shared/ana/plan.txt', 'lab', 'read'])
  assert.match((await door.run('ben', ['ls', '.shared/ana'])).out, /plan\.txt/)
  const got = await door.run('eva', ['get', '.shared/ana/plan.txt', '-'])
  assert.equal(got.out, 'one', got.err)
})
