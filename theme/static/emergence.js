// Makes nicer what works without it: answering in place, sending without leaving the page, a preview,
// a draft that outlives a closed tab, folded threads that open for an anchor. When anything goes
// wrong, the form is sent as a browser would send it, to the service's own page.
(() => {
  "use strict";
  const find = (selector, within = document) => within.querySelector(selector);
  const depth = (entry) => Number(/\bd(\d)\b/.exec(entry.className)?.[1] ?? 0);

  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details:not([open])");
    if (folded) {
      folded.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);
  reveal();

  // Where a comment stands: after all that answers the same, under its update, or by itself.
  const put = (entry, comment) => {
    const parent = comment.parent && document.getElementById(`c-${comment.parent}`);
    const update = comment.update && document.getElementById(`u-${comment.update}`);
    entry.classList.add(`d${parent ? Math.min(depth(parent) + 1, 4) : 0}`);
    if (parent) {
      let last = parent;
      while (last.nextElementSibling?.matches(".entry") && depth(last.nextElementSibling) > depth(parent)) last = last.nextElementSibling;
      last.after(entry);
    } else if (update) {
      update.closest(".thread").append(entry);
    } else {
      const thread = document.createElement("div");
      thread.className = "thread";
      thread.append(entry);
      find(".threads").append(thread);
    }
  };

  // newer.js, on pages that are not on the service's own host, has comments put in their place too.
  document.addEventListener("put", ({ detail }) => put(detail.entry, detail.comment));

  const written = find("#write");
  if (!written) return;
  const service = written.action.replace(/\/-\/o\/.*$/, "");
  const slug = written.dataset.slug;
  const say = find(".answers", written).dataset;

  // What was typed stays in this tab until it is sent.
  const store = (() => {
    try {
      return window.sessionStorage;
    } catch {
      return { getItem: () => null, setItem() {}, removeItem() {} };
    }
  })();
  const field = (form, name) => form.elements.namedItem(name);
  const draft = (form) => `draft ${slug} ${field(form, "answer").value}${field(form, "update").value}`;
  const keep = (key, text) => {
    try {
      if (text) store.setItem(key, text);
      else store.removeItem(key);
    } catch { /* a full store keeps no draft */ }
  };
  const restore = (form) => {
    const text = field(form, "text");
    text.value ||= store.getItem(draft(form)) ?? "";
  };
  const sent = store.getItem("sent");
  if (sent && location.hash.startsWith("#c-")) keep(sent, "");
  keep("sent", "");
  restore(written);
  document.addEventListener("input", ({ target }) => {
    if (target.name === "text" && target.form?.matches(".write")) keep(draft(target.form), target.value);
  });

  const ask = (path, body) =>
    fetch(`${service}/api/v1/${path}`, {
      method: body ? "POST" : "GET",
      credentials: "include",
      headers: { accept: "application/json", "accept-language": document.documentElement.lang, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    });

  const tell = (form, message, kind = "") => {
    const box = find(".answers", form);
    box.replaceChildren();
    if (!message) return;
    const line = document.createElement("p");
    line.className = kind === "error" ? "error" : "notice";
    line.textContent = message;
    box.append(line);
  };

  // Somebody who came by a personal link need not say who they are.
  let me;
  document.addEventListener("focusin", async ({ target }) => {
    if (me !== undefined || !target.form?.matches(".write")) return;
    me = null;
    try {
      const answer = await ask("me");
      const found = answer.ok && (await answer.json());
      me = (found && (found.person ?? found)) || null;
    } catch { /* the fields stay */ }
    if (me?.name) document.querySelectorAll(".write .stranger").forEach((fields) => (fields.hidden = true));
  });

  const submitPlainly = (form) => {
    keep("sent", draft(form));
    const what = document.createElement("input");
    what.type = "hidden";
    what.name = "do";
    what.value = "send";
    form.append(what);
    HTMLFormElement.prototype.submit.call(form);
  };

  const place = (comment) => {
    const entry = find("#new-comment").content.firstElementChild.cloneNode(true);
    const known = find(`[data-person="${CSS.escape(comment.author ?? "")}"]`);
    const name = (known && find(".name", known).textContent.trim()) || (me?.id === comment.author && me?.name) || say.you;
    entry.id = `c-${comment.id}`;
    find(".author", entry).textContent = name;
    find(".face", entry).textContent = known ? find(".face", known).textContent : name.slice(0, 1);
    find(".text", entry).innerHTML = comment.html; // sanitised by the service, as on the page itself
    find(".permalink", entry).href = `#${entry.id}`;
    find(".edit", entry).href = `${service}/-/c/${comment.id}/edit`;
    find(".withdraw", entry).href = `${service}/-/c/${comment.id}/withdraw`;
    put(entry, comment);
    entry.focus({ preventScroll: true });
    entry.scrollIntoView({ block: "center" });
  };

  const send = async (form) => {
    const body = {};
    for (const [name, value] of new FormData(form)) if (value && name !== "do") body[name] = value;
    tell(form, say.sending);
    form.setAttribute("aria-busy", "true");
    let answer, news;
    try {
      answer = await ask(`opportunities/${encodeURIComponent(slug)}/comments`, body);
      news = await answer.json();
    } catch {
      return submitPlainly(form);
    } finally {
      form.removeAttribute("aria-busy");
    }
    if (answer.status === 401 || answer.status === 403) return submitPlainly(form);
    if (!answer.ok) {
      tell(form, news.error?.message ?? say.error, "error");
      const wrong = news.error?.field && field(form, news.error.field);
      wrong?.setAttribute?.("aria-invalid", "true");
      return (wrong?.focus ? wrong : field(form, "text")).focus();
    }
    keep(draft(form), "");
    field(form, "text").value = "";
    tell(form, "");
    if (answer.status === 201) {
      place(news.comment);
      if (form !== written) form.remove();
    } else tell(form, news.message);
  };

  const preview = async (form) => {
    try {
      const answer = await ask("preview", { text: field(form, "text").value });
      const news = await answer.json();
      if (!answer.ok) return tell(form, news.error?.message ?? say.error, "error");
      const sheet = document.createElement("div");
      sheet.className = "letter";
      sheet.innerHTML = news.html;
      find(".answers", form).replaceChildren(sheet);
    } catch {
      tell(form, say.error, "error");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".write")) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy")) return;
    form.querySelectorAll("[aria-invalid]").forEach((each) => each.removeAttribute("aria-invalid"));
    if (event.submitter?.value === "preview") preview(form);
    else send(form);
  });

  // A copy of the form at the end, under the words that it answers.
  const answerHere = (link) => {
    const asked = new URL(link.href).searchParams;
    const key = asked.get("answer") ?? asked.get("update");
    const form = written.cloneNode(true);
    form.id = `write-${key}`;
    for (const each of form.querySelectorAll("[id]")) {
      form.querySelectorAll(`[for="${each.id}"]`).forEach((label) => (label.htmlFor += `-${key}`));
      form.querySelectorAll(`[aria-describedby="${each.id}"]`).forEach((user) => user.setAttribute("aria-describedby", `${each.id}-${key}`));
      each.id += `-${key}`;
    }
    form.querySelectorAll(".intro, [name=website]").forEach((each) => (each.matches(".intro") ? each.remove() : (each.value = "")));
    find("label", form).textContent = say.answer;
    field(form, "text").value = "";
    field(form, "answer").value = asked.get("answer") ?? "";
    field(form, "update").value = asked.get("update") ?? "";
    tell(form, "");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button quiet";
    close.textContent = say.close;
    close.addEventListener("click", () => {
      form.remove();
      link.focus();
    });
    find(".actions", form).append(close);
    link.closest("footer").after(form);
    restore(form);
    field(form, "text").focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.answer");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const open = find("form", link.closest(".entry"));
    if (open) find("textarea", open).focus();
    else answerHere(link);
  });
})();
