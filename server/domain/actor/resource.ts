/** The kind of thing that a signing question is about, and the system that it belongs to. */
export const CERTIFICATE_TYPE = "ssh-certificate";
export const CERTIFICATE_SYSTEM = "ops-warden";
const PREFIX = "ssh-cert:actor/";

/** The id under which an actor's certificates are asked about. */
export const resourceOfActor = (name: string): string => `${PREFIX}${name}`;

/** The actor that an id is about; the whole id where it is about none, so that a fault can show it. */
export function actorOfResource(id: string): string {
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id;
}
