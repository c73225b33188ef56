import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId, parseRingId } from '../base/ids.ts'
import { contactOf, type Contact } from '../wire/contact.ts'
import { isBetween } from './arc.ts'
import { stepRing } from './ring.ts'
import { emptyRing, type ChordEvent, type Doing, type RingState } from './state.ts'

const RING = parseRingId('0'.repeat(32))

/**
 * Members that reach each other at once: each question is answered before anything else happens.
 */
class Circle {
  readonly states = new Map<string, RingState>()
  readonly doings: Doing['kind'][] = []
  readonly #successorsMax: number

  constructor(successorsMax: number) {
    this.#successorsMax = successorsMax
  }

  add(number: number): Contact {
    const self = contactOf(
      parseMemberId(number.toString(16).padStart(32, '0')),
      `10.0.0.${number}:9300`,
    )
    this.states.set(self.id, emptyRing({ ringId: RING, self, successorsMax: this.#successorsMax }))
    return self
  }

  send(to: Contact, event: ChordEvent): void {
    const state = this.states.get(to.id)
    if (state === undefined) return
    const [next, effects] = stepRing(state, event)
    this.states.set(to.id, next)
    for (const effect of effects) {
      if (effect.kind === 'changed') this.doings.push(effect.doing.kind)
      if (effect.kind !== 'ask') continue
      const answer = this.#answer(effect.contact, to, effect.question)
      const { token } = effect
      this.send(
        to,
        answer === undefined
          ? { kind: 'failed', token }
          : { kind: 'answered', ringId: RING, token, answer },
      )
    }
  }

  #answer(
    asked: Contact,
    from: Contact,
    question: Extract<ChordEvent, { kind: 'asked' }>['question'],
  ) {
    const state = this.states.get(asked.id)
    if (state === undefined) return undefined
    const [next, effects] = stepRing(state, {
      kind: 'asked',
      ringId: RING,
      from,
      question,
      token: 1,
    })
    this.states.set(asked.id, next)
    let answer
    for (const effect of effects) {
      if (effect.kind === 'reply') answer = effect.answer
      if (effect.kind === 'changed') this.doings.push(effect.doing.kind)
      if (effect.kind === 'ask') {
        const inner = this.#answer(effect.contact, asked, effect.question)
        const { token } = effect
        this.send(
          asked,
          inner === undefined
            ? { kind: 'failed', token }
            : { kind: 'answered', ringId: RING, token, answer: inner },
        )
      }
    }
    return answer
  }

  tick(): void {
    for (const { self } of this.states.values()) {
      for (const kind of ['stabilise', 'checkPredecessor', 'fixFinger'] as const)
        this.send(self, { kind })
      this.send(self, { kind: 'probe', draw: 0.5 })
    }
  }

  assertIdeal(): void {
    const sorted = [...this.states.values()]
      .map((s) => s.self)
      .toSorted((a, b) => (a.position < b.position ? -1 : 1))
    for (const [i, self] of sorted.entries()) {
      const state = this.states.get(self.id)
      const others = [...sorted.slice(i + 1), ...sorted.slice(0, i)]
      assert.deepEqual(state?.successors, others.slice(0, this.#successorsMax))
      assert.deepEqual(state?.predecessor, others.at(-1))
      const beyond = state.fingers.map((finger) => finger.contact)
      assert.equal(new Set(beyond.map((c) => c.id)).size, beyond.length)
      for (const finger of beyond) {
        const head: Contact = state.successors[0] ?? self
        assert.ok(
          isBetween({ position: finger.position, after: head.position, before: self.position }),
        )
      }
    }
  }
}

for (const size of [1, 2, 3, 8, 9, 20]) {
  test(`stepRing() makes an ideal ring of ${size}, which closes again after leaves and deaths`, () => {
    const circle = new Circle(8)
    const members = Array.from({ length: size }, (_, i) => circle.add(i + 1))
    for (const [i, member] of members.entries()) {
      circle.send(
        member,
        i === 0 ? { kind: 'found' } : { kind: 'join', hint: members[(i - 1) >> 1] ?? member },
      )
    }
    for (let round = 0; round < 12; round++) circle.tick()
    circle.assertIdeal()
    const [first, second] = members
    if (first === undefined || second === undefined) return
    circle.send(second, { kind: 'leave' })
    assert.equal(circle.states.get(second.id)?.phase, 'gone')
    circle.states.delete(second.id)
    circle.states.delete(first.id)
    for (let round = 0; round < 12; round++) circle.tick()
    circle.assertIdeal()
  })
}
