/// What surrounds the pages, and what asks to be filled in.
extension StyleSheet {
  /// The bar at the top, the way back, messages and the measure of the page.
  static let frame = #"""
    .skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; z-index: 1;
      background: var(--button-paper); color: var(--button-ink); }
    .skip:focus { top: 0.5rem; }
    .top { background: var(--card-paper); border-bottom: 1px solid var(--line); }
    .bar, main, .foot { max-width: 74rem; margin: 0 auto; padding-left: 1.5rem; padding-right: 1.5rem; }
    .bar { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; justify-content: space-between;
      align-items: baseline; padding-top: 0.75rem; padding-bottom: 0.75rem; }
    .brand { color: var(--ink); text-decoration: none; }
    .brand:hover { text-decoration: underline; }
    .brand span { color: var(--quiet-ink); }
    .who { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; align-items: baseline; font-size: 0.875rem; }
    main { display: grid; gap: 1.5rem; padding-top: 1.25rem; padding-bottom: 3rem; }
    main > *, .columns > *, .card > * { min-width: 0; }
    .trail ol { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0 0.5rem;
      font-size: 0.875rem; color: var(--quiet-ink); }
    .trail li + li::before { content: "›"; margin-right: 0.5rem; color: var(--quiet-ink); }
    .title { display: grid; gap: 0.25rem; }
    .stand { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: baseline; }
    .notice { padding: 0.625rem 1rem; border-left: 4px solid; background: var(--calm-paper);
      color: var(--calm-ink); border-radius: 0 4px 4px 0; }
    .notice-success { background: var(--come-paper); color: var(--come-ink); }
    .notice-problem { background: var(--gone-paper); color: var(--gone-ink); }
    .quote { padding-left: 0.75rem; border-left: 3px solid var(--line); max-width: 65ch; }
    .foot { color: var(--quiet-ink); font-size: 0.8125rem; padding-top: 1rem; padding-bottom: 2rem; }
    .refusal { display: grid; gap: 0.75rem; max-width: 38rem; padding-top: 2rem; }
    .refusal .lead { font-size: 1.0625rem; }
    .refusal h2 { font-size: 1rem; margin-top: 0.5rem; }
    """#

  /// Panels, fields and buttons.
  static let forms = #"""
    .columns { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%),
      1fr)); }
    .panel { background: var(--card-paper); border: 1px solid var(--line); border-radius: 6px;
      padding: 1.125rem 1.25rem 1.25rem; display: grid; gap: 0.75rem; align-content: start; }
    .panel form, .decide form { display: grid; gap: 0.875rem; align-content: start; }
    .panel form > p { max-width: 34rem; }
    .decide { border-top: 4px solid var(--accent-ink); }
    .decide > p { max-width: 65ch; }
    .choices { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; }
    .inline button { justify-self: start; }
    .choices form { flex: 0 1 auto; }
    .choices form:has(textarea) { flex: 1 1 18rem; }
    .field label { display: block; font-weight: 600; }
    .field input, .field textarea { margin-top: 0.375rem; }
    input[type="text"], input[type="file"], textarea { display: block; width: 100%; font: inherit;
      color: var(--ink); background: var(--card-paper); border: 1px solid var(--edge); border-radius: 4px;
      padding: 0.4375rem 0.625rem; }
    input[type="file"] { padding: 0.375rem; }
    input[type="file"]::file-selector-button { font: inherit; color: var(--accent-ink);
      background: var(--well-paper);
      border: 1px solid var(--edge); border-radius: 3px; padding: 0.25rem 0.75rem; margin-right: 0.75rem; }
    textarea { resize: vertical; }
    .check { display: flex; gap: 0.625rem; align-items: flex-start; }
    .check input { width: 1.25rem; height: 1.25rem; margin: 0.0625rem 0 0; flex: none;
      accent-color: var(--accent-ink); }
    button { font: inherit; font-weight: 600; min-height: 2.5rem; padding: 0.4375rem 1.125rem;
      cursor: pointer;
      color: var(--accent-ink); background: var(--card-paper); border: 1px solid var(--edge);
      border-radius: 4px; }
    button:hover { border-color: var(--accent-ink); background: var(--well-paper); }
    button.primary { color: var(--button-ink); background: var(--button-paper);
      border-color: var(--button-paper); }
    button.primary:hover { text-decoration: underline; text-underline-offset: 0.18em; }
    .ask { grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); align-items: end; }
    .ways { list-style: none; padding: 0.875rem 0 0; display: grid; gap: 0.625rem;
      border-top: 1px solid var(--line); }
    """#
}
