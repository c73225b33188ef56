/** `anillo share serve|set|get`: the words of the open network, and their help. */
import { Command, Option } from 'commander'

import type { CommandContext } from '../context.ts'
import type { SocketFlags } from '../local-socket.ts'
import { dataOption, jsonOption, portFrom } from '../options.ts'
import type { ServeFlags } from '../run/share-serve.ts'

/** As stock programs have it. */
const PORT_DEFAULT = 8_468

export function networkWords(context: CommandContext): readonly Command[] {
  return [serveWord(context), setWord(context), getWord(context)]
}

function serveWord(context: CommandContext): Command {
  return new Command('serve')
    .description('run a node of the open network alone, for others to start from')
    .option('--port <port>', 'UDP port', portFrom, PORT_DEFAULT)
    .option('--host <address>', 'address on which it is heard', '127.0.0.1')
    .option('--state <dir>', 'its directory (default: share-node in the directory of the ring)')
    .option('--bootstrap <list>', 'HOST:PORT,... to start from (default: ANILLO_SHARE_BOOTSTRAP)')
    .option('--socket <path>', 'its unix socket (default: share.sock in its directory)')
    .addOption(
      new Option('--compat <network>', 'a network of iic2523: a key has a list of values').choices([
        'iic2523',
      ]),
    )
    .option('--iic2523', 'the socket answers as that program does, in pickles')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `
  $ npx anillo share serve
  $ npx anillo share serve --host 0.0.0.0 --bootstrap 198.51.100.7:8468
  $ npx anillo share serve --socket .ipc --iic2523      for programs written for iic2523`,
    )
    .action((flags: ServeFlags) =>
      context.run(async () => {
        const { runShareServe } = await import('../run/share-serve.ts')
        return runShareServe(context.io, flags)
      }),
    )
}

function setWord(context: CommandContext): Command {
  const command = new Command('set')
    .description('put a plain value into the open network, as every node there can')
    .argument('<key>', 'a name, such as that of a file')
    .argument('<value>', 'a text, such as the address of a file')
    .addHelpText('after', '\n  $ npx anillo share set notes.pdf http://198.51.100.7/notes.pdf')
    .action((key: string, value: string, flags: SocketFlags) =>
      context.run(async () => {
        const { runShareSet } = await import('../run/share-network.ts')
        return runShareSet(context.io, { key, value }, flags)
      }),
    )
  return withSocket(command)
}

function getWord(context: CommandContext): Command {
  const command = new Command('get')
    .description('print the values of a key of the open network, a line each')
    .argument('<key>', 'a name, such as that of a file')
    .addHelpText('after', '\n  $ npx anillo share get notes.pdf')
    .action((key: string, flags: SocketFlags) =>
      context.run(async () => {
        const { runShareGet } = await import('../run/share-network.ts')
        return runShareGet(context.io, key, flags)
      }),
    )
  return withSocket(command)
}

/** Commands that speak with a node of this machine by its socket. */
function withSocket(command: Command): Command {
  return command
    .option('--socket <path>', 'of a node (default: that of a member in the directory of the ring)')
    .addOption(dataOption())
    .addOption(jsonOption())
}
