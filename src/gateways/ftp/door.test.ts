/** The door over real sockets: a session from greeting to goodbye, and everything between. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ANA, testDoor } from './door.test-helper.ts'

const HOME = `/home/${ANA.nick}`

test('log in, make, upload, list, size, rename, download, delete, leave', async (t) => {
  const { client, content } = await testDoor(t)
  const ftp = await client()
  assert.equal((await ftp.answer()).code, 220)
  assert.equal(await ftp.code('USER ana'), 331)
  assert.equal(await ftp.code('PASS right'), 230)
  assert.equal(await ftp.code('TYPE I'), 200)
  assert.ok((await ftp.ask('PWD')).text.startsWith(`"${HOME}" `))
  assert.equal((await ftp.ask('MKD a "b"')).text, `"${HOME}/a ""b""" is made.`)
  assert.equal(await ftp.code('CWD a "b"'), 250)
  const stored = await ftp.upload('STOR ñ 😀.txt', 'hello')
  assert.deepEqual([stored.mark?.code, stored.end.code], [150, 226])
  assert.equal((await ftp.ask('SIZE ñ 😀.txt')).text, '5')
  assert.match((await ftp.ask('MDTM ñ 😀.txt')).text, /^20\d{12}$/)
  assert.equal(await ftp.code('RNFR ñ 😀.txt'), 350)
  assert.equal(await ftp.code('RNTO ../b.txt'), 250)
  assert.equal(await ftp.code('CDUP'), 250)
  assert.equal((await ftp.download('NLST')).data.toString(), 'a "b"\r\nb.txt\r\n')
  const back = await ftp.download('RETR b.txt')
  assert.deepEqual([back.data.toString(), back.end.code], ['hello', 226])
  assert.equal(await content(`${HOME}/b.txt`), 'hello')
  assert.equal(await ftp.code('DELE b.txt'), 250)
  assert.equal(await ftp.code('RMD a "b"'), 250)
  assert.equal(await ftp.code('QUIT'), 221)
  await ftp.closed()
})

test('lists are as programs read them', async (t) => {
  const { put, session } = await testDoor(t)
  await put('/shared/file', 'hello')
  const ftp = await session()
  await ftp.ask('CWD /shared')
  await ftp.ask('MKD folder')
  const list = (await ftp.download('LIST -la')).data.toString()
  assert.match(
    list,
    /^-rw-r--r-- {3}1 ana {6}anillo {14}5 Nov 21 00:00 file\r\ndrwxr-xr-x .* folder\r\n$/,
  )
  const facts = (await ftp.download('MLSD')).data.toString().split('\r\n')
  assert.match(facts[0] ?? '', /^Type=cdir;Modify=\d{14};Perm=cdeflmp;Unique=[\da-f]{32}; \.$/)
  assert.match(facts[1] ?? '', /^Type=file;Size=5;Modify=\d{14};Perm=adfrw;Unique=\w{32}; file$/)
  assert.match(facts[2] ?? '', /^Type=dir;.* folder$/)
  assert.match((await ftp.ask('MLST file')).text, /\n Type=file;Size=5;.* \/shared\/file\n/)
  assert.equal(
    (await ftp.ask('OPTS MLST size;nonsense;UNIX.mode;')).text,
    'MLST OPTS Size;UNIX.mode;',
  )
  assert.match((await ftp.ask('MLST file')).text, /\n Size=5;UNIX\.mode=0644; \/shared\/file\n/)
  assert.equal((await ftp.download('NLST *le')).data.toString(), 'file\r\n')
  assert.equal(
    (await ftp.download('NLST ../shared/f*')).data.toString(),
    '../shared/file\r\n../shared/folder\r\n',
  )
  assert.equal((await ftp.download('LIST nowhere')).end.code, 550)
  assert.equal((await ftp.download('MLSD file')).end.code, 501)
  assert.match((await ftp.ask('STAT file')).text, / file\n/)
})

test('a folder of 10,000 entries is listed in one go', async (t) => {
  const { files, session } = await testDoor(t)
  const bytes = new Uint8Array()
  for (let at = 0; at < 10_000; at++) files.tree.keep(ANA, `/shared/file ${at}`, { bytes })
  const ftp = await session()
  const { data, end } = await ftp.download('MLSD /shared')
  assert.equal(data.toString().split('\r\n').length, 10_002)
  assert.equal(end.code, 226)
})

test('bytes of any size go up and come back, plain and encrypted', async (t) => {
  const { session } = await testDoor(t)
  for (const isSecure of [false, true]) {
    const ftp = await session()
    if (isSecure) {
      await ftp.secure()
      await ftp.ask('USER ana')
      await ftp.ask('PASS right')
      await ftp.ask('TYPE I')
    }
    for (const size of [0, 1, 65_537, 3_000_000]) {
      const bytes = Buffer.alloc(size, `${size} bytes`)
      assert.equal((await ftp.upload('STOR a', bytes)).end.code, 226)
      const { data, end } = await ftp.download('RETR a')
      assert.equal(end.code, 226)
      assert.ok(data.equals(bytes), `${size} bytes, encrypted: ${isSecure}`)
    }
  }
})

test('a download goes on in the middle, and no further than its range', async (t) => {
  const { put, session } = await testDoor(t)
  await put('/shared/a', '0123456789')
  const ftp = await session()
  await ftp.ask('CWD /shared')
  assert.equal(await ftp.code('REST 4'), 350)
  assert.equal((await ftp.download('RETR a')).data.toString(), '456789')
  assert.equal((await ftp.download('RETR a')).data.toString(), '0123456789')
  await ftp.ask('RANG 2 4')
  assert.equal((await ftp.download('RETR a')).data.toString(), '234')
  await ftp.ask('REST 11')
  assert.equal((await ftp.download('RETR a')).end.code, 554)
  await ftp.ask('REST 10')
  assert.deepEqual((await ftp.download('RETR a')).end.code, 226)
})

test('an upload that broke off tells its size, and goes on with REST or APPE', async (t) => {
  const { content, session } = await testDoor(t)
  for (const resume of ['REST', 'APPE']) {
    const ftp = await session()
    await ftp.ask('CWD /shared')
    const data = await ftp.data()
    await ftp.ask(`STOR ${resume}`)
    data.write('01234')
    await untilReceived(ftp, 5)
    data.resetAndDestroy()
    assert.equal((await ftp.answer()).code, 426)
    const other = await session()
    await other.ask('CWD /shared')
    assert.equal((await other.ask(`SIZE ${resume}`)).text, '5')
    if (resume === 'REST') {
      await other.ask('REST 3')
      assert.equal((await other.upload('STOR REST', '3456789')).end.code, 554)
      await other.ask('REST 5')
      assert.equal((await other.upload('STOR REST', '56789')).end.code, 226)
    } else {
      assert.equal((await other.upload('APPE APPE', '56789')).end.code, 226)
    }
    assert.equal(await content(`/shared/${resume}`), '0123456789')
  }
})

/** STAT is answered in mid-transfer. */
async function untilReceived(
  ftp: { ask(line: string): Promise<{ readonly text: string }> },
  bytes: number,
): Promise<void> {
  while ((await ftp.ask('STAT')).text !== `Received ${bytes} bytes so far.`);
}

test('APPE and REST write behind what a file has', async (t) => {
  const { content, put, session } = await testDoor(t)
  const ftp = await session()
  await ftp.ask('CWD /shared')
  assert.equal((await ftp.upload('APPE a', 'one ')).end.code, 226)
  assert.equal((await ftp.upload('APPE a', 'two')).end.code, 226)
  assert.equal(await content('/shared/a'), 'one two')
  await ftp.ask('REST 7')
  await ftp.upload('STOR a', ' three')
  assert.equal(await content('/shared/a'), 'one two three')
  await ftp.ask('REST 4')
  await ftp.upload('STOR a', 'zwei')
  assert.equal(await content('/shared/a'), 'one zwei')
  await put('/shared/b', 'x')
  await ftp.ask('REST 2')
  assert.equal((await ftp.upload('STOR b', 'y')).end.code, 554)
  assert.equal(await content('/shared/b'), 'x')
})

test('ABOR ends a transfer with 426 and 226, sent plain or as urgent data', async (t) => {
  const { put, session } = await testDoor(t)
  await put('/shared/big', new Uint8Array(20_000_000))
  for (const abort of [
    'ABOR\r\n',
    Buffer.from([255, 244, 255, 242, ...Buffer.from('ABOR\r\n')]),
    'abor\r',
  ]) {
    const ftp = await session()
    const data = await ftp.data()
    assert.equal(await ftp.code('RETR /shared/big'), 150)
    ftp.write(abort)
    assert.equal((await ftp.answer()).code, 426)
    assert.equal((await ftp.answer()).code, 226)
    data.destroy()
    assert.equal(await ftp.code('NOOP'), 200)
    assert.equal(await ftp.code('ABOR'), 226)
  }
})

test('commands that come during a transfer are carried out after it, in order', async (t) => {
  const { session } = await testDoor(t)
  const ftp = await session()
  const data = await ftp.data()
  assert.equal(await ftp.code('STOR a'), 150)
  ftp.write('SIZE a\r\nNOOP\r\nQUIT\r\n')
  data.end('four')
  const answers = [await ftp.answer(), await ftp.answer(), await ftp.answer(), await ftp.answer()]
  assert.deepEqual(
    answers.map(({ code }) => code),
    [226, 213, 200, 221],
  )
})

test('TYPE A carries lines', async (t) => {
  const { content, put, session } = await testDoor(t)
  await put('/shared/a', 'one\ntwo\r\nthree')
  const ftp = await session()
  await ftp.ask('TYPE A')
  assert.equal((await ftp.download('RETR /shared/a')).data.toString(), 'one\r\ntwo\r\nthree')
  await ftp.upload('STOR /shared/b', 'one\r\ntwo\rthree\r\n\r')
  assert.equal(await content('/shared/b'), 'one\ntwo\rthree\n\r')
  assert.equal(await ftp.code('SIZE /shared/a'), 550)
  await ftp.ask('REST 2')
  assert.equal((await ftp.download('RETR /shared/a')).end.code, 504)
})

test('STOU finds a name that nothing has', async (t) => {
  const { content, put, session } = await testDoor(t)
  await put('/shared/a', 'old')
  const ftp = await session()
  await ftp.ask('CWD /shared')
  const { end, mark } = await ftp.upload('STOU a', 'new')
  const name = /^FILE: (a\.\w+)$/.exec(mark?.text ?? '')?.[1]
  assert.equal(end.code, 226)
  assert.equal(await content(`/shared/${name}`), 'new')
  assert.equal(await content('/shared/a'), 'old')
})

test('digests, times, copies, versions and the trash have their commands', async (t) => {
  const { content, put, session } = await testDoor(t)
  await put('/shared/a', 'hello')
  await put('/shared/a', 'hello world')
  const ftp = await session()
  await ftp.ask('CWD /shared')
  assert.equal(
    (await ftp.ask('HASH a')).text,
    'SHA-256 0-10 b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9 a',
  )
  assert.equal((await ftp.ask('XMD5 "a" 0 4')).text, '5D41402ABC4B2A76B9719D911017C592')
  assert.equal((await ftp.ask('XCRC a')).text, '0D4A1185')
  assert.equal((await ftp.ask('MFMT 20200102030405 a')).text, 'Modify=20200102030405; /shared/a')
  assert.equal((await ftp.ask('MDTM a')).text, '20200102030405')
  assert.equal(await ftp.code('MFF Modify=20210102030405;UNIX.mode=0600; a'), 213)
  assert.equal((await ftp.ask('MDTM a')).text, '20210102030405')
  assert.equal(await ftp.code('SITE CHMOD 640 a'), 200)
  assert.equal(await ftp.code('SITE CPFR a'), 350)
  assert.equal(await ftp.code('SITE CPTO b'), 250)
  assert.equal(await ftp.code('COMB "c" "a" "b"'), 250)
  assert.equal(await content('/shared/c'), 'hello worldhello world')
  assert.match((await ftp.ask('SITE VERSIONS a')).text, /\n 1 \d{14} 5 ana\n/)
  assert.equal(await ftp.code('SITE RESTORE 1 a'), 200)
  assert.equal(await content('/shared/a'), 'hello')
  assert.equal(await ftp.code('DELE b'), 250)
  assert.match((await ftp.ask('SITE UNDELETE')).text, /\n \w{32} \d{14} \/shared\/b\n/)
  assert.equal(await ftp.code('SITE UNDELETE b'), 200)
  assert.equal(await content('/shared/b'), 'hello world')
  assert.match((await ftp.ask('SITE QUOTA')).text, /\n 54 bytes of any number\n 3 files /)
  assert.match((await ftp.ask('SITE WHERE')).text, /ftp:\/\/localhost:2121/)
})

test('NAME.meta4 has the file’s addresses at all members, and stands in no list', async (t) => {
  const { put, session } = await testDoor(t)
  await put('/shared/a b.txt', 'hello')
  const ftp = await session()
  const { data, end } = await ftp.download('RETR /shared/a b.txt.meta4')
  assert.equal(end.code, 226)
  const text = data.toString()
  assert.match(text, /<file name="a b\.txt">\n {4}<size>5<\/size>/)
  assert.match(text, /<url priority="1">http:\/\/localhost:9101\/v1\/files\/shared\/a%20b\.txt</)
  assert.match(text, /<url priority="1">ftp:\/\/localhost:2122\/%2Fshared\/a%20b\.txt</)
  const size = await ftp.ask('SIZE /shared/a b.txt.meta4')
  assert.deepEqual([size.code, size.text], [213, `${data.length}`])
  assert.equal(await ftp.code('REST 5'), 350)
  const rest = await ftp.download('RETR /shared/a b.txt.meta4')
  assert.equal(rest.data.length, data.length - 5)
  const list = await ftp.download('NLST /shared')
  assert.equal(list.data.toString(), 'a b.txt\r\n')
  await ftp.ask('MKD /shared/d')
  for (const path of ['/shared/none.meta4', '/shared/d.meta4', '/.meta4', '/shared/.meta4']) {
    assert.equal((await ftp.download(`RETR ${path}`)).end.code, 550, path)
    assert.equal(await ftp.code(`SIZE ${path}`), 550, path)
  }
  // A file of that name is itself.
  await put('/shared/a b.txt.meta4', 'mine')
  const own = await ftp.download('RETR /shared/a b.txt.meta4')
  assert.equal(own.data.toString(), 'mine')
})
