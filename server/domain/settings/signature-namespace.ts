/** What operations are signed for unless the deployment says otherwise. */
export const DEFAULT_NAMESPACE = "countersign-op-v1";
