import type { Db } from "#db/client.ts";
import { refusals } from "#server/domain/ssh-certificate/answer.ts";
import {
  BEGINS_EARLIER_SECONDS,
  checkEngineCertificate,
  type WantedCertificate,
} from "#server/domain/ssh-certificate/engine.ts";
import type { Engine } from "#server/domain/ssh-certificate/schema.ts";
import { readUserKey } from "#server/domain/ssh-certificate/user-key.ts";
import { log } from "#server/log.ts";
import type { Sealer } from "../sealing.ts";
import type { Signed, ToSign } from "./certificate-parts.ts";
import { askSignature, type EngineFault } from "./engine-call.ts";
import { openEngine } from "./engine-token.ts";

/**
 * Has an engine sign, and looks at what it signed as if anybody had: the key, the names, the times and the authority are
 * exactly the ones that were asked for, or nothing is given out.
 */
export async function signByEngine(
  parts: { db: Db; sealer: Sealer },
  authority: { id: string; publicKey: string; engine: Engine },
  { key, keyLine, actorType, content: asked }: ToSign,
): Promise<Signed> {
  const { engine } = authority;
  const open = await openEngine(parts.db, parts.sealer, engine);
  if ("code" in open) return refused(open, engine);
  const wanted: WantedCertificate = {
    key,
    keyId: asked.keyId,
    principals: asked.principals,
    extensions: asked.extensions,
    validSeconds: asked.validBefore - asked.validAfter,
  };
  const signed = await askSignature(open, { role: engine.roles[actorType], wanted, line: keyLine });
  if (signed.kind === "none") return refused(signed, engine);
  const pinned = readUserKey(authority.publicKey);
  if (pinned.kind === "refused") return { kind: "refused", refusal: refusals.noAuthority() };
  const checked = checkEngineCertificate(signed.value, wanted, {
    caKey: pinned.key,
    now: asked.validAfter + BEGINS_EARLIER_SECONDS,
  });
  if (checked.kind === "refused") {
    return refused({ kind: "none", code: "engine_answer", says: checked.says }, engine);
  }
  return { kind: "signed", authorityId: authority.id, content: checked.value, line: signed.value.line };
}

function refused({ code, says }: EngineFault, { addr, mount }: Engine): Signed {
  log.warn({ code, says, addr, mount }, "an SSH engine signed nothing that can be given out");
  return { kind: "refused", refusal: refusals.engine(code, says) };
}
