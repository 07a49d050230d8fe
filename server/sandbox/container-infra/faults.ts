/** An answer Magnum gives instead of a result; thrown before anything is changed. */
export class MagnumFault extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Magnum's error document: the title is the detail up to its first full stop, wherever that is. */
export function faultDocument(fault: MagnumFault): Record<string, unknown> {
  return {
    errors: [
      {
        request_id: "",
        code: fault.status < 500 ? "client" : "server",
        status: fault.status,
        title: fault.message.split(".")[0] ?? "",
        detail: fault.message,
        links: [],
      },
    ],
  };
}

export function invalidField(field: string, value: unknown, reason: string): MagnumFault {
  // A missing value is Python's None in the message.
  const shown = typeof value === "string" ? value : value === null ? "None" : JSON.stringify(value);
  return new MagnumFault(400, `Invalid input for field/attribute ${field}. Value: '${shown}'. ${reason}`);
}

export function policyDenied(action: string): MagnumFault {
  return new MagnumFault(403, `Policy doesn't allow ${action} to be performed.`);
}

export function templateNotFound(ident: string): MagnumFault {
  return new MagnumFault(404, `ClusterTemplate ${ident} could not be found.`);
}

export function clusterNotFound(ident: string): MagnumFault {
  return new MagnumFault(404, `Cluster ${ident} could not be found.`);
}

/** `kind` as Magnum words it: "clusters" and "cluster". */
export function nameNotUnique(kinds: string, kind: string): MagnumFault {
  return new MagnumFault(409, `Multiple ${kinds} exist with same name. Please use the ${kind} uuid instead.`);
}
