// Copies a part as rich and plain text together: by a copy event, which keeps the markup to the letter and also works
// from file://; by the asynchronous clipboard where a browser has no such event any more.
(() => {
  const parts = JSON.parse(document.getElementById("parts").textContent);
  const said = document.getElementById("said");

  function byEvent(part, near) {
    let filled = false;
    const fill = (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (part.html) event.clipboardData.setData("text/html", part.html);
      event.clipboardData.setData("text/plain", part.plain);
      filled = true;
    };
    const selection = getSelection();
    selection.selectAllChildren(near);
    document.addEventListener("copy", fill, { capture: true, once: true });
    try {
      filled = document.execCommand("copy") && filled;
    } catch {
      filled = false;
    } finally {
      document.removeEventListener("copy", fill, { capture: true });
      selection.removeAllRanges();
    }
    return filled;
  }

  async function byClipboard(part) {
    if (!navigator.clipboard || !window.ClipboardItem) return false;
    const blobs = { "text/plain": new Blob([part.plain], { type: "text/plain" }) };
    if (part.html) blobs["text/html"] = new Blob([part.html], { type: "text/html" });
    try {
      await navigator.clipboard.write([new ClipboardItem(blobs)]);
      return true;
    } catch {
      return false;
    }
  }

  function showNext() {
    const leading = [...document.querySelectorAll("button[data-leads]")];
    const waiting = leading.filter((button) => !button.closest("[data-part].done, .again"));
    document.querySelectorAll("button.next").forEach((button) => button.classList.remove("next"));
    if (waiting.length) waiting[0].classList.add("next");
  }

  function markDone(button) {
    if (button.hasAttribute("data-leads") || button.hasAttribute("data-also")) {
      const part = button.closest("[data-part]");
      if (part) part.classList.add("done");
    }
    button.classList.add("done");
    button.textContent = "写した";
    showNext();
  }

  for (const button of document.querySelectorAll("button[data-copy]")) {
    const name = button.getAttribute("aria-label") || button.textContent;
    button.addEventListener("click", async () => {
      const part = parts[button.dataset.copy];
      const near = button.closest("[data-part]") || document.body;
      if (byEvent(part, near) || (await byClipboard(part))) {
        markDone(button);
        button.setAttribute("aria-label", "写した：" + name);
        said.textContent = "写しました：" + name;
      } else {
        const folded = near.querySelector("details");
        if (folded) folded.open = true;
        getSelection().selectAllChildren(near.querySelector("[data-whole]") || near);
        said.textContent = "写せませんでした。選ばれている文字を自分で写してください。";
        button.textContent = "選んだ文字を写す";
      }
    });
  }

  // the address of the post goes into the command; what follows # is no part of it, nor what follows ? where it says so
  const field = document.getElementById("url");
  const shown = document.getElementById("command");
  const command = parts.record.plain;
  function address() {
    const whole = field.value.trim().split("#")[0];
    if (!field.hasAttribute("data-query")) return whole.split("?")[0].replace(/[^\w:/.-]/g, "");
    const clean = whole.replace(/[^\w:/.?=&%~+@-]/g, "");
    return /[?&%~]/.test(clean) ? `"${clean}"` : clean;
  }
  if (field) {
    field.addEventListener("input", () => {
      const url = address();
      const named = / URL$/.test(command) ? command.replace(/ URL$/, "") : command;
      parts.record.plain = url ? `${named} ${url}` : command;
      shown.textContent = parts.record.plain;
    });
    field.closest("[hidden]").hidden = false;
  }
  showNext();
})();
