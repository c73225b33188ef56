import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { PageDiff } from '../../../wire/api-pages.ts'
import type { Page } from '../../../wire/api.ts'
import type { PageContent } from '../pages/scraper.ts'
import { instantOf } from './archive.ts'
import { DIFF_BYTES_MAX } from './diff-bounds.ts'
import { PageDiffs, type DiffAsked } from './page-diffs.ts'
import { versionTasks } from './tasks.ts'

const ID = 'ab'.repeat(32)
const BY = { name: 'm1', id: '1'.repeat(32), address: '10.0.0.1:9300', position: '0'.repeat(64) }
const NEVER = new AbortController().signal
const workers = { run: async (task: string, input: unknown) => versionTasks[task]?.(input) }

/** A content, and the day of January 2026 when it was first seen. */
type Held = readonly [day: number, body: string, contentType?: string]

function instant(day: number): string {
  return new Date(Date.UTC(2026, 0, day)).toISOString()
}

function contentOf([day, body, contentType = 'text/html']: Held): PageContent {
  const bytes = new TextEncoder().encode(body)
  const page: Page = {
    id: ID,
    url: 'http://a/',
    finalUrl: 'http://a/',
    redirects: [],
    status: 200,
    statusText: 'OK',
    headers: [],
    contentType,
    charset: 'utf-8',
    title: null,
    bytes: bytes.length,
    wireBytes: bytes.length,
    hash: sha256Hex(bytes),
    fetchedAt: instant(day),
    since: instant(day),
    durationMs: 1,
    remoteAddress: '192.0.2.1',
    fetchedBy: BY,
  }
  return { page, body: ReadableStream.from([bytes]) }
}

function diffOf(
  versions: readonly Held[],
  asked: Partial<DiffAsked> = {},
): Promise<PageDiff | undefined> {
  const at = async (_id: string, text: string): Promise<PageContent | undefined> => {
    const all = versions.toSorted(([a], [b]) => b - a)
    const found = all.find(([day]) => instant(day) <= instantOf(text)) ?? all.at(-1)
    return found === undefined ? undefined : contentOf(found)
  }
  return new PageDiffs({ at }, workers).diff(ID, { of: 'text', ...asked }, NEVER)
}

async function refused(code: ErrorCode, asked: ReturnType<typeof diffOf>): Promise<void> {
  await assert.rejects(asked, (thrown) => isAnilloError(thrown, code))
}

const ONE: Held = [1, '<style>a{}</style><p>High water at <b>four</b>.']
const TWO: Held = [2, '<style>b{}</style><p>High water at <b>five</b>.']
const THREE: Held = [3, '<p>Closed.']

test('diff() compares the newest version with the one before, as people read it', async () => {
  const diff = present(await diffOf([ONE, TWO]), 'the diff')
  assert.deepEqual([diff.from.at, diff.to.at], [instant(1), instant(2)])
  assert.deepEqual([diff.removed, diff.added], [1, 1])
  const [removed] = present(diff.hunks[0], 'a hunk').lines
  assert.deepEqual(removed?.parts, [
    { text: 'High water at ' },
    { text: 'four', isChanged: true },
    { text: '.' },
  ])
})

test('diff() compares what was held at two instants, also as it was sent', async () => {
  const versions = [ONE, TWO, THREE]
  const told = await diffOf(versions, { from: '2026-01-01T12:00:00Z', to: instant(2) })
  assert.deepEqual([told?.from.at, told?.to.at], [instant(1), instant(2)])
  const source = await diffOf(versions, { from: instant(1), to: instant(2), of: 'source' })
  const parts = source?.hunks[0]?.lines[0]?.parts.map(({ text }) => text).join('')
  assert.equal(parts, ONE[1])
  const back = await diffOf(versions, { from: instant(3), to: instant(1) })
  assert.equal(back?.from.at, instant(3))
})

test('diff() of one version, or of the same content, has no hunks', async () => {
  assert.deepEqual((await diffOf([ONE]))?.hunks, [])
  assert.deepEqual((await diffOf([ONE, [2, ONE[1]]]))?.hunks, [])
  assert.equal(await diffOf([]), undefined)
})

test('diff() refuses what is no text, too large, and no instant', async () => {
  await refused('BAD_REQUEST', diffOf([ONE, [2, 'PNG', 'image/png']]))
  await refused('TOO_LARGE', diffOf([ONE, [2, 'x'.repeat(DIFF_BYTES_MAX + 1)]]))
  await refused('BAD_REQUEST', diffOf([ONE, TWO], { from: 'never' }))
})
