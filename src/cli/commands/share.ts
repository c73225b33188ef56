/** `anillo share` and what stands below it. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { networkWords } from './share-network.ts'

const EXAMPLES = `
  $ npx anillo share set notes.pdf http://198.51.100.7/notes.pdf
  $ npx anillo share get notes.pdf
  $ npx anillo share serve                   a node alone, for others to start from`

export function shareCommand(context: CommandContext): Command {
  const command = new Command('share')
    .description('share with others beyond the ring, by the open network')
    .usage('serve|set|get ...')
    .addHelpText('after', EXAMPLES)
  for (const word of networkWords(context)) command.addCommand(word)
  return command
}
