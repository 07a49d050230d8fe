import {
  proposeEnrolSchema,
  proposeRevokeSchema,
  proposeRotateSchema,
} from "#server/domain/signed-operation/schema.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { signerEnrol } from "./enrol.ts";
import { signerRevoke } from "./revoke.ts";
import { signerRotate } from "./rotate.ts";

export const proposeEnrol = proposeVerb(signerEnrol, proposeEnrolSchema);
export const proposeRevoke = proposeVerb(signerRevoke, proposeRevokeSchema);
export const proposeRotate = proposeVerb(signerRotate, proposeRotateSchema);
