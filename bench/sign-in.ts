import { demoPerson } from "#server/demo/console.ts";
import { signIn } from "#server/demo/api-client.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const ROUNDS = 20;

/** From sending the password to the board's data, as the server answers them one after the other. */
export async function measureSignInToBoard(bench: Bench): Promise<Figure> {
  const person = demoPerson(bench.dataDir, "Mara Manager");
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    const visitor = await signIn(bench.origin, person);
    await fetch(`${bench.origin}/tenants`, { headers: { cookie: visitor.cookie } }).then((page) =>
      page.text(),
    );
    samples.push(performance.now() - begun);
  }
  return {
    name: "sign-in to board, p95",
    measured: percentile(samples, 0.95),
    bound: 1000,
    unit: "ms",
    note: `p50 ${percentile(samples, 0.5).toFixed(0)} ms; most of it is the password hash`,
  };
}
