// Copies a part as rich and plain text together; from file:// and in old browsers by a copy event.
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
      document.execCommand("copy");
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
    const waiting = [...document.querySelectorAll("button[data-leads]")].filter((b) => !b.closest("[data-part].done"));
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
      if ((await byClipboard(part)) || byEvent(part, near)) {
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
  showNext();
})();
