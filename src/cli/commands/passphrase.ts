/** `anillo passphrase`: its words and its help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { dataOption } from '../options.ts'

export function passphraseCommand(context: CommandContext): Command {
  return new Command('passphrase')
    .description('change the passphrase that locks the data of this machine’s members')
    .option('--none', 'ask for none any more')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `
The old one is read from ANILLO_PASSPHRASE, where there is one, and the new one from
ANILLO_NEW_PASSPHRASE. Nothing is encrypted again; members that run may go on. Run it again
when it was broken off. A lost passphrase cannot be recovered.

  $ read -rs ANILLO_PASSPHRASE && read -rs ANILLO_NEW_PASSPHRASE
  $ export ANILLO_PASSPHRASE ANILLO_NEW_PASSPHRASE
  $ npx anillo passphrase`,
    )
    .action((flags: { none?: true; data?: string }) =>
      context.run(async () => {
        const { runPassphrase } = await import('../run/passphrase.ts')
        return runPassphrase(context.io, flags)
      }),
    )
}
