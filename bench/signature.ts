import { generateKeyPairSync, sign, verify } from "node:crypto";
import { verifySignedOperation } from "#server/domain/signed-operation/verify.ts";
import { readArmor } from "#server/domain/sshsig/armor.ts";
import { readBlob, signedData } from "#server/domain/sshsig/blob.ts";
import { readPublicKey } from "#server/domain/sshsig/public-key.ts";
import { requireSignature } from "#server/domain/sshsig/signature.ts";
import { ed25519Signer, NAMESPACE } from "#server/testing/ssh-signer.ts";
import { bytesOf, sampleOperation, signerOf } from "#server/testing/signed-operations.ts";
import { type Figure, percentile } from "./figure.ts";

const ROUNDS = 2_000;
const SIGNERS = 50;
const MEBIBYTE = 1_048_576;

/** What a signed operation costs: the whole pipeline, its mathematics beside node:crypto alone, and garbage. */
export async function measureSignatures(): Promise<Figure[]> {
  const signer = ed25519Signer();
  const message = bytesOf(sampleOperation());
  const armored = signer.sign(message);
  const signers = [...Array.from({ length: SIGNERS - 1 }, ed25519Signer), signer].map(({ line }) =>
    signerOf(line),
  );
  const given = {
    message,
    namespace: NAMESPACE,
    signers,
    hostId: "cloud-1",
    now: new Date("2030-01-15T12:05:00Z"),
  };

  const whole = await samples(async () => {
    const { kind } = await verifySignedOperation({ ...given, armored });
    if (kind !== "verified") throw new Error("The signature of the measurement is refused.");
  });
  const noise = "A".repeat(MEBIBYTE);
  const garbage = await samples(() => verifySignedOperation({ ...given, armored: noise }));
  const { ours, raw } = await measureMathematics(readBlob(readArmor(armored)), message);
  return [
    {
      name: "signed operation verified, p99",
      measured: percentile(whole, 0.99),
      bound: 5,
      unit: "ms",
      note: `p50 ${micro(percentile(whole, 0.5))} among ${SIGNERS} signers`,
    },
    {
      name: "its ed25519 beside node:crypto",
      measured: (ours / raw) * 100,
      bound: 200,
      unit: "%",
      note: `p50 ${micro(ours)}, alone ${micro(raw)}, ratio ${(raw / ours).toFixed(2)}`,
    },
    {
      name: "1 MiB of garbage refused, p99",
      measured: percentile(garbage, 0.99),
      bound: 10,
      unit: "ms",
      note: `p50 ${micro(percentile(garbage, 0.5))}`,
    },
  ];
}

/** Median times of our check of one signature, from the key's bytes on, and of the bare function with a ready key. */
async function measureMathematics(blob: ReturnType<typeof readBlob>, message: Buffer) {
  const policy = { requiresVerification: false, origins: [] };
  const key = readPublicKey(blob.publicKey);
  const data = signedData(message, blob);
  const pair = generateKeyPairSync("ed25519");
  const signature = sign(null, data, pair.privateKey);
  const ours = await samples(() => requireSignature(key, blob.signature, { data, policy }));
  const raw = await samples(() => verify(null, data, pair.publicKey, signature));
  return { ours: percentile(ours, 0.5), raw: percentile(raw, 0.5) };
}

async function samples(work: () => unknown): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS * 1.1; round += 1) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  // The first rounds warm up.
  return times.slice(ROUNDS * 0.1);
}

const micro = (milliseconds: number) => `${(milliseconds * 1000).toFixed(0)} us`;
