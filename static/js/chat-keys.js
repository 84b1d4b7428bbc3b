/** The keys of a room. */

import { onKey } from "./keys.js";

/** The room that has the focus, or the only one there is. @returns {any} */
const here = () => document.activeElement?.closest("city-chat") ?? document.querySelector("city-chat");

/* Where words are written, and nowhere else: Enter in the search searches, on a button it presses that button. */
onKey("chat_send", ({ target }) => {
  if (!(target instanceof HTMLTextAreaElement) || !target.closest(".chat-form")) return false;
  target.form?.requestSubmit();
  return true;
});
onKey("chat_order", () => here()?.composer.order(true));
for (const what of ["accept", "done", "got", "reply", "thread", "note", "task", "edit", "pin", "strike"]) onKey(`chat_${what}`, () => here()?.do(what) ?? false);
onKey("chat_next", () => here()?.step(1));
onKey("chat_previous", () => here()?.step(-1));
onKey("chat_unread", () => here()?.nextUnread());
onKey("chat_last", () => here()?.list.toEnd());
onKey("chat_write", () => here()?.composer.field.focus());
onKey("chat_find", () => here()?.finder.open());
onKey("chat_rooms", () => here()?.showRooms());
