import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'

import { TypedTerminal, type Listener, type Streams } from './terminal.ts'

const COLUMNS = 20
const CTRL_C = '\u0003'

/**
 * As much of a terminal as readline asks for: letters wrap, the cursor moves, the end is cleared.
 */
class SmallScreen {
  readonly columns = COLUMNS
  readonly rows = 24
  readonly isTTY = true
  readonly #rows: (string | undefined)[] = ['']
  #row = 0
  #column = 0

  on(): this {
    return this
  }

  write(text: string): boolean {
    for (const [, digits, letter, sign] of text.matchAll(/\u001B\[(\d*)([A-Z])|([^])/g)) {
      if (letter === undefined) this.#put(sign ?? '')
      else this.#control(letter, digits === '' ? 0 : Number(digits))
    }
    return true
  }

  #control(letter: string, count: number): void {
    if (letter === 'A') this.#row = Math.max(0, this.#row - count)
    else if (letter === 'B') this.#row += count
    else if (letter === 'C') this.#column += count
    else if (letter === 'D') this.#column = Math.max(0, this.#column - count)
    else if (letter === 'G') this.#column = Math.max(0, count - 1)
    else if (letter === 'J') {
      this.#rows.length = this.#row + 1
      this.#rows[this.#row] = (this.#rows[this.#row] ?? '').slice(0, this.#column)
    } else assert.fail(`a control that no test knows: ${letter}`)
  }

  #put(sign: string): void {
    if (sign === '\r') this.#column = 0
    else if (sign === '\n') {
      this.#row++
      this.#column = 0
    } else {
      if (this.#column === COLUMNS) {
        this.#row++
        this.#column = 0
      }
      const row = (this.#rows[this.#row] ?? '').padEnd(this.#column)
      this.#rows[this.#row] = row.slice(0, this.#column) + sign + row.slice(this.#column + 1)
      this.#column++
    }
  }

  get lines(): readonly string[] {
    return Array.from(this.#rows, (row = '') => row.trimEnd())
  }
}

interface Shown {
  readonly isSecret?: boolean
  /** The prompt tells how long the line is. */
  readonly isCounted?: boolean
}

function opened({ isCounted = false, isSecret = false }: Shown = {}) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input })
  const screen = new SmallScreen()
  const given: string[] = []
  const listener: Listener = {
    typed: (line) => given.push(`typed ${line}`),
    interrupted: (line) => given.push(`interrupted ${line}`),
    ended: (line) => given.push(`ended ${line}`),
    resized: () => undefined,
    completions: (line) => [[], line],
    waiting: 0,
  }
  const terminal = new TypedTerminal({ input, output: screen } as unknown as Streams, listener)
  const show = () =>
    terminal.prompt((line) => ({ text: isCounted ? `[${line.length}]> ` : 'ana> ', isSecret }))
  show()
  return {
    given,
    screen,
    show,
    terminal,
    type: (keys: string) => void input.emit('data', Buffer.from(keys)),
    [Symbol.dispose]: () => terminal.close(),
  }
}

for (const [rows, text] of [
  [1, 'dweet short'],
  [2, 'dweet longer than one row'],
  [4, `dweet ${'four rows of it '.repeat(4)}`],
] as const) {
  test(`what comes stands above a line of ${rows} rows that is being typed`, () => {
    using at = opened()
    at.terminal.print(['before'])
    at.type(text)
    at.terminal.print(['eva: hello', 'eva: again'])
    at.terminal.print(['1 more'])
    const typed = `ana> ${text}`.match(/.{1,20}/g)?.map((one) => one.trimEnd()) ?? []
    assert.equal(typed.length, rows)
    const told = ['before', 'eva: hello', 'eva: again', '1 more']
    assert.deepEqual(at.screen.lines, [...told, ...typed])
    at.type('\r')
    assert.deepEqual(at.given, [`typed ${text}`])
    at.terminal.print(['Published.'])
    at.show()
    assert.deepEqual(at.screen.lines, [...told, ...typed, 'Published.', 'ana>'])
  })

  test(`Ctrl-C leaves a line of ${rows} rows on the screen, and what stands above it`, () => {
    using at = opened()
    at.terminal.print(['eva: hello'])
    at.type(text)
    at.type(CTRL_C)
    assert.deepEqual(at.given, [`interrupted ${text}`])
    at.terminal.print(['The text is kept.'])
    at.show()
    const typed = `ana> ${text}`.match(/.{1,20}/g)?.map((one) => one.trimEnd()) ?? []
    assert.deepEqual(at.screen.lines, ['eva: hello', ...typed, 'The text is kept.', 'ana>'])
    at.type('next\r')
    assert.deepEqual(at.given.slice(1), ['typed next'])
  })
}

test('what comes while the cursor stands within a line of many rows leaves both alone', () => {
  using at = opened()
  at.type('dweet longer than one row')
  at.type('\u0001')
  at.terminal.print(['eva: hello'])
  assert.deepEqual(at.screen.lines, ['eva: hello', 'ana> dweet longer th', 'an one row'])
  at.type('a ')
  assert.deepEqual(at.screen.lines, ['eva: hello', 'ana> a dweet longer', 'than one row'])
})

for (const how of ['pasted', 'typed']) {
  test(`a line that is ${how} and counted stands on the screen once, however long it grows`, () => {
    using at = opened({ isCounted: true })
    at.terminal.print(['above'])
    let line = ''
    for (const more of ['abcdefghijklmno', 'p', 'qrstuvwxyz0123456789', '!?']) {
      line += more
      for (const keys of how === 'typed' ? more : [more]) at.type(keys)
      const typed = `[${line.length}]> ${line}`.match(/.{1,20}/g) ?? []
      const rows = at.screen.lines
      assert.deepEqual(rows.at(-1) === '' ? rows.slice(0, -1) : rows, ['above', ...typed])
    }
    at.terminal.print(['eva: hello'])
    assert.deepEqual(at.screen.lines.slice(0, 3), ['above', 'eva: hello', '[38]> abcdefghijklmn'])
  })
}

test('what is typed ahead stays below what comes', () => {
  using at = opened()
  at.type('new\r')
  at.type('sixteen letters.')
  at.terminal.print(['[1] eva'])
  assert.deepEqual(at.screen.lines, ['ana> new', '[1] eva', 'sixteen letters.'])
  at.show()
  assert.deepEqual(at.screen.lines, ['ana> new', '[1] eva', 'ana> sixteen letters', '.'])
})

test('a long password is not shown, and moves nothing', () => {
  using at = opened({ isSecret: true })
  at.terminal.print(['above'])
  at.type('a password longer than one row')
  at.terminal.print(['eva: hello'])
  at.show()
  assert.deepEqual(at.screen.lines, ['ana>', 'above', 'ana>', 'eva: hello', 'ana>'])
  at.type('\r')
  assert.deepEqual(at.given, ['typed a password longer than one row'])
})
