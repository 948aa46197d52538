// The strings and the form token that the page carries.
const words = JSON.parse(document.body.dataset.words);

export const csrf = document.body.dataset.csrf;

export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
