import assert from 'node:assert/strict'
import { test } from 'node:test'

import { canonicalUrl } from '../urls/canonical-url.ts'
import { DEPTH_MAX, EXTRA_HOPS_MAX, ScopeJudge, type Scope, type ScopeDecision } from './scope.ts'

const NOW_MS = Date.UTC(2026, 10, 21)

interface Asked {
  readonly depth?: number
  readonly hops?: number
  readonly isResource?: boolean
}

function judged(
  scope: Scope,
  seeds: readonly string[],
  url: string,
  asked: Asked = {},
): ScopeDecision {
  const judge = ScopeJudge.of(scope, seeds.map(canonicalUrl))
  assert.ok(judge instanceof ScopeJudge)
  const { depth = 1, hops = 0, isResource = false } = asked
  return judge.decide({ url: canonicalUrl(url), depth, hops, isResource }, NOW_MS)
}

const REACHES: readonly (readonly [scope: Scope, seed: string, inside: string, outside: string])[] =
  [
    [
      { reach: 'page' },
      'http://a.org/x',
      'http://a.org/x',
      'http://a.org/ http://a.org/x?y https://a.org/x',
    ],
    [
      { reach: 'prefix' },
      'http://a.org/docs/index.html?v=/x/',
      'http://a.org/docs/ https://a.org/docs/y/z http://a.org/docs/?q',
      'http://a.org/docs http://a.org/ http://b.org/docs/ http://a.org:81/docs/ http://a.org.b.org/docs/',
    ],
    [{ reach: 'prefix' }, 'http://a.org', 'http://a.org/x', 'http://www.a.org/ http://a.org.b/'],
    [
      { reach: 'host' },
      'http://a.org/x',
      'http://a.org/y https://a.org/ http://A.org:80/',
      'http://www.a.org/ http://a.org:8080/ http://a.org.b/',
    ],
    [
      { reach: 'host' },
      'http://a.org:8080/',
      'http://a.org:8080/y',
      'http://a.org/ http://a.org:81/',
    ],
    [
      { reach: 'domain' },
      'https://www.a.co.uk/x',
      'http://a.co.uk/ http://b.c.a.co.uk:81/',
      'http://b.co.uk/ http://co.uk/ http://aa.co.uk/',
    ],
    [
      { reach: 'domain' },
      'https://ann.github.io/',
      'http://ann.github.io/x',
      'http://bob.github.io/ http://github.io/',
    ],
    [{ reach: 'domain' }, 'http://127.0.0.1:81/', 'http://127.0.0.1/', 'http://127.0.0.2/'],
    [{ reach: 'domain' }, 'http://localhost/', 'http://localhost:81/', 'http://x.localhost/'],
    [
      { reach: 'list', list: ['http://b.org/1', 'http://c.org/'] },
      'http://a.org/',
      'http://b.org/1 http://c.org/',
      'http://a.org/2 http://b.org/',
    ],
    [{ reach: 'any' }, 'http://a.org/', 'http://b.org/', ''],
    [
      { reach: 'host', include: ['/docs/', '\\.html$'] },
      'http://a.org/',
      'http://a.org/docs/x http://a.org/x.html',
      'http://a.org/x http://b.org/docs/',
    ],
    [
      { reach: 'any', include: ['^https://[^/]*\\.org/'] },
      'http://a.org/',
      'https://b.org/',
      'https://b.com/',
    ],
  ]

test('ScopeJudge knows what lies within reach', () => {
  for (const [scope, seed, inside, outside] of REACHES) {
    const list = (text: string): string[] => text.split(' ').filter((each) => each !== '')
    for (const url of list(inside)) {
      assert.deepEqual(judged(scope, [seed], url), { kind: 'in', hops: 0 }, `${scope.reach} ${url}`)
    }
    for (const url of list(outside)) {
      assert.deepEqual(
        judged(scope, [seed], url),
        { kind: 'out', why: 'scope' },
        `${scope.reach} ${url}`,
      )
    }
  }
})

test('ScopeJudge takes every seed, and each has its reach', () => {
  const scope: Scope = { reach: 'host', exclude: ['.'], depthMax: 0 }
  const seeds = ['http://a.org/', 'http://b.org/2031/1/1']
  for (const seed of seeds) {
    assert.deepEqual(judged(scope, seeds, seed, { depth: 0 }), { kind: 'in', hops: 0 })
  }
  assert.equal(judged({ reach: 'host' }, seeds, 'http://b.org/x').kind, 'in')
})

test('ScopeJudge ends at the depth, at twenty whatever is asked', () => {
  const at = (depth: number, depthMax?: number) =>
    judged(
      { reach: 'any', ...(depthMax === undefined ? {} : { depthMax }) },
      ['http://a.org/'],
      'http://a.org/x',
      { depth },
    )
  assert.equal(at(2, 2).kind, 'in')
  assert.deepEqual(at(3, 2), { kind: 'out', why: 'depth' })
  assert.equal(at(DEPTH_MAX).kind, 'in')
  assert.deepEqual(at(DEPTH_MAX + 1, 1_000), { kind: 'out', why: 'depth' })
})

test('ScopeJudge lets exclusion win', () => {
  const scope: Scope = {
    reach: 'host',
    include: ['/docs/'],
    exclude: ['\\?', '/private/'],
    extraHops: 2,
    withResources: true,
  }
  for (const path of ['/docs/?x', '/docs/private/y']) {
    for (const isResource of [true, false]) {
      const decision = judged(scope, ['http://a.org/'], `http://a.org${path}`, { isResource })
      assert.deepEqual(decision, { kind: 'out', why: 'excluded' })
    }
  }
})

test('ScopeJudge follows extra hops beyond the reach, and counts them anew within', () => {
  const scope: Scope = { reach: 'host', extraHops: 2 }
  const beyond = (hops: number) => judged(scope, ['http://a.org/'], 'http://b.org/', { hops })
  assert.deepEqual(beyond(0), { kind: 'in', hops: 1 })
  assert.deepEqual(beyond(1), { kind: 'in', hops: 2 })
  assert.deepEqual(beyond(2), { kind: 'out', why: 'scope' })
  assert.deepEqual(judged(scope, ['http://a.org/'], 'http://a.org/x', { hops: 2 }), {
    kind: 'in',
    hops: 0,
  })
  const many: Scope = { reach: 'page', extraHops: 1_000 }
  assert.equal(
    judged(many, ['http://a.org/'], 'http://b.org/', { hops: EXTRA_HOPS_MAX }).kind,
    'out',
  )
})

test('ScopeJudge takes resources wherever they lie, where they are asked for', () => {
  const at = (withResources: boolean) =>
    judged({ reach: 'page', withResources }, ['http://a.org/'], 'http://b.org/i.png', {
      isResource: true,
    })
  assert.deepEqual(at(true), { kind: 'in', hops: 0 })
  assert.deepEqual(at(false), { kind: 'out', why: 'scope' })
})

test('ScopeJudge tells traps from what is out of scope', () => {
  const scope: Scope = { reach: 'host' }
  assert.deepEqual(judged(scope, ['http://a.org/'], 'http://a.org/x/x/x/x/x/'), {
    kind: 'out',
    why: 'trap',
    trap: 'repeats',
  })
  assert.deepEqual(judged(scope, ['http://a.org/'], 'http://b.org/x/x/x/x/x/'), {
    kind: 'out',
    why: 'scope',
  })
})

test('ScopeJudge.of() tells which pattern is wrong', () => {
  const wrong = ScopeJudge.of({ reach: 'any', include: ['a'], exclude: ['b', '('] }, [])
  assert.deepEqual(wrong, {
    kind: 'invalid',
    field: 'exclude',
    pattern: '(',
    at: 1,
    why: 'malformed',
  })
  const long = 'a'.repeat(150)
  const many = ScopeJudge.of({ reach: 'any', include: [long, long], exclude: [`${long}b`] }, [])
  assert.deepEqual(many, {
    kind: 'invalid',
    field: 'exclude',
    pattern: `${long}b`,
    at: 0,
    why: 'tooLong',
  })
})
