import { ed25519Signer } from "#server/testing/ssh-signer.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const CERTIFICATES = 60;
const WARM_UP = 10;
/** One person may send ten changes a second; the measurement stays below. */
const PACE_MS = 120;

/** From asking for a certificate to having it, over the API: two requests, the decision, the runner's signature. */
export async function measureCertificates({ operator }: Bench): Promise<Figure> {
  const { actors } = await operator.api.certificates.list.query({});
  const actor = actors.find(({ type }) => type !== "adm");
  if (!actor) throw new Error("The measured console has an actor that an operator signs for.");
  const { line: publicKey } = ed25519Signer();
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + CERTIFICATES; n += 1) {
    const begun = performance.now();
    const asked = await operator.api.certificates.request.mutate({
      actor: actor.name,
      publicKey,
      ttlHours: 1,
    });
    const answer = await operator.api.certificates.answer.query({ requestId: asked.requestId });
    const took = performance.now() - begun;
    if (answer.kind !== "signed") throw new Error(answer.says);
    if (n >= WARM_UP) times.push(took);
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  return {
    name: "certificate, asked for to signed, p95",
    measured: percentile(times, 0.95),
    bound: 20,
    unit: "ms",
    note: `p50 ${percentile(times, 0.5).toFixed(1)} ms`,
  };
}
