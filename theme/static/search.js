// Asks the index that Pagefind made of this site. Only the search page loads it. The form is a plain one:
// what is asked stands in the page's address. What is found are people's words, and stays text.
(async () => {
  "use strict";
  const form = document.querySelector("#search");
  const said = document.querySelector("#search-said");
  const list = document.querySelector("#search-found");
  const more = document.querySelector("#search-more");
  const { dataset: say } = form;
  const asked = new URL(location.href).searchParams;
  const words = (asked.get("q") ?? "").trim();
  const lang = document.documentElement.lang;
  const AT_ONCE = 10;

  form.hidden = false;
  form.elements.q.value = words;
  const choices = [form.elements.kind, form.elements.phase];
  for (const each of choices) {
    each.value = asked.get(each.name) ?? "";
    if (each.selectedIndex < 0) each.value = "";
  }
  if (!words) return form.elements.q.focus();
  document.title = `${words} · ${document.title}`;
  for (const link of document.querySelectorAll(".search-elsewhere a, .top a[hreflang]")) link.search = location.search;

  const element = (name, content, kind) => {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    made.append(content);
    return made;
  };

  // Pagefind escapes < and >, and marks what was found.
  const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  const excerpt = (html) => {
    const line = element("p", "", "words");
    line.dir = "auto";
    html.split(/<\/?mark>/).forEach((part, at) => line.append(at % 2 ? element("mark", plain(part)) : plain(part)));
    return line;
  };

  const about = ({ kind, by, of, title, phase, date }) => {
    const parts = [];
    if (kind) parts.push(((by && say[kind]) || say[`${kind}Alone`] || "").replace("{name}", () => by));
    if (of && title) parts.push(of);
    const name = [...form.elements.phase.options].find((each) => phase && each.value === phase);
    if (name) parts.push(name.text);
    if (date) parts.push(new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "long", timeZone: "UTC" }).format(new Date(date)));
    return parts.join(" · ");
  };

  const shown = ({ url, excerpt: html, meta }) => {
    const item = document.createElement("li");
    const link = element("a", meta.title ?? meta.of ?? url);
    link.href = url;
    link.dir = "auto";
    item.append(element("h2", link));
    const line = about(meta);
    if (line) item.append(element("p", line, "small"));
    item.append(html.includes("<mark>") || !meta.summary ? excerpt(html) : element("p", meta.summary, "words"));
    return item;
  };

  const tell = (text) => (said.textContent = text);

  try {
    tell(say.searching);
    const pagefind = await import(new URL(say.index, location.href) + "pagefind.js");
    const metaWeights = { title: 5, summary: 1, by: 1, of: 0, kind: 0, phase: 0, date: 0 };
    await pagefind.options({ noWorker: true, excerptLength: 32, ranking: { metaWeights } });
    const filters = Object.fromEntries(choices.filter((each) => each.value).map((each) => [each.name, each.value]));
    // A score of nothing: the words are only in the name of the page that a comment stands on.
    const results = (await pagefind.search(words, { filters })).results.filter((each) => each.score > 0);
    const counted = results.length === 0 ? say.none : results.length === 1 ? say.one : say.many.replace("{n}", results.length.toLocaleString(lang));

    const show = async () => {
      const from = list.children.length;
      const next = results.splice(0, AT_ONCE);
      // What was taken back since the index was made is not there any more.
      const found = (await Promise.allSettled(next.map((each) => each.data()))).filter((each) => each.value);
      list.append(...found.map((each) => shown(each.value)));
      more.hidden = !results.length;
      return list.children[from]?.querySelector("a");
    };
    more.addEventListener("click", async () => (await show())?.focus());
    await show();
    tell(counted);
  } catch (error) {
    console.warn(error);
    tell(say.failed);
  }
  for (const each of document.querySelectorAll(".search-elsewhere")) each.hidden = false;
})();
