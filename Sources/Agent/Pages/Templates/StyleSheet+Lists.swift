/// Lists, badges and findings.
extension StyleSheet {
  /// Cards of providers, facts in pairs, and what waits.
  static let lists = #"""
    .cards { list-style: none; padding: 0; display: grid; gap: 1rem; }
    .card { background: var(--card-paper); border: 1px solid var(--line); border-radius: 6px;
      padding: 1rem 1.25rem; display: grid; gap: 0.625rem; }
    .card-head { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; }
    .facts { display: grid; gap: 0.25rem 1rem; }
    .facts > div { display: grid; grid-template-columns: minmax(9rem, 13rem) 1fr; gap: 0 1rem; }
    .facts dt { color: var(--quiet-ink); }
    .rows { list-style: none; padding: 0; display: grid; gap: 0.625rem; }
    .rows ul { padding-left: 1.125rem; }
    .attend, .underway { display: grid; gap: 0.5rem; padding: 1rem 1.25rem; border-radius: 6px;
      border: 1px solid var(--line); border-left: 4px solid var(--calm-ink); background: var(--card-paper); }
    .attend { border-left-color: var(--wait-ink); background: var(--wait-paper); }
    .attend .hush, .attend a { color: inherit; }
    .attend { color: var(--wait-ink); }
    main > section { display: grid; gap: 0.75rem; }
    .badge, .effect { display: inline-block; white-space: nowrap; font-size: 0.8125rem; font-weight: 600;
      line-height: 1.4; padding: 0.0625rem 0.5rem; border-radius: 3px; background: var(--well-paper);
      color: var(--ink); border: 1px solid transparent; }
    .state-agrees, .run-done, .effect.come, .effect.held, .out-applied.effect {
      background: var(--come-paper); color: var(--come-ink); }
    .state-working, .run-running, .run-queued { background: var(--calm-paper); color: var(--calm-ink); }
    .state-waits, .run-waits, .out-skipped.effect { background: var(--wait-paper); color: var(--wait-ink); }
    .state-problem, .run-refused, .effect.gone, .out-failed.effect {
      background: var(--gone-paper); color: var(--gone-ink); }
    .findings { list-style: none; padding: 0; display: grid; gap: 0.75rem; }
    .finding { background: var(--card-paper); border: 1px solid var(--line);
      border-left: 4px solid var(--gone-ink);
      border-radius: 0 6px 6px 0; padding: 0.75rem 1rem; display: grid; gap: 0.5rem; }
    .finding-warning { border-left-color: var(--wait-ink); }
    .finding-error .finding-badge { background: var(--gone-paper); color: var(--gone-ink); }
    .finding-warning .finding-badge { background: var(--wait-paper); color: var(--wait-ink); }
    .source { display: flex; gap: 0.875rem; background: var(--well-paper); padding: 0.375rem 0.75rem;
      border-radius: 4px; }
    .source .line { color: var(--quiet-ink); user-select: none; }
    .source code { white-space: pre-wrap; font-size: 1em; }
    .finding mark { text-decoration: underline wavy; text-decoration-thickness: 1px;
      text-underline-offset: 0.25em;
      font-weight: 700; }
    .finding-error mark { color: var(--gone-ink); }
    .finding-warning mark { color: var(--wait-ink); }
    .log { list-style: none; padding: 0.75rem 1rem; margin: 0; background: var(--card-paper);
      border: 1px solid var(--line); border-radius: 6px; }
    .log:empty { display: none; }
    .answers { list-style: none; padding: 0; display: grid; gap: 1rem; }
    .answer { background: var(--card-paper); border: 1px solid var(--line); border-radius: 6px;
      padding: 0.75rem 1.25rem; }
    .reasons { list-style: none; padding: 0.25rem 0 0 0.25rem; }
    .reasons .reasons { padding: 0; margin-left: 0.375rem; border-left: 2px solid var(--line); }
    .reasons .reasons > li { padding-left: 0.875rem; }
    """#
}
