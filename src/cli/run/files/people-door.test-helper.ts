/** A door with a tree of files in memory, and commands of several people at it. */
import { bearer } from '../../../gateways/rest/entrance.test-helper.ts'
import { filesDoor } from '../../../gateways/rest/files/files-door.test-helper.ts'
import { keptIo } from '../../io.test-helper.ts'
import { runProgram } from '../../program.ts'

/** Members all, but for `root`, who may everything. */
type Person = 'ana' | 'ben' | 'eva' | 'root'

export async function peopleDoor() {
  const door = await filesDoor()
  const { url } = await door.listen()
  const tokens: Readonly<Record<Person, string>> = {
    ana: door.token,
    ben: door.accounts.person('ben', 'member'),
    eva: door.accounts.person('eva', 'member'),
    root: door.accounts.person('root', 'administrator'),
  }
  return {
    ...door,
    /** As that account. */
    async run(who: Person, words: readonly string[], given: { readonly typed?: string } = {}) {
      const io = keptIo({ env: { ANILLO_TOKEN: tokens[who] }, ...given })
      const code = await runProgram([...words, '--at', url], io)
      return { code, out: io.outText(), err: io.errText() }
    },
    async reads(who: Person, path: string): Promise<boolean> {
      const asked = await door.ask({ url: `/v1/files/${path}`, headers: bearer(tokens[who]) })
      return asked.statusCode === 200
    },
  }
}
