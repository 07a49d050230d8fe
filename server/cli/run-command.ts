import { EXIT, type ListedCommand, type Terminal, UsageError } from "./command.ts";

/** Finds the command that the words name, shows help where it is asked for, and answers the exit code. */
export async function runCommand(
  commands: readonly ListedCommand[],
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const listed = commands.find(({ name }) => isCalled(name, words));
  if (listed === undefined) return listCommands(commands, words, terminal);
  const command = await listed.load();
  const args = words.slice(listed.name.split(" ").length);
  if (isHelp(args[0])) {
    terminal.say(`countersign ${listed.name} ${command.usage}`);
    return EXIT.ok;
  }
  try {
    return await command.run(args, terminal);
  } catch (error) {
    const says = usageSentence(error);
    if (says === null) throw error;
    terminal.complain(`${says}\n\nusage: countersign ${listed.name} ${command.usage}`);
    return EXIT.usage;
  }
}

const isCalled = (name: string, words: readonly string[]) =>
  name.split(" ").every((word, at) => words[at] === word);

const isHelp = (word: string | undefined) => word === "--help" || word === "-h";

function listCommands(
  commands: readonly ListedCommand[],
  words: readonly string[],
  terminal: Terminal,
): number {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = [
    "usage: countersign COMMAND [OPTIONS]",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "countersign COMMAND --help shows a command's options.",
  ];
  const isAsked = words.length === 0 || isHelp(words[0]);
  if (!isAsked) terminal.complain(`There is no command "${words.join(" ")}".\n`);
  lines.forEach(isAsked ? terminal.say : terminal.complain);
  return isAsked ? EXIT.ok : EXIT.usage;
}

/** Ours, and what node:util parseArgs throws about options. */
function usageSentence(error: unknown): string | null {
  if (error instanceof UsageError) return error.message;
  const isArgs =
    error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  return isArgs ? error.message : null;
}
