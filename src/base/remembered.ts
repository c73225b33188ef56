/** A pure function of a text that costs more than looking an answer up, with its latest answers. */

/** @param most answers of each of two generations; of those asked for again none is lost. */
export function remembered<A>(most: number, compute: (text: string) => A): (text: string) => A {
  let young = new Map<string, A>()
  let old = new Map<string, A>()
  return (text) => {
    const known = young.get(text)
    if (known !== undefined) return known
    const answer = old.get(text) ?? compute(text)
    young.set(text, answer)
    if (young.size >= most) {
      old = young
      young = new Map()
    }
    return answer
  }
}
