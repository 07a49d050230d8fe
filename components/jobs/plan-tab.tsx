import { PlanSteps } from "#components/plan/plan-steps.tsx";
import { countSteps, describeCounts } from "#components/plan/plan-words.ts";
import { Code } from "#components/ui/code.tsx";
import { Section } from "#components/ui/section.tsx";
import type { JobFacts } from "./job-data.ts";

/** The frozen plan: exactly what was approved and so what runs. */
export function PlanTab({ job }: { job: JobFacts }) {
  const { plan } = job;
  return (
    <div className="grid gap-6">
      <Section title="Steps" description={describeCounts(countSteps(plan.steps))}>
        <PlanSteps steps={plan.steps} />
      </Section>
      {plan.gates.map((gate) => (
        <Section
          key={gate.id}
          title="Gate"
          description="All of this has to be read back before the next stage opens."
        >
          <ul>
            {gate.assertions.map(({ that, says }) => (
              <li
                key={that}
                className="grid gap-x-4 gap-y-0.5 border-b border-line py-2 last:border-b-0 lg:grid-cols-2"
              >
                <span>{says}</span>
                <span className="text-small">
                  <Code>{that}</Code>
                </span>
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </div>
  );
}
