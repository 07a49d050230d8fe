"use client";

import { skipToken, useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { BeforeAfter } from "#components/proposals/before-after.tsx";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { RadioGroup } from "#components/ui/radio-group.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Rule, RuleSet } from "#server/domain/rule/rule.ts";
import { EMERGENCY_PEOPLE_MAX } from "#server/domain/rule/limits.ts";
import type { Role } from "#server/domain/person/states.ts";
import type { RulingDemand } from "#server/domain/rule/states.ts";
import { RuleFields } from "./rule-fields.tsx";
import { PickList } from "./rule-scope.tsx";
import { type Signing, SigningFields } from "./signing-fields.tsx";

const RULING_OPTIONS = [
  { value: "never", label: "Never", hint: "One person who may rule is enough." },
  {
    value: "gating",
    label: "Where it lets something go",
    hint: "For what holds something back in the cloud.",
  },
  { value: "always", label: "Always" },
] as const satisfies readonly { value: RulingDemand; label: string; hint?: string }[];

type RulesFormProps = {
  base: number;
  set: RuleSet;
  signing: Signing;
  signers: readonly Role[];
  close: () => void;
};

const NO_CHOICES = { people: [], clouds: [], tenants: [] };

/** A rule of its own for changes in one stage: two people. */
function ruleForStage(stage: string): Rule {
  return {
    name: `Changes in stage ${stage}`,
    when: { effects: ["mutate"], operations: [], clouds: [], tenants: [], stages: [stage] },
    demands: { approvers: 2, roles: [], stepUp: true, signature: null, window: null, never: [] },
  };
}

/** Other rules, shown before and after and over the last 30 days before anybody is asked. */
export function RulesForm({ base, set, signing: inForce, signers, close }: RulesFormProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [rules, setRules] = useState<readonly Rule[]>(set.rules);
  const [breakGlass, setBreakGlass] = useState<readonly string[]>(set.breakGlass);
  const choices = useQuery(trpc.rules.choices.queryOptions({})).data ?? NO_CHOICES;
  const [stage, setStage] = useState("");
  const [reason, setReason] = useState("");
  const [rulings, setRulings] = useState<RulingDemand>(set.rulings?.secondPerson ?? "never");
  const [signing, setSigning] = useState<Signing>(inForce);
  const content = {
    base,
    set: {
      ...set,
      rules: [...rules],
      breakGlass: [...breakGlass],
      ...(rulings === (set.rulings?.secondPerson ?? "never") ? {} : { rulings: { secondPerson: rulings } }),
      ...(JSON.stringify(signing) === JSON.stringify(inForce) ? {} : { signing }),
    },
  };
  const isChanged = JSON.stringify(content.set) !== JSON.stringify(set);
  const preview = useQuery(
    trpc.rules.preview.queryOptions(isChanged ? content : skipToken, { retry: false }),
  );
  const propose = useMutation(
    trpc.rules.propose.mutationOptions({
      onSuccess: ({ proposalId }) => router.push(`/settings/proposals/${proposalId}`),
    }),
  );
  const obstacle = !isChanged
    ? "Change something first."
    : reason.trim() === ""
      ? "Give a reason: it is what the second person reads."
      : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (obstacle === null && !propose.isPending) propose.mutate({ content, reason });
  }

  const known = rules.some(({ name }) => name === ruleForStage(stage.trim()).name);
  return (
    <form onSubmit={submit} className="grid gap-6">
      <Section title="Other rules">
        {rules.map((rule) => (
          <RuleFields
            key={rule.name}
            rule={rule}
            choices={choices}
            onChange={(changed) => setRules(rules.map((one) => (one === rule ? changed : one)))}
            onRemove={rules.length > 1 ? () => setRules(rules.filter((one) => one !== rule)) : null}
          />
        ))}
        <div className="flex flex-wrap items-end gap-2">
          <Field label="Stage" optional>
            {(control) => (
              <Input {...control} value={stage} onChange={({ target }) => setStage(target.value)} />
            )}
          </Field>
          <Button
            disabledReason={stage.trim() === "" ? "Name a stage." : known ? "There is such a rule." : null}
            onClick={() => {
              setRules([...rules, ruleForStage(stage.trim())]);
              setStage("");
            }}
          >
            Add a rule for this stage
          </Button>
        </div>
      </Section>
      <Section
        title="Rulings"
        description="Whether a ruling in the registers takes a second person who agrees."
      >
        <RadioGroup
          name="rulings"
          legend="A second person"
          hideLegend
          options={RULING_OPTIONS}
          value={rulings}
          onValueChange={setRulings}
        />
      </Section>
      <SigningFields signing={signing} signers={signers} onChange={setSigning} />
      <Section
        title="Emergencies"
        description={`Who may let one plan go without its approval; it still takes a signature by somebody else. At most ${EMERGENCY_PEOPLE_MAX}.`}
      >
        <PickList legend="People" choices={choices.people} picked={breakGlass} onPick={setBreakGlass} />
      </Section>
      <RefusalNotice error={preview.error} />
      {preview.data !== undefined && isChanged && (
        <>
          <Section title="Before and after">
            <BeforeAfter before={preview.data.before} after={preview.data.after} />
          </Section>
          <Section title="The last 30 days under these rules">
            <ul className="grid max-w-[80ch] list-disc gap-1 pl-5">
              {preview.data.replay.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </Section>
        </>
      )}
      <ReasonField value={reason} onChange={setReason} hint="What the second person reads first." />
      <RefusalNotice error={propose.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" pending={propose.isPending} disabledReason={obstacle}>
          Ask a second person
        </Button>
      </div>
    </form>
  );
}
