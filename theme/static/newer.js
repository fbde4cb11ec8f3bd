// A page on another host than the service's is as old as its build. Once it has been read in, this asks
// the service for what was said since, puts it in its place and says so in one line; nothing scrolls.
(() => {
  "use strict";
  const find = (selector, within = document) => within.querySelector(selector);
  const byId = (id) => document.getElementById(id);
  const make = (tag, values) => Object.assign(document.createElement(tag), values);
  const line = find("#newer");
  const words = line.dataset;
  const lang = document.documentElement.lang;

  const filled = (text, ...values) => text.replaceAll("{}", () => values.shift());
  const link = (text, href) => make("a", { textContent: text, href });
  const comments = (count) => filled(count === 1 ? words.comment : words.comments, count);
  const day = (time) => {
    const date = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "long", timeZone: words.zone });
    const said = date.format(new Date(time));
    return lang === "fr" ? said.replace(/^1 /, "1er ") : said;
  };
  const textOf = (entry) => find(":scope > .text", entry);
  const isShown = (comment) => comment.state === "published";

  const markEdited = (entry, comment) => {
    const at = find(".meta > span > a", entry)?.parentElement;
    if (!at || !comment.edited) return;
    at.nextElementSibling?.remove();
    at.after(" ", make("span", { textContent: `· ${words.edited} ${day(comment.edited)}` }));
  };

  // The comment as the static page has it, but for what the page alone knows of its author.
  const compose = (comment) => {
    const entry = find("#newer-comment").content.firstElementChild.cloneNode(true);
    entry.id = `c-${comment.id}`;
    const permalink = find(".permalink", entry);
    permalink.href = `#${entry.id}`;
    Object.assign(find("time", permalink), { dateTime: comment.written, textContent: day(comment.written) });
    if (!isShown(comment)) {
      const gone = make("p", { className: "gone" });
      gone.append(`${words[comment.state]} · `, permalink);
      entry.replaceChildren(gone);
      return entry;
    }
    const name = comment.author?.name ?? words.nobody;
    const known = comment.author && find(`[data-person="${CSS.escape(comment.author.id)}"] .face`);
    Object.assign(find(".face", entry), { className: known?.className ?? "face", textContent: comment.author?.initials ?? "" });
    find(".author", entry).textContent = comment.introduces ? filled(words.introduces, name, comment.introduces) : name;
    textOf(entry).innerHTML = comment.html; // sanitised by the service, as on the page itself
    const answer = find(".answer", entry);
    if (answer) {
      answer.href += comment.id;
      find(".whom", answer).textContent = name;
    }
    markEdited(entry, comment);
    return entry;
  };

  // Shows an entry of the page as it is now; tells whether it was otherwise.
  const renew = (entry, comment) => {
    const text = textOf(entry);
    if (!text && !isShown(comment)) return false;
    const now = compose(comment);
    if (!text || !isShown(comment)) {
      const thread = entry.closest("details.thread");
      const isFirst = thread && find(".entry", thread) === entry; // whose words head the folded thread
      if (isFirst && !isShown(comment)) find("summary .first", thread)?.replaceChildren(words[comment.state]);
      now.className = entry.className;
      now.append(...entry.querySelectorAll("form")); // of a reader who is answering
      entry.replaceWith(now);
      return true;
    }
    const same = text.innerHTML === textOf(now).innerHTML;
    if (!same) text.innerHTML = comment.html;
    markEdited(entry, comment);
    if (comment.author) return !same;
    find(".face", entry).textContent = "";
    find(".author", entry).replaceWith(find(".author", now));
    return true;
  };

  const tellCounts = (count, last) => {
    const spoken = find("#spoken");
    if (!spoken || !count) return;
    const lastly = last ? `· ${filled(words.last, day(last))}` : spoken.children[1]?.textContent;
    spoken.className = "small dots";
    spoken.replaceChildren(make("span", { textContent: comments(count) }), " ", make("span", { textContent: lastly }));
    for (const thread of document.querySelectorAll("details.thread")) {
      const number = thread.querySelectorAll(".entry:not(.update)").length;
      const many = find("summary .many", thread) ?? make("span", { className: "many" });
      if (!number || many.textContent.match(/\d+/)?.[0] === `${number}`) continue;
      many.classList.remove("lone");
      many.replaceChildren(make("span", { className: "dot", textContent: "· " }), comments(number));
      if (!many.isConnected) find("summary .end", thread).prepend(many, " ");
    }
  };

  // Gives what the line says.
  const takeIn = (news) => {
    const waiting = new Map(news.comments.map((comment) => [comment.id, comment]));
    const fresh = [];
    let [count, last, mended] = [Number(words.spoken), "", false];
    const take = (comment) => {
      if (!waiting.delete(comment.id)) return;
      if (waiting.has(comment.parent)) take(waiting.get(comment.parent));
      const there = byId(`c-${comment.id}`);
      count += isShown(comment) - Boolean(there && textOf(there));
      if (there) mended = renew(there, comment) || mended;
      else if (comment.state !== "hidden") {
        const entry = compose(comment);
        document.dispatchEvent(new CustomEvent("put", { detail: { entry, comment } }));
        if (!isShown(comment)) return;
        fresh.push(entry);
        if (comment.written > last) last = comment.written;
      }
    };
    [...waiting.values()].forEach(take);
    tellCounts(count, last);
    const said = [];
    if (fresh.length) said.push(filled(fresh.length === 1 ? words.one : words.many, fresh.length), " ", link(words.first, `#${fresh[0].id}`));
    if (mended) said.push(said.length ? " · " : "", words.mended);
    if (news.more) said.push(said.length ? " · " : "", link(words.more, words.there));
    return said.length ? said : [words.nothing];
  };

  const look = async () => {
    const asked = () => byId(decodeURIComponent(location.hash.slice(1)));
    const isMissing = location.hash.startsWith("#c-") && !asked();
    try {
      const than = encodeURIComponent(find("#discussion").dataset.changed);
      const answer = await fetch(`${words.url}?than=${than}`, { credentials: "omit", cache: "no-cache", signal: AbortSignal.timeout(5000) });
      if (!answer.ok) throw new Error(`${answer.status}`);
      line.replaceChildren(...takeIn(await answer.json()));
    } catch {
      line.replaceChildren(`${words.failed} `, link(words.elsewhere, words.there));
    }
    if (!isMissing || !asked()) return;
    dispatchEvent(new Event("hashchange")); // a folded thread opens
    location.replace(location.hash); // as if it had been there from the beginning
  };
  const whenIdle = () => (window.requestIdleCallback ?? setTimeout)(look);
  if (document.readyState === "complete") whenIdle();
  else addEventListener("load", whenIdle);
})();
