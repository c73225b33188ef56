/** `anillo recover`: its words and its help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { dataOption, jsonOption } from '../options.ts'
import type { RecoverFlags } from '../run/recover.ts'

export function recoverCommand(context: CommandContext): Command {
  return new Command('recover')
    .description('go on with the members that are left, where a majority is lost for good')
    .option('--yes <ring>', 'the name of the ring, typed out: do it without asking')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Only where the missing members will not come back: their disks may hold what was told as done,
and it is lost then. First bring back what you can; a directory of a member, copied from its
disk to DATA/members, is enough.

Stop the members before. Of each group the copy that came furthest is kept and others are made
again from it. The missing members are revoked: one that comes back must join as a new member.

  $ npx anillo recover                  what is left, and what may be lost; then asks
  $ npx anillo recover --yes 1a2b3c4d   does it, where nobody can be asked
  $ npx anillo up                       goes on; members are made anew until there are enough

One that was broken off is run again: members refuse to start before it is done.`,
    )
    .action((flags: RecoverFlags) =>
      context.run(async () => {
        const { runRecover } = await import('../run/recover.ts')
        return runRecover(context.io, flags)
      }),
    )
}
