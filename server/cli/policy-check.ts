import { parseArgs } from "node:util";
import {
  answerQuestion,
  BadQuestion,
  type PolicyQuestion,
  type QuestionAnswer,
  readQuestions,
} from "#server/domain/identity-policy/question.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { printable } from "./printable.ts";
import { bytesOf } from "./read-bytes.ts";

const MAX_BYTES = 16 * 1024 * 1024;

const USAGE = `[--json]

Reads a question from the standard input, a JSON object:

  rules   the policy, rules by their names, as its YAML or JSON reads
  rule    the name of the rule that is asked
  creds   who asks: user_id, roles, project_id, domain_id, token and so on
  target  what about, flat: "target.user.domain_id" is one key
  defaultRule  the rule that answers for names that are not defined; "default" unless given

and answers it: expect is what oslo.policy does (allow, deny, exception, or parse-exception when it cannot read the
policy), ours is what is allowed here (allow or deny; nothing that raises or is not understood), branch is what decided,
errors are the reasons why the policy would not be taken as it is. A list of questions has a list of answers.

  --json    answers JSON, with these four fields and nothing else

Ends with 0 when the question is answered, whatever the answer; 2 when it cannot be read.`;

export const policyCheck: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values } = parseArgs({ args, options: { json: { type: "boolean" } } });
    const questions = read(await bytesOf(process.stdin, MAX_BYTES));
    const answers = Array.isArray(questions) ? questions.map(answerQuestion) : answerQuestion(questions);
    if (values.json === true) terminal.say(JSON.stringify(answers));
    else for (const answer of Array.isArray(answers) ? answers : [answers]) tell(answer, terminal);
    return EXIT.ok;
  },
};

function read(bytes: Buffer): PolicyQuestion | PolicyQuestion[] {
  if (bytes.length > MAX_BYTES) throw new UsageError("The question is longer than 16 MiB.");
  try {
    return readQuestions(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof BadQuestion) throw new UsageError(error.message);
    if (error instanceof TypeError) throw new UsageError("The standard input is no UTF-8 text.");
    throw error;
  }
}

function tell({ expect, ours, branch, errors }: QuestionAnswer, { say }: Terminal): void {
  say(`the cloud: ${expect}; here: ${ours}`);
  say(`decided by: ${printable(branch)}`);
  for (const { rule, code, says } of errors) say(printable(`FAIL ${code} ${rule}: ${says}`));
}
