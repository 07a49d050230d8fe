/** An answer Neutron gives instead of a result; thrown before anything is changed. */
export class NeutronFault extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export function badRequest(message: string): NeutronFault {
  return new NeutronFault(400, "HTTPBadRequest", message);
}

/** A refused value as a message shows it. */
export function shownValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

export function invalidInput(message: string): NeutronFault {
  return new NeutronFault(400, "InvalidInput", `Invalid input for operation: ${message}.`);
}

export function badRouterRequest(reason: string): NeutronFault {
  return new NeutronFault(400, "BadRequest", `Bad router request: ${reason}.`);
}

export function networkNotFound(id: string): NeutronFault {
  return new NeutronFault(404, "NetworkNotFound", `Network ${id} could not be found.`);
}

export function subnetNotFound(id: string): NeutronFault {
  return new NeutronFault(404, "SubnetNotFound", `Subnet ${id} could not be found.`);
}

// Neutron's own sentence ends without a full stop here (recorded).
export function routerNotFound(id: string): NeutronFault {
  return new NeutronFault(404, "RouterNotFound", `Router ${id} could not be found`);
}

export function portNotFound(id: string): NeutronFault {
  return new NeutronFault(404, "PortNotFound", `Port ${id} could not be found.`);
}

export function floatingIpNotFound(id: string): NeutronFault {
  return new NeutronFault(404, "FloatingIPNotFound", `Floating IP ${id} could not be found`);
}

/** `attributes` are those whose own rule was asked beside the action's. */
export function policyDenied(action: string, attributes: readonly string[] = []): NeutronFault {
  const rules = [`rule:${action}`, ...attributes.map((attribute) => `rule:${action}:${attribute}`)];
  const text = rules.length === 1 ? rules.join("") : `(${rules.join(" and ")})`;
  return new NeutronFault(403, "PolicyNotAuthorized", `${text} is disallowed by policy`);
}

export function overQuota(resource: string): NeutronFault {
  return new NeutronFault(409, "OverQuota", `Quota exceeded for resources: ['${resource}'].`);
}

export function noAddressLeft(networkId: string): NeutronFault {
  return new NeutronFault(
    409,
    "IpAddressGenerationFailure",
    `No more IP addresses available on network ${networkId}.`,
  );
}
