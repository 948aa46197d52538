// Whether a key belongs to a text that somebody is writing. 変換中 (IME composition) counts as writing:
// browsers tell it by isComposing or, for the key that ends it, by key code 229.
const TEXT = "textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit])";

export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

export function isTyping(event) {
  return isComposing(event) || Boolean(event.target.closest?.(TEXT));
}
