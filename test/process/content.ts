/** So many bytes of which no two pieces are equal, the same each time. */
export function content(bytes: number): Buffer {
  const whole = Buffer.alloc(bytes)
  let state = 7
  for (let at = 0; at + 4 <= bytes; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    whole.writeUInt32LE(state, at)
  }
  return whole
}
