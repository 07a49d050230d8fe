import { execFileSync } from "node:child_process";
import { readPolicyDocument, documentRules } from "#server/domain/identity-policy/document.ts";
import { evaluateRule } from "#server/domain/oslo/evaluate.ts";
import { parsePolicy } from "#server/domain/oslo/policy.ts";
import type { Figure } from "./figure.ts";

const RULES = 2_500;
const PYTHON_ROUNDS = 20_000;
const OUR_ROUNDS = 1_000_000;
/** Twenty times the Python library's speed, as the share of its time that we take. */
const SHARE_BOUND = 5;

const QUESTION = {
  rules: {
    admin_required: "role:admin",
    cloud_admin: "rule:admin_required and (is_admin_project:True or domain_id:default)",
    matching: "rule:admin_required and domain_id:%(target.user.domain_id)s",
    is_manager: "role:manager",
    r: "(rule:is_manager and token.domain.id:%(target.user.domain_id)s) or rule:cloud_admin or rule:matching",
  },
  creds: { roles: ["admin"], domain_id: "d1", is_admin_project: false, token: { domain: { id: "d1" } } },
  target: { "target.user.domain_id": "d1", "target.user.name": "x" },
};

const PYTHON = `
import json, sys, time
from oslo_config import cfg
from oslo_policy import policy
q = json.load(sys.stdin)
conf = cfg.ConfigOpts()
conf([], project="none", default_config_files=[])
e = policy.Enforcer(conf, use_conf=False)
e.set_rules(policy.Rules.from_dict(q["rules"]))
assert e.enforce("r", q["target"], q["creds"])
begun = time.perf_counter()
for _ in range(${PYTHON_ROUNDS}): e.enforce("r", q["target"], q["creds"])
print((time.perf_counter() - begun) * 1000)
`;

/** How long reading 2,500 rules takes, and an answer beside the Python library's in the same run, where it is there. */
export function measurePolicy(): Figure[] {
  const figures = [measureLoad()];
  const theirs = timePython();
  const ours = (timeOurs() / OUR_ROUNDS) * PYTHON_ROUNDS;
  const rate = `${((PYTHON_ROUNDS / ours) * 1000).toFixed(0)} a second`;
  if (theirs === null)
    process.stdout.write("No Python here imports oslo_policy: answers are not compared.\n");
  else {
    figures.push({
      name: "policy answers beside oslo.policy's",
      measured: (ours / theirs) * 100,
      bound: SHARE_BOUND,
      unit: "%",
      note: `${rate}, Python ${((PYTHON_ROUNDS / theirs) * 1000).toFixed(0)}: ${(theirs / ours).toFixed(0)} times`,
    });
  }
  figures.push({ name: "10,000 policy answers", measured: ours / 2, bound: 1000, unit: "ms", note: rate });
  return figures;
}

function measureLoad(): Figure {
  const text = Array.from(
    { length: RULES },
    (_, n) => `"service:rule_${n}": "(role:member and project_id:%(project_id)s) or rule:service_${n % 50} or not user_id:%(owner_${n})s"`, // prettier-ignore
  ).join("\n");
  const samples = Array.from({ length: 7 }, () => {
    const begun = performance.now();
    const policy = parsePolicy(documentRules(readPolicyDocument(text)));
    if (policy.rules.size !== RULES) throw new Error("The rules of the measurement are not read.");
    return performance.now() - begun;
  });
  const note = `first ${(samples[0] ?? 0).toFixed(0)} ms, best ${Math.min(...samples).toFixed(0)} ms`;
  return { name: "2,500 policy rules read", measured: Math.max(...samples), bound: 200, unit: "ms", note };
}

function timeOurs(): number {
  const policy = parsePolicy(QUESTION.rules);
  const ask = () => evaluateRule(policy, "r", QUESTION);
  if (ask().expect.kind !== "allow") throw new Error("The question of the measurement is refused.");
  for (let round = 0; round < 20_000; round += 1) ask();
  const begun = performance.now();
  for (let round = 0; round < OUR_ROUNDS; round += 1) ask();
  return performance.now() - begun;
}

function timePython(): number | null {
  for (const python of ["python3", "/usr/bin/python3"]) {
    try {
      const options = { input: JSON.stringify(QUESTION), encoding: "utf8", stdio: "pipe" } as const;
      return Number(execFileSync(python, ["-c", PYTHON], options));
    } catch {
      // No Python, or one without the library.
    }
  }
  return null;
}
