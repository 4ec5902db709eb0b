// The picture of access and the matrix of people and accounts. Everything else on the page works without this script.
"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const KIND = { business: "business", partner: "partner", team: "team", person: "person", service: "service account", asset: "account", group: "asset group" };
  const COLUMN = { business: 0, partner: 0, person: 1, service: 1, team: 2, group: 3, asset: 4 };
  const STATE = ["", "new", "lost"];
  const LEVEL = ["", "see", "edit", "money", "admin"];
  const MAX_PEOPLE = 200, MAX_OTHERS = 200; // boxes; more can't be told apart

  const nodes = data.nodes.map(([kind, label, sub], index) => ({ index, kind, label, sub, out: [], into: [] }));
  const edges = data.edges.map(([from, to, kind, state, label, place]) => ({ from, to, kind, state, label, place }));
  for (const edge of edges) {
    nodes[edge.from].out.push(edge);
    nodes[edge.to].into.push(edge);
  }
  const isPerson = (node) => node.kind === "person" || node.kind === "service";
  const isAsset = (node) => node.kind === "asset" || node.kind === "group";
  const access = new Map(); // by person: Map of asset to [before, after]
  const reached = new Map(); // by asset: list of people
  for (const [person, asset, before, after] of data.access) {
    if (!access.has(person)) access.set(person, new Map());
    access.get(person).set(asset, [before, after]);
    if (!reached.has(asset)) reached.set(asset, []);
    reached.get(asset).push(person);
  }
  const changed = (pair) => pair[0] !== pair[1];

  // ---- small things
  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties || {});
    for (const child of children.flat()) if (child !== null && child !== undefined) made.append(child);
    return made;
  }
  const $ = (id) => document.getElementById(id);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  const words = (set) => data.sets[set].map((at) => data.capabilities[at]);
  const minus = (a, b) => { const without = new Set(data.sets[b]); return data.sets[a].filter((at) => !without.has(at)).map((at) => data.capabilities[at]); };

  // ---- paths from a person to an asset: own grants, teams, and businesses they work in; each perhaps through groups
  function around(asset) { // chains of groups down to the asset, the asset itself first
    const chains = [[]], seen = new Set([asset]);
    let front = [[asset, []]];
    while (front.length > 0) {
      const next = [];
      for (const [at, chain] of front) for (const edge of nodes[at].into) {
        if (edge.kind !== "contains" || seen.has(edge.from)) continue;
        seen.add(edge.from);
        const longer = [edge, ...chain];
        chains.push(longer);
        next.push([edge.from, longer]);
      }
      front = next;
    }
    return chains;
  }
  function paths(person, asset) {
    const found = [];
    for (const chain of around(asset)) {
      const target = chain.length > 0 ? chain[0].from : asset;
      for (const edge of nodes[person].out) {
        if (edge.kind === "grant" && edge.to === target) found.push([edge, ...chain]);
        if (edge.kind === "in-team" || edge.kind === "member") {
          const second = edge.kind === "in-team" ? "team-grant" : "share";
          if (edge.kind === "member" && nodes[edge.to].kind !== "partner") continue;
          for (const grant of nodes[edge.to].out) if (grant.kind === second && grant.to === target) found.push([edge, grant, ...chain]);
        }
      }
    }
    return found;
  }
  const pathState = (path) => path.some((edge) => edge.state === 2) ? 2 : path.some((edge) => edge.state === 1) ? 1 : 0;

  // ---- what is drawn
  let view = { mode: edges.some((edge) => edge.state !== 0) ? "changes" : "all", node: null };
  let cy = null;

  function chosen() {
    const keep = new Set();
    if (view.mode === "focus") {
      const node = nodes[view.node];
      keep.add(node.index);
      const follow = (list, end) => { for (const edge of list) keep.add(edge[end]); };
      if (isPerson(node)) {
        follow(node.out, "to");
        for (const [asset] of access.get(node.index) || []) for (const path of paths(node.index, asset)) for (const edge of path) { keep.add(edge.from); keep.add(edge.to); }
      } else if (isAsset(node)) {
        const who = new Set(reached.get(node.index) || []);
        for (const chain of around(node.index)) {
          for (const edge of chain) keep.add(edge.from);
          const target = chain.length > 0 ? chain[0].from : node.index;
          for (const edge of nodes[target].into) {
            keep.add(edge.from);
            if (edge.kind === "team-grant" || edge.kind === "share") for (const inner of nodes[edge.from].into) if (who.has(inner.from)) keep.add(inner.from);
          }
        }
        follow(node.out.filter((edge) => edge.kind === "contains"), "to");
      } else {
        follow(node.out, "to");
        follow(node.into, "from");
      }
    } else if (view.mode === "changes") {
      for (const edge of edges) if (edge.state !== 0) { keep.add(edge.from); keep.add(edge.to); }
      for (const index of [...keep]) for (const edge of nodes[index].out) if (edge.kind === "team-grant" || edge.kind === "in-team") keep.add(edge.to);
    } else {
      for (const node of nodes) keep.add(node.index);
    }
    return keep;
  }

  // People with exactly the same edges become one node; what is still too much is left out and counted.
  function drawing() {
    const keep = chosen();
    const drawn = edges.filter((edge) => keep.has(edge.from) && keep.has(edge.to));
    const outs = new Map();
    for (const edge of drawn) { if (!outs.has(edge.from)) outs.set(edge.from, []); outs.get(edge.from).push(edge); }
    const people = [...keep].filter((index) => isPerson(nodes[index]));
    const bundles = new Map(), of = new Map();
    for (const index of people) {
      const own = view.mode === "focus" && index === view.node;
      const signature = own ? `own ${index}` : nodes[index].kind + (outs.get(index) || []).map((edge) => `${edge.to},${edge.kind},${edge.state},${edge.label}`).sort().join(";");
      if (!bundles.has(signature)) bundles.set(signature, []);
      bundles.get(signature).push(index);
    }
    const changes = (index) => nodes[index].out.some((edge) => edge.state !== 0) || nodes[index].into.some((edge) => edge.state !== 0);
    const weight = (list) => (list.includes(view.node) ? 1e9 : 0) + (list.some(changes) ? 1e6 : 0);
    const most = (all, most, size) => all.sort((a, b) => weight(b) - weight(a) || size(b) - size(a) || a[0] - b[0]).splice(most).flat().length;
    const lists = [...bundles.values()];
    const others = [...keep].filter((index) => !isPerson(nodes[index])).map((index) => [index]);
    const left = {
      people: most(lists, MAX_PEOPLE, (list) => list.length),
      others: most(others, MAX_OTHERS, ([index]) => nodes[index].out.length + nodes[index].into.length),
    };
    const shown = [];
    for (const list of lists) {
      const first = nodes[list[0]];
      const id = `n${list[0]}`;
      for (const index of list) of.set(index, id);
      shown.push({ id, members: list, kind: first.kind, label: list.length === 1 ? first.label : count(list.length, "person", "people") });
    }
    for (const [index] of others) {
      of.set(index, `n${index}`);
      shown.push({ id: `n${index}`, members: [index], kind: nodes[index].kind, label: nodes[index].label });
    }
    const merged = new Map();
    for (const edge of drawn) {
      const from = of.get(edge.from), to = of.get(edge.to);
      if (from === undefined || to === undefined) continue;
      const key = `${from} ${to} ${edge.kind} ${edge.state}`;
      if (!merged.has(key)) merged.set(key, { from, to, kind: edge.kind, state: edge.state, label: edge.label });
    }
    return { shown, lines: [...merged.values()], left };
  }

  // Columns by kind; within a column the order that follows the neighbours, so that lines cross little.
  function place(shown, lines) {
    const columns = [[], [], [], [], []];
    for (const node of shown) columns[COLUMN[node.kind]].push(node);
    const rank = new Map();
    const number = () => columns.forEach((column) => column.forEach((node, at) => rank.set(node.id, at / Math.max(1, column.length - 1))));
    number();
    const near = new Map(shown.map((node) => [node.id, []]));
    for (const line of lines) { near.get(line.from).push(line.to); near.get(line.to).push(line.from); }
    for (let pass = 0; pass < 6; pass++) {
      for (const column of columns) {
        const middle = new Map(column.map((node) => {
          const list = near.get(node.id);
          return [node.id, list.length === 0 ? rank.get(node.id) : list.reduce((sum, id) => sum + rank.get(id), 0) / list.length];
        }));
        column.sort((a, b) => middle.get(a.id) - middle.get(b.id) || a.members[0] - b.members[0]);
      }
      number();
    }
    const spots = new Map(), WIDE = 190, GAP = 90;
    const tallest = Math.max(12, Math.ceil(Math.sqrt(shown.length) * 2.2));
    const used = columns.filter((column) => column.length > 0).map((column) => {
      const strips = Math.ceil(column.length / tallest);
      return { column, strips, per: Math.ceil(column.length / strips) };
    });
    // Rows as far apart as the place allows, so that the picture fills it.
    const across = used.reduce((sum, { strips }) => sum + strips * (WIDE + 12) + GAP, -GAP);
    const rows = Math.max(1, ...used.map(({ per }) => per));
    const HIGH = Math.min(95, Math.max(44, across / 1.5 / rows));
    let x = 0;
    for (const { column, strips, per } of used) {
      column.forEach((node, at) => {
        const strip = Math.floor(at / per), inStrip = Math.min(per, column.length - strip * per);
        spots.set(node.id, { x: x + strip * (WIDE + 12), y: ((at % per) - (inStrip - 1) / 2) * HIGH });
      });
      x += strips * (WIDE + 12) + GAP;
    }
    return spots;
  }

  function style() {
    const rules = [
      { selector: "node", style: { shape: "round-rectangle", width: 184, height: 34, label: "data(label)", "font-size": 15, "text-valign": "center", "text-max-width": 174, "text-wrap": "ellipsis", color: css("--ink"), "background-color": css("--paper"), "border-width": 1.5, "border-color": css("--dim") } },
      { selector: "node.bundle", style: { "border-style": "double", "border-width": 4 } },
      { selector: "edge", style: { width: 1.2, "line-color": css("--dim"), "curve-style": "bezier", opacity: .55, "target-arrow-shape": "triangle", "target-arrow-color": css("--dim"), "arrow-scale": .7 } },
      { selector: "edge.new", style: { width: 2.6, "line-color": css("--gain"), "target-arrow-color": css("--gain"), opacity: 1, "z-index": 5 } },
      { selector: "edge.lost", style: { width: 2.6, "line-style": "dashed", "line-color": css("--loss"), "target-arrow-color": css("--loss"), opacity: 1, "z-index": 5 } },
      { selector: ".faded", style: { opacity: .12 } },
      { selector: "node.picked", style: { "border-width": 4, "border-color": css("--link") } },
      { selector: "edge.lit", style: { opacity: 1, width: 2.4, label: "data(label)", "font-size": 12, color: css("--ink"), "text-background-color": css("--panel"), "text-background-opacity": .9, "text-rotation": "autorotate" } },
    ];
    for (const kind of Object.keys(KIND)) rules.splice(1, 0, { selector: `node.${kind}`, style: { "border-color": css(`--k-${kind}`) } });
    return rules;
  }

  function draw() {
    const { shown, lines, left } = drawing();
    const spots = place(shown, lines);
    const elements = shown.map((node) => ({ group: "nodes", data: { id: node.id, label: node.label, members: node.members }, position: spots.get(node.id), classes: node.kind + (node.members.length > 1 ? " bundle" : "") }))
      .concat(lines.map((line, at) => ({ group: "edges", data: { id: `e${at}`, source: line.from, target: line.to, label: line.label }, classes: STATE[line.state] })));
    if (cy) cy.destroy();
    cy = window.cytoscape({ container: $("canvas"), elements, style: style(), layout: { name: "preset", fit: true, padding: 24 }, minZoom: .05, maxZoom: 3, boxSelectionEnabled: false, autoungrabify: true, hideEdgesOnViewport: lines.length > 3000, textureOnViewport: lines.length > 3000, pixelRatio: lines.length > 3000 ? 1 : "auto" });
    cy.on("tap", "node", (event) => pick(event.target.data("members")));
    cy.on("tap", (event) => { if (event.target === cy) light(null); });
    cy.on("dbltap", "node", (event) => { const members = event.target.data("members"); if (members.length === 1) focus(members[0]); });
    const what = { changes: "What this change touches", all: "Everything", focus: view.node === null ? "" : `Everything about ${nodes[view.node].label}` }[view.mode];
    const missing = [left.people ? count(left.people, "person", "people") : "", left.others ? `${left.others.toLocaleString("en")} accounts, teams and partners` : ""].filter(Boolean).join(" and ");
    const rest = missing ? ` Not drawn: ${missing}; look for them by name.` : "";
    $("drawn").textContent = `${what}: ${count(shown.length, "box", "boxes")}, ${count(lines.length, "line", "lines")}.${rest}`;
    for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view.mode));
    if (view.mode === "focus") lit(cy.getElementById(`n${view.node}`));
    document.documentElement.dataset.drawn = String(shown.length);
  }

  function light(id) {
    cy.elements().removeClass("faded picked lit");
    if (id === null) return;
    const node = cy.getElementById(id);
    if (node.empty()) return;
    const near = node.closedNeighborhood();
    cy.elements().not(near).addClass("faded");
    lit(node);
  }
  function lit(node) {
    node.addClass("picked");
    if (node.connectedEdges().length <= 40) node.connectedEdges().addClass("lit");
  }

  // ---- what stands beside the picture
  function link(index, text) {
    return element("button", { type: "button", className: "linkish", onclick: () => focus(index) }, text || nodes[index].label);
  }
  const sign = (state) => element("span", { className: `sign ${["", "gain", "loss"][state]}` }, [" ", "+", "−"][state]);
  function told(path) {
    const state = pathState(path);
    const hops = path.map((edge) => {
      const how = { grant: "has", "in-team": "is in", "team-grant": "has", contains: "contains", member: "works for", share: "has", owns: "owns", partner: "lets in" }[edge.kind];
      const what = edge.label ? `${edge.label}${edge.kind === "contains" ? "" : edge.kind === "member" || edge.kind === "in-team" ? " in" : " on"} ` : "";
      return element("li", {}, sign(edge.state), ` ${nodes[edge.from].label} ${how} ${what}`, link(edge.to), edge.place ? element("span", { className: "small" }, ` (${edge.place})`) : null);
    });
    return element("li", { className: "path" }, element("ol", { className: "path", ariaLabel: state === 1 ? "new path" : state === 2 ? "path that goes" : "path" }, hops));
  }
  function entry(person, asset, pair, shownIndex) {
    const gained = minus(pair[1], pair[0]), lost = minus(pair[0], pair[1]);
    const list = paths(person, asset);
    return element("details", { open: changed(pair) },
      element("summary", {}, sign(pair[0] === 0 ? 1 : pair[1] === 0 ? 2 : gained.length ? 1 : lost.length ? 2 : 0), ` ${nodes[shownIndex].label}: ${LEVEL[data.levels[pair[1]]] || "no longer"}`),
      gained.length ? element("p", { className: "gain" }, `gains: ${gained.join("; ")}`) : null,
      lost.length ? element("p", { className: "loss" }, `loses: ${lost.join("; ")}`) : null,
      gained.length || lost.length ? null : element("p", { className: "small" }, words(pair[1]).join("; ")),
      element("ul", { className: "path" }, list.map(told)),
      element("p", { className: "small" }, link(shownIndex, "show it")));
  }
  function about(index) {
    const node = nodes[index], box = $("about");
    const heading = element("h3", { tabIndex: -1 }, node.label);
    const parts = [heading, element("p", { className: "small" }, [KIND[node.kind], node.sub].filter(Boolean).join(" · "))];
    if (view.mode !== "focus" || view.node !== index) parts.push(element("p", {}, element("button", { type: "button", onclick: () => focus(index) }, "draw only what is about it")));
    if (isPerson(node)) {
      const rows = [...(access.get(index) || [])].sort((a, b) => Number(changed(b[1])) - Number(changed(a[1])) || nodes[a[0]].label.localeCompare(nodes[b[0]].label));
      parts.push(element("p", {}, rows.length === 0 ? "Reaches no account." : `Reaches ${count(rows.filter((row) => row[1][1] !== 0).length, "account", "accounts")}:`));
      for (const [asset, pair] of rows.slice(0, 200)) parts.push(entry(index, asset, pair, asset));
      if (rows.length > 200) parts.push(element("p", {}, `and ${rows.length - 200} more`));
    } else if (isAsset(node)) {
      const list = (reached.get(index) || []).map((person) => [person, access.get(person).get(index)]);
      list.sort((a, b) => Number(changed(b[1])) - Number(changed(a[1])) || data.levels[b[1][1]] - data.levels[a[1][1]] || nodes[a[0]].label.localeCompare(nodes[b[0]].label));
      parts.push(element("p", {}, list.length === 0 ? "Nobody who is known by name reaches it." : `${count(list.filter((row) => row[1][1] !== 0).length, "person reaches", "people reach")} it:`));
      for (const [person, pair] of list.slice(0, 200)) parts.push(entry(person, index, pair, person));
      if (list.length > 200) parts.push(element("p", {}, `and ${list.length - 200} more: the matrix has them all`));
    } else {
      const lines = [...node.out, ...node.into];
      parts.push(element("ul", {}, lines.slice(0, 300).map((edge) => element("li", {}, sign(edge.state), " ", link(edge.from === index ? edge.to : edge.from), edge.label ? `: ${edge.label}` : "", edge.place ? element("span", { className: "small" }, ` (${edge.place})`) : null))));
      if (lines.length > 300) parts.push(element("p", {}, `and ${lines.length - 300} more`));
    }
    box.replaceChildren(...parts);
    return heading;
  }
  function pick(members) {
    light(`n${members[0]}`);
    if (members.length === 1) { about(members[0]); return; }
    $("about").replaceChildren(
      element("h3", { tabIndex: -1 }, count(members.length, "person", "people")),
      element("p", { className: "small" }, "with exactly the same access"),
      element("ul", {}, members.slice(0, 500).map((index) => element("li", {}, link(index)))),
      members.length > 500 ? element("p", {}, `and ${members.length - 500} more`) : "");
  }
  function focus(index) {
    view = { mode: "focus", node: index };
    draw();
    about(index).focus({ preventScroll: true });
    $("picture").scrollIntoView({ block: "nearest" });
  }

  // ---- looking for somebody
  $("search").addEventListener("input", () => {
    const asked = $("search").value.trim().toLowerCase();
    const hits = asked.length < 2 ? [] : nodes.filter((node) => `${node.label} ${node.sub}`.toLowerCase().includes(asked));
    const list = hits.slice(0, 20).map((node) => element("li", {}, element("button", { type: "button", onclick: () => { $("found").replaceChildren(); focus(node.index); } }, `${node.label} (${KIND[node.kind]})`)));
    if (hits.length > 20) list.push(element("li", { className: "small" }, `and ${hits.length - 20} more`));
    if (asked.length >= 2 && hits.length === 0) list.push(element("li", { className: "small" }, "nobody and nothing of this name"));
    $("found").replaceChildren(...list);
  });
  for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => { view = { mode: button.dataset.view, node: null }; draw(); });
  $("fit").addEventListener("click", () => cy.fit(undefined, 24));
  for (const [id, factor] of [["closer", 1.3], ["farther", 1 / 1.3]]) $(id).addEventListener("click", () => cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } }));

  // ---- the matrix
  const ROWS = 50, COLUMNS = 40;
  const people = [...access.keys()].sort((a, b) => nodes[a].label.localeCompare(nodes[b].label) || a - b);
  const assets = [...reached.keys()].sort((a, b) => nodes[a].label.localeCompare(nodes[b].label) || a - b);
  const page = { row: 0, column: 0 };
  const onlyChanges = $("matrix-changes"); // not there where nothing is compared
  function matrix() {
    const who = $("matrix-person").value.trim().toLowerCase(), where = $("matrix-asset").value.trim().toLowerCase();
    const only = onlyChanges !== null && onlyChanges.checked;
    const touched = new Set();
    let rows = people.filter((index) => `${nodes[index].label} ${nodes[index].sub}`.toLowerCase().includes(who));
    if (only) rows = rows.filter((index) => [...access.get(index).values()].some(changed));
    if (only) for (const index of rows) for (const [asset, pair] of access.get(index)) if (changed(pair)) touched.add(asset);
    const columns = assets.filter((index) => nodes[index].label.toLowerCase().includes(where) && (!only || touched.has(index)));
    page.row = Math.max(0, Math.min(page.row, Math.floor((rows.length - 1) / ROWS) * ROWS));
    page.column = Math.max(0, Math.min(page.column, Math.floor((columns.length - 1) / COLUMNS) * COLUMNS));
    const shownRows = rows.slice(page.row, page.row + ROWS), shownColumns = columns.slice(page.column, page.column + COLUMNS);
    const head = element("tr", {}, element("th", { scope: "col" }, "Person"), shownColumns.map((index) => element("th", { scope: "col", title: nodes[index].label }, element("span", {}, nodes[index].label))));
    const body = shownRows.map((index) => element("tr", {}, element("th", { scope: "row", title: nodes[index].sub }, link(index)), shownColumns.map((asset) => cell(index, asset))));
    const caption = element("caption", { className: "small" }, `${count(rows.length, "person", "people")} and ${count(columns.length, "account", "accounts")}`);
    $("matrix").replaceChildren(rows.length && columns.length ? element("table", {}, caption, element("thead", {}, head), element("tbody", {}, body)) : element("p", {}, only ? "No person who is known by name gains or loses anything." : "Nobody to show."));
    const span = (from, size, all, what) => all === 0 ? "" : `${what} ${from + 1} to ${Math.min(from + size, all)} of ${all.toLocaleString("en")}`;
    $("matrix-where").textContent = [span(page.row, ROWS, rows.length, "people"), span(page.column, COLUMNS, columns.length, "accounts")].filter(Boolean).join(", ");
    $("row-back").disabled = page.row === 0; $("row-on").disabled = page.row + ROWS >= rows.length;
    $("column-back").disabled = page.column === 0; $("column-on").disabled = page.column + COLUMNS >= columns.length;
  }
  function cell(person, asset) {
    const pair = access.get(person).get(asset);
    if (!pair) return element("td", {});
    const [before, after] = pair, gained = minus(after, before), lost = minus(before, after);
    const text = (LEVEL[data.levels[after]] || LEVEL[data.levels[before]]) || "·";
    const said = [gained.length ? `gains: ${gained.join("; ")}` : "", lost.length ? `loses: ${lost.join("; ")}` : "", gained.length || lost.length ? "" : words(after).join("; ")].filter(Boolean).join(". ");
    const shown = after === 0 ? element("s", {}, text) : gained.length && lost.length ? `± ${text}` : gained.length ? `+ ${text}` : lost.length ? `− ${text}` : text;
    const made = element("td", { title: said, className: after === 0 ? "lost" : gained.length && lost.length ? "both" : gained.length ? "gained" : lost.length ? "lost" : "" }, shown);
    made.setAttribute("aria-label", `${text}: ${said}`);
    return made;
  }
  for (const id of ["matrix-person", "matrix-asset"]) $(id).addEventListener("input", () => { page.row = page.column = 0; matrix(); });
  if (onlyChanges) onlyChanges.addEventListener("change", () => { page.row = page.column = 0; matrix(); });
  for (const [id, key, step] of [["row-back", "row", -ROWS], ["row-on", "row", ROWS], ["column-back", "column", -COLUMNS], ["column-on", "column", COLUMNS]]) $(id).addEventListener("click", () => { page[key] += step; matrix(); });
  if (onlyChanges) onlyChanges.checked = data.access.some(([, , before, after]) => before !== after);

  // ---- light and dark
  $("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    if (cy) cy.style(style());
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (cy) cy.style(style()); });
  let width = window.innerWidth; // a telephone's bars come and go and change the height alone
  window.addEventListener("resize", () => {
    if (!cy || width === window.innerWidth) return;
    width = window.innerWidth;
    cy.resize();
    cy.fit(undefined, 24);
  });
  window.addEventListener("beforeprint", () => { for (const details of document.querySelectorAll("main details:not(#about details)")) details.open = true; });

  document.documentElement.classList.add("has-script");
  draw();
  matrix();
  document.documentElement.dataset.ready = "true";
})();
