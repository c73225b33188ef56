/** `anillo setting`: its words and its help. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { type DoorFlags, withDoors } from '../options.ts'

export function settingCommand(context: CommandContext): Command {
  const command = new Command('setting')
    .description('show or change what the whole ring goes by')
    .argument('[name]', 'the setting; without it all are shown')
    .argument('[value]', 'a whole number, a duration as 90s, 15m, 1h or 2d, or “default”')
    .addHelpText(
      'after',
      `
A change holds for all members at once. What one member goes by stands in its DATA/settings.json:
“npx anillo status --settings”.

  $ npx anillo setting                          all of them
  $ npx anillo setting replaceAfterMs           that one
  $ npx anillo setting replaceAfterMs 1h        an hour, as 3600000
  $ npx anillo setting replaceAfterMs default   as it was`,
    )
    .action((name: string | undefined, value: string | undefined, flags: DoorFlags) =>
      context.run(async () => {
        const { runSetting } = await import('../run/setting.ts')
        return runSetting(context.io, { name, value }, flags)
      }),
    )
  return withDoors(command)
}
