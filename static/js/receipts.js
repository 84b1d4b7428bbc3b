/** What becomes of what the reader gave to others, told at their desk as it happens; the words are the server's. */

import { toast } from "./dialogs.js";

/** Tell of one frame. @param {{name: string, data: Record<string, any>}} frame */
export async function tell({ name, data }) {
  const url = name === "access.share_seen" ? `/shared/receipts/${data.share_id}/?person=${data.user_id}` : `/handouts/${data.handout_id}/receipt/`;
  const answer = await fetch(url, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  const said = answer?.status === 200 ? (await answer.text()).trim() : "";
  if (said) toast(said.slice(0, 300), { refused: name.endsWith("_failed") });
}
