/** Every bound of the OpenStack client. Times in milliseconds, sizes in bytes. */
export interface HttpLimits {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly totalMs: number;
  readonly responseBytes: number;
  readonly connectionsPerOrigin: number;
  readonly keepAliveMs: number;
  readonly askedToWaitMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  // A control plane in the same building answers in milliseconds; ten seconds is a dead route.
  connectMs: 10_000,
  // HAProxy in front of OpenStack commonly gives up after 50 s; we outlast it so its 504 is seen.
  headersMs: 60_000,
  bodyMs: 30_000,
  totalMs: 120_000,
  // The largest answer read here is a list of images or assignments: tens of kilobytes per hundred rows.
  responseBytes: 8 * 1024 * 1024,
  // Lanes are per tenant; this bounds what one cloud sees of us at once.
  connectionsPerOrigin: 8,
  // Below the 5 s at which common servers close idle connections, so a read rarely meets a closed one.
  keepAliveMs: 4_000,
  // What rate limits in front of a cloud ask for is a few seconds; a person waits for a read.
  askedToWaitMs: 20_000,
};

/** What of an answer an error may quote: enough for one sentence of any OpenStack service. */
export const BODY_EXCERPT_CHARS = 600;
export const CLOUD_MESSAGE_CHARS = 300;

/** Only this much of an answer is searched for secrets before the excerpt is cut from it. */
export const REDACTION_INPUT_CHARS = 64 * 1024;

/** A clouds.yaml or a CA bundle; the largest public bundle is about 250 kB. */
export const CONFIG_FILE_BYTES = 1024 * 1024;
export const CA_FILE_BYTES = 1024 * 1024;

/** Renew this long before expiry, or after nine tenths of a short token's life, whichever is later. */
export const RENEW_BEFORE_EXPIRY_MS = 60_000;
export const RENEW_AFTER_FRACTION = 0.9;

/**
 * Keystone revokes by whole seconds: a token issued in the second of a password reset stays dead.
 * https://opendev.org/openstack/keystone/src/branch/stable/zed/keystone/models/revoke_model.py
 */
export const TOKEN_AFTER_RESET_MS = 1_100;
