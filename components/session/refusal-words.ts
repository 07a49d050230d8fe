type Words = { title: string; next: string };

const REFUSALS: Readonly<Record<string, Words>> = {
  refused: {
    title: "The e-mail address or the password is not right.",
    next: "You are not signed in. Check both and try again; an admin can give you a new password.",
  },
  throttled: {
    title: "Too many sign-ins have failed in a row.",
    next: "The password was not looked at. Wait a quarter of an hour, then try again.",
  },
  no_person: {
    title: "No person of this console has that identity.",
    next: "You are not signed in. Ask an admin to add you with the e-mail address of your account.",
  },
  other_person: {
    title: "That is another person than the one who is signed in.",
    next: "Nothing was changed. Go back and sign in at the identity provider as yourself.",
  },
  old_proof: {
    title: "The identity provider did not ask again who is there.",
    next: "Nothing was changed. Go back and try again; it has to ask for your sign-in each time.",
  },
  AccessDenied: {
    title: "The identity provider did not let you in.",
    next: "You are not signed in. Try again, or ask whoever runs the identity provider.",
  },
};

const UNCLEAR: Words = {
  title: "The sign-in could not be checked.",
  next: "You are not signed in. Try again in a moment; if it happens again, tell an admin when it happened.",
};

/** Words for the reason that a sign-in was refused for. Single sign-on reports its refusals as `Callback`. */
export function refusalWords(reason: string): Words {
  if (reason === "Callback") return REFUSALS["no_person"] ?? UNCLEAR;
  return REFUSALS[reason] ?? UNCLEAR;
}
