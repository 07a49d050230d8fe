import type { JobState } from "#server/domain/job/states.ts";

type Step = { state: "pending" | "running" | "done" | "stopped" };

const count = (n: number) => `${n} ${n === 1 ? "step" : "steps"}`;

/** What cancelling a job now leaves in the cloud, in plain words. */
export function leftBehind(state: JobState, steps: readonly Step[]): string {
  if (state === "queued") return "It has not started. Nothing was sent, so nothing is left behind.";
  if (state === "awaiting_person") {
    return "It waits for a person. What is finished stays, and nothing after the step by hand is run. If that step changes something, it may have been done: two people then say what happened.";
  }
  const done = steps.filter((step) => step.state === "done").length;
  const running = steps.some((step) => step.state === "running");
  const open = steps.length - done - (running ? 1 : 0);
  const parts = [
    done === 0
      ? "No step is finished yet."
      : `${count(done)} of ${steps.length} ${done === 1 ? "is" : "are"} finished; what ${done === 1 ? "it" : "they"} did stays.`,
    running && "The call that is being made is finished first, so what it creates stays too.",
    open > 0 && `${count(open)} ${open === 1 ? "is" : "are"} not started.`,
    "The stage can be run again later: what is already so is left alone.",
  ];
  return parts.filter((part) => part !== false).join(" ");
}
