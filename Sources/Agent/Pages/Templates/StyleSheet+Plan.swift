/// The plan and the tables.
extension StyleSheet {
  /// Changes and the differences within them.
  static let plan = #"""
    .plan { display: grid; gap: 1rem; }
    .tally { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.5rem; }
    .tally li { background: var(--card-paper); border: 1px solid var(--line); border-radius: 4px;
      padding: 0.1875rem 0.75rem; }
    .sign { display: inline-block; min-width: 1em; text-align: center; font-weight: 700; }
    .act-create .sign, .act-reactivate .sign, .out-applied .sign { color: var(--come-ink); }
    .act-delete .sign, .act-deactivate .sign, .act-archive .sign,
    .out-failed .sign { color: var(--gone-ink); }
    .act-update .sign, .act-move .sign, .act-rename .sign { color: var(--calm-ink); }
    .guards { background: var(--wait-paper); color: var(--wait-ink); border-left: 4px solid;
      border-radius: 0 4px 4px 0; padding: 0.75rem 1rem; display: grid; gap: 0.375rem; }
    .guards ul { padding-left: 1.125rem; display: grid; gap: 0.375rem; }
    .contents ul { list-style: none; padding: 0; display: grid; gap: 0.125rem; }
    .unit { display: grid; gap: 0.625rem; }
    .unit > h3 { padding-top: 0.5rem; display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; }
    .changes { list-style: none; padding: 0; background: var(--card-paper); border: 1px solid var(--line);
      border-radius: 6px; }
    .change { padding: 0.75rem 1rem 0.875rem; display: grid; gap: 0.375rem; scroll-margin-top: 1rem; }
    .change + .change { border-top: 1px solid var(--line); }
    .change:target { background: var(--well-paper); }
    .change-head { display: flex; flex-wrap: wrap; gap: 0 1.5rem; justify-content: space-between;
      align-items: baseline; }
    .number { color: var(--quiet-ink); display: inline-block; min-width: 1.75em; }
    .act { font-weight: 600; margin-right: 0.375rem; }
    .act-create .act, .act-reactivate .act { color: var(--come-ink); }
    .act-delete .act, .act-deactivate .act, .act-archive .act { color: var(--gone-ink); }
    .act-update .act, .act-move .act, .act-rename .act { color: var(--calm-ink); }
    .why { color: var(--quiet-ink); max-width: 75ch; }
    .diff { display: grid; gap: 4px; margin-top: 0.125rem; }
    .diff > div { display: grid; grid-template-columns: minmax(8rem, 16rem) 1fr; gap: 2px 1rem; }
    .diff dt { grid-column: 1; grid-row: 1; padding-top: 0.125rem; color: var(--quiet-ink); }
    .diff dd { grid-column: 2; align-self: start; display: flex; flex-wrap: wrap; gap: 0 0.75rem;
      padding: 0.125rem 0.625rem;
      border-left: 3px solid; border-radius: 0 3px 3px 0; }
    .diff .gone { color: var(--gone-ink); background: var(--gone-paper); }
    .diff .come { color: var(--come-ink); background: var(--come-paper); }
    .diff .word { flex: none; width: 6rem; font-size: 0.8125rem; line-height: 1.7; }
    .diff del, .diff ins { flex: 1 1 12rem; min-width: 0; white-space: pre-wrap; }
    .diff mark { font-weight: 700; border-radius: 2px; }
    .gone mark { background: var(--gone-mark); }
    .come mark { background: var(--come-mark); }
    .diff details { width: 100%; }
    .diff details ul { list-style: none; padding: 0.25rem 0 0.25rem 1.25rem; }
    summary { cursor: pointer; font-size: 0.875rem; }
    """#

  /// Tables, which become stacks of labelled rows where there is no room for columns.
  static let tables = #"""
    table { width: 100%; border-collapse: collapse; background: var(--card-paper);
      border: 1px solid var(--line); }
    th, td { text-align: left; vertical-align: top; padding: 0.4375rem 0.75rem;
      border-top: 1px solid var(--line);
      font-weight: 400; overflow-wrap: anywhere; }
    thead th { border-top: 0; color: var(--quiet-ink); font-size: 0.8125rem; background: var(--well-paper);
      overflow-wrap: normal; }
    td code, th code, h4 code { display: inline-block; }
    .figure { text-align: right; white-space: nowrap; }
    tr.now th { font-weight: 650; }
    """#

  /// Narrow windows, paper, and readers who want nothing to move.
  static let media = #"""
    @media (max-width: 48rem) {
      .bar, main, .foot { padding-left: 1rem; padding-right: 1rem; }
      .facts > div, .diff > div { grid-template-columns: 1fr; }
      .diff dt, .diff dd { grid-column: 1; grid-row: auto; }
      .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; }
      .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
      .stack tr { border-top: 1px solid var(--line); padding: 0.5rem 0; }
      .stack tr:first-child { border-top: 0; }
      .stack th, .stack td { border: 0; padding: 0.125rem 0.75rem; text-align: left; white-space: normal; }
      .stack td { position: relative; padding-left: 7.5rem; min-height: 1.75rem; }
      .stack td::before { content: attr(data-label); position: absolute; left: 0.75rem; width: 6.25rem;
        color: var(--quiet-ink); font-size: 0.8125rem; }
      .stack tbody th { font-weight: 650; }
      .stack td:empty { display: none; }
    }
    @media (prefers-reduced-motion: no-preference) {
      html { scroll-behavior: smooth; }
    }
    @media (prefers-reduced-motion: reduce) {
      *, *::before, *::after {
        animation: none !important; transition: none !important; scroll-behavior: auto !important;
      }
    }
    @media (forced-colors: active) {
      .badge, .effect, .diff dd { border: 1px solid; }
      mark { text-decoration: underline; }
    }
    @media print {
      body { background: #fff; color: #000; font-size: 10pt; }
      .skip, .trail, form, .contents, .ways, .decide, .who nav { display: none; }
      .top, .panel, .card, .changes, .attend, .guards, table { border-color: #888; background: none; }
      .diff dd { background: none; color: #000; }
      .diff del { text-decoration: line-through; }
      .change, .finding, tr { break-inside: avoid; }
      h2, h3, h4 { break-after: avoid; }
      a { color: inherit; }
      details::details-content { content-visibility: visible; block-size: auto; }
    }
    """#
}
