/** Words of `anillo pages` about what several members saw. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { AUTHORITY_FILE, jsonOption } from '../options.ts'
import type { TestimonyFlags } from '../run/page-testimony.ts'
import type { VerifyFlags } from '../run/verify.ts'

export function testimonyWord(context: CommandContext): Command {
  return new Command('testimony')
    .description('write what several members saw of a page, signed, to a file')
    .argument('<url>', 'address of the page, or its id')
    .option('--out <file>', 'write it there (default: standard output)')
    .option('--of <instant>', 'of the version that was held then (default: the newest)')
    .addHelpText(
      'after',
      `
  $ npx anillo scrape https://example.org/ --witnesses 3
  $ npx anillo pages testimony https://example.org/ --out testimony.json
  $ npx anillo pages verify testimony.json

Whoever has the file can check it without a ring: docs/spec/testimony.md.`,
    )
    .action((named: string, flags: TestimonyFlags) =>
      context.run(async () => {
        const { runPageTestimony } = await import('../run/page-testimony.ts')
        return runPageTestimony(context.io, named, flags)
      }),
    )
}

/** It speaks with no ring. */
export function verifyWord(context: CommandContext): Command {
  return new Command('verify')
    .description('check a testimony, without any ring')
    .argument('<file>', 'the testimony')
    .option('--content <file>', 'whether this is the content that was seen')
    .option('--authority <which>', `the ring’s authority: ${AUTHORITY_FILE}, or a fingerprint`)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
  $ npx anillo pages verify testimony.json
  $ npx anillo pages verify testimony.json --content page.html
  $ npx anillo pages verify testimony.json --authority ${AUTHORITY_FILE}

DATA is the directory of the ring (~/.local/share/anillo), NAME a member of it.

Exit codes: 0 it holds, and more than half of the members asked saw the same; 1 it does not hold,
they did not, or the content is another.`,
    )
    .action((file: string, flags: VerifyFlags) =>
      context.run(async () => {
        const { runVerify } = await import('../run/verify.ts')
        return runVerify(context.io, file, flags)
      }),
    )
}
