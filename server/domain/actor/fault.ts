import { FAULTS_MAX } from "./limits.ts";

/** A row or field that is refused. `path` as in `actors.agt-one.ttl_hours` or `resource_manifests[0].resources[2].id`. */
export interface RegistryFault {
  path: string;
  /** Closed code, such as `ttl_out_of_bounds`. */
  reason: RegistryFaultReason;
  says: string;
}

export type RegistryFaultReason =
  | "not_readable"
  | "too_long"
  | "too_many"
  | "missing"
  | "wrong_kind"
  | "unknown_field"
  | "repeated"
  | "bad_name"
  | "bad_type"
  | "type_mismatch"
  | "name_prefix"
  | "bad_principal"
  | "no_principals"
  | "ttl_out_of_bounds"
  | "foreign_subject"
  | "no_subjects"
  | "dangling";

/** Collects faults up to a bound. */
export class Faults {
  readonly list: RegistryFault[] = [];

  add(path: string, reason: RegistryFaultReason, says: string): void {
    if (this.list.length < FAULTS_MAX) this.list.push({ path, reason, says });
  }
}
