// The words of the page, in English and French.

const ENGLISH = {
  task: "Annotation task (id)",
  key: "API key",
  kept: "Kept in this tab until you close it, and sent to this service only.",
  coder: "Code for somebody else (name; takes the scope admin)",
  begin: "Begin",
  many: "Which codes does the marked passage carry?",
  one: "Which code fits the marked passage best?",
  note: "Note (optional)",
  save: "save",
  none: "none of these",
  cannotTell: "cannot tell",
  undo: "undo",
  reload: "next item",
  includes: "Also",
  excludes: "Not",
  yes: "Yes",
  no: "No",
  examples: "Examples",
  choose: "Choose a code, or say none of these (n) or cannot tell (?).",
  undone: "The last answer was taken back.",
  finished: "Everything is answered. Thank you!",
  waiting: "The items that are left are open in another tab; they come back here in a while (r asks again).",
  progress: (done, left) => `${done} answered, ${left} left`,
  away: "The service does not answer. Your answer is still here: try again.",
};
const FRENCH = {
  task: "Tâche d’annotation (identifiant)",
  key: "Clé d’API",
  kept: "Gardée dans cet onglet jusqu’à sa fermeture, et envoyée à ce service seulement.",
  coder: "Coder pour quelqu’un d’autre (nom ; demande le droit admin)",
  begin: "Commencer",
  many: "Quels codes le passage surligné porte-t-il ?",
  one: "Quel code convient le mieux au passage surligné ?",
  note: "Remarque (facultative)",
  save: "enregistrer",
  none: "aucun de ceux-ci",
  cannotTell: "indécidable",
  undo: "annuler",
  reload: "élément suivant",
  includes: "Aussi",
  excludes: "Pas",
  yes: "Oui",
  no: "Non",
  examples: "Exemples",
  choose: "Choisissez un code, ou bien aucun de ceux-ci (n) ou indécidable (?).",
  undone: "La dernière réponse est retirée.",
  finished: "Tout est répondu. Merci !",
  waiting: "Les éléments restants sont ouverts dans un autre onglet ; ils reviendront ici (r redemande).",
  progress: (done, left) => `${done} répondus, ${left} restants`,
  away: "Le service ne répond pas. Votre réponse est toujours là : réessayez.",
};

/** The words for the languages that a browser prefers. */
export function wordsFor(languages) {
  const first = languages.find((language) => /^(en|fr)/.test(language)) ?? "en";
  return first.startsWith("fr") ? { language: "fr", ...FRENCH } : { language: "en", ...ENGLISH };
}
