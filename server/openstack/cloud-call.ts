import type { HttpMethod } from "./http-message.ts";

export type ServiceType =
  | "identity"
  | "compute"
  | "image"
  | "network"
  | "container-infra"
  | "load-balancer"
  | "block-storage"
  | "hypervisor";

export interface CloudRequest {
  readonly service: ServiceType;
  readonly method: HttpMethod;
  /**
   * After the service's version root (endpoints.ts), with its query: `/users?name=x`. Build it with
   * apiPath when any part of it is a value.
   */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are answers, not errors. Default: every 2xx. */
  readonly accept?: readonly number[];
}

export interface CloudResponse {
  readonly status: number;
  readonly body: unknown;
  readonly requestId: string | null;
  /** What was asked, for the error of a body that cannot be read. */
  readonly sent: { readonly method: HttpMethod; readonly url: string; readonly changes?: boolean };
}
