/** Nobody administers themselves: said by the buttons and by the verbs. */
export const OWN_ACCOUNT = "Nobody disables themselves. Ask another admin.";
export const OWN_ROLES = "Nobody changes their own roles. Ask another admin.";
export const OWN_PASSKEYS = "Nobody has their own lost passkeys removed. Ask another admin.";
