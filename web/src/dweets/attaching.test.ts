import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Attachment } from '../../../src/wire/api-attachments.ts'
import { RingTrouble } from '../api/ring-client.ts'
import { Attaching, type DraftAttachment, type Sender, type SendHow } from './attaching.ts'

function attachmentOf(name: string): Attachment {
  const [id, url] = [name.padEnd(32, '0'), `/v1/dweets/attachments/${name}`]
  return { id, kind: 'picture', type: 'image/png', name, bytes: 1, sha256: '', url }
}

/** Sends when the test says so. */
class HeldSender implements Sender {
  readonly held = new Map<string, PromiseWithResolvers<Attachment> & { readonly how?: SendHow }>()
  readonly discarded: string[] = []

  send = (file: File, how: SendHow): Promise<Attachment> => this.#hold(file.name, how)
  copy = (path: string): Promise<Attachment> => this.#hold(path)

  async discard(id: string): Promise<void> {
    this.discarded.push(id)
  }

  async arrive(name: string): Promise<void> {
    this.held.get(name)?.resolve(attachmentOf(name))
    await new Promise(setImmediate)
  }

  async fail(name: string): Promise<void> {
    const trouble = { code: 'ATTACHMENT_LARGE', details: {}, text: 'too large' }
    this.held.get(name)?.reject(new RingTrouble(trouble))
    await new Promise(setImmediate)
  }

  #hold(name: string, how?: SendHow): Promise<Attachment> {
    const one = { ...Promise.withResolvers<Attachment>(), ...(how && { how }) }
    this.held.set(name, one)
    return one.promise
  }
}

function begin(kept: readonly DraftAttachment[] = []) {
  const sender = new HeldSender()
  const told: (readonly string[])[] = []
  const attaching = new Attaching(sender, kept, (sent) =>
    told.push(sent.map(({ attachment, description }) => attachment.name + description)),
  )
  return { sender, told, attaching, names: () => attaching.items.get().map(({ name }) => name) }
}

const file = (name: string, text = 'ten bytes.') => new File([text], name)

test('what is chosen is sent at once, with its progress; no more than four', async () => {
  const { attaching, names, sender, told } = begin()
  const left = attaching.add(['a', 'b', 'c', 'd', 'e'].map((name) => file(name)))
  assert.equal(left, 1)
  assert.deepEqual(names(), ['a', 'b', 'c', 'd'])
  assert.equal(attaching.left, 0)
  sender.held.get('a')?.how?.onSent(5)
  assert.equal(attaching.items.get()[0]?.sent, 0.5)
  // Heads of the request count, too.
  sender.held.get('a')?.how?.onSent(11)
  assert.equal(attaching.items.get()[0]?.sent, 1)
  assert.ok(attaching.isSending)
  await sender.arrive('b')
  for (const name of ['a', 'c', 'd']) await sender.arrive(name)
  assert.ok(!attaching.isSending)
  assert.deepEqual(told.at(-1), ['a', 'b', 'c', 'd'], 'in the order in which they were chosen')
})

test('what is taken away while it is sent is broken off, or given up once it is there', async () => {
  const { attaching, names, sender, told } = begin()
  attaching.add([file('a'), { path: '/shared/b', name: 'b' }])
  const [a, b] = attaching.items.get().map(({ key }) => key)
  attaching.remove(a ?? 0)
  assert.ok(sender.held.get('a')?.how?.signal.aborted)
  await sender.arrive('a')
  assert.deepEqual([names(), sender.discarded], [['b'], [attachmentOf('a').id]])
  await sender.arrive('/shared/b')
  attaching.remove(b ?? 0)
  assert.equal(sender.discarded.length, 2)
  assert.deepEqual(told.at(-1), [])
})

test('what fails says why, holds nothing up, and can be taken away', async () => {
  const { attaching, sender } = begin()
  attaching.add([file('a')])
  await sender.fail('a')
  const [item] = attaching.items.get()
  assert.equal(item?.trouble?.code, 'ATTACHMENT_LARGE')
  assert.ok(!attaching.isSending)
  attaching.remove(item?.key ?? 0)
  assert.deepEqual(sender.discarded, [])
})

test('what was sent is there with the draft, described; a dweet that has it clears it', async () => {
  const kept = [{ attachment: attachmentOf('a'), description: 'waves' }]
  const { attaching, sender, told } = begin(kept)
  const [item] = attaching.items.get()
  assert.equal(item?.description, 'waves')
  attaching.describe(item?.key ?? 0, ' at dusk')
  assert.deepEqual(told.at(-1), ['a at dusk'])
  attaching.clear()
  assert.deepEqual([told.at(-1), sender.discarded], [[], []])
})
