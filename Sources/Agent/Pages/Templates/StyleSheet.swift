/// The style sheet of every page, served as one file.
enum StyleSheet {
  static let text = [colors, base, frame, forms, lists, plan, tables, media].joined(separator: "\n")

  /// Every colour by name, in both schemes; the rules below name no colour of their own.
  ///
  /// A name that ends in `-ink` is text on its `-paper`; the tests hold each pair to the contrast of WCAG.
  static let colors = #"""
    :root {
      color-scheme: light dark;
      --page-paper: #f5f6f6;
      --card-paper: #ffffff;
      --well-paper: #eef1f1;
      --ink: #18211f;
      --quiet-ink: #4b5855;
      --accent-ink: #0b5b57;
      --button-paper: #0b5b57;
      --button-ink: #ffffff;
      --line: #d6dcda;
      --edge: #6f7d79;
      --focus: #8a3d00;
      --gone-ink: #8a1f1a;
      --gone-paper: #fcefed;
      --gone-mark: #f4cbc5;
      --come-ink: #17522b;
      --come-paper: #ecf6ee;
      --come-mark: #c2e4ca;
      --wait-ink: #674600;
      --wait-paper: #fdf4dc;
      --calm-ink: #1d4a6b;
      --calm-paper: #ebf3f9;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page-paper: #111716;
        --card-paper: #18201f;
        --well-paper: #202a28;
        --ink: #e6ecea;
        --quiet-ink: #a7b5b1;
        --accent-ink: #83d0c8;
        --button-paper: #83d0c8;
        --button-ink: #06201e;
        --line: #313d3a;
        --edge: #82938e;
        --focus: #f4b36b;
        --gone-ink: #f5b3aa;
        --gone-paper: #33201e;
        --gone-mark: #5c2d29;
        --come-ink: #a3dcb2;
        --come-paper: #182b1e;
        --come-mark: #23502f;
        --wait-ink: #f0cf86;
        --wait-paper: #302812;
        --calm-ink: #a9d2ef;
        --calm-paper: #172834;
      }
    }
    """#

  /// Type, links and what is seen of the keyboard.
  static let base = #"""
    *, *::before, *::after { box-sizing: border-box; }
    html { font-size: 100%; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0; background: var(--page-paper); color: var(--ink);
      font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial,
      sans-serif;
      font-size: 0.9375rem; line-height: 1.5; overflow-wrap: break-word;
    }
    code, del, ins, .source, .log, .number {
      font-family: ui-monospace, "Cascadia Mono", Consolas, Menlo, "DejaVu Sans Mono", monospace;
      font-size: 0.9em; overflow-wrap: anywhere;
    }
    h1, h2, h3, h4, p, dl, dd, ul, ol { margin: 0; }
    h1 { font-size: 1.625rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; }
    h2 { font-size: 1.125rem; line-height: 1.3; font-weight: 650; }
    h3 { font-size: 1rem; line-height: 1.35; font-weight: 650; }
    h4 { font-size: 0.9375rem; line-height: 1.45; font-weight: 400; }
    h1, h2, h3, h4, p, li, dd, dt { overflow-wrap: anywhere; }
    a { color: var(--accent-ink); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
    a:hover { text-decoration-thickness: 2px; }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
    main:focus { outline: none; }
    del, ins { text-decoration: none; }
    mark { color: inherit; background: transparent; }
    time, .figure { font-variant-numeric: tabular-nums; }
    time { white-space: nowrap; }
    .hush { color: var(--quiet-ink); font-size: 0.875rem; font-weight: 400; }
    .help { color: var(--quiet-ink); font-size: 0.875rem; display: block; }
    .calm { color: var(--quiet-ink); }
    """#
}
