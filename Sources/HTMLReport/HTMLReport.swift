/// A page for people: one file with its styles and drawings in it, that needs neither scripts nor a network.
public enum HTMLReport {
    /// - Parameters:
    ///   - title: text; it is escaped here.
    ///   - style: what only this page needs.
    ///   - sections: HTML, one below the other.
    public static func page(title: String, style: String = "", sections: [String]) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>\(HTML.escape(title))</title>
        <style>
        \(self.style)
        \(style)
        </style>
        </head>
        <body>
        <main>
        \(sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    /// Colours that colour-blind readers tell apart too; curves that share a chart differ in their dashes besides.
    private static let style = """
        :root {
          color-scheme: light dark;
          --page: #f6f7f9; --card: #ffffff; --ink: #1c2430; --quiet: #566172; --rule: #dde2e9; --asked: #a9b4c3;
          --warning: #8a3b00; --warning-card: #fff1e2;
          --curve-0: #0072b2; --curve-1: #b5006f; --curve-2: #c04a00; --curve-3: #007a5a; --curve-4: #6a4fbf; --curve-5: #5c5c00;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #12161c; --card: #1a2028; --ink: #e6eaf0; --quiet: #9aa7b8; --rule: #303a47; --asked: #5a6778;
            --warning: #ffc58a; --warning-card: #3a2710;
            --curve-0: #56b4e9; --curve-1: #e58cc0; --curve-2: #f0a040; --curve-3: #35c79a; --curve-4: #b3a1ff; --curve-5: #d8d860;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        main { max-width: 1060px; margin: 0 auto; padding: 40px 20px 64px; }
        header { margin-bottom: 28px; }
        h1 { font-size: 30px; line-height: 1.2; margin: 2px 0 12px; overflow-wrap: anywhere; }
        h2 { font-size: 20px; margin: 0 0 8px; }
        h3 { font-size: 16px; margin: 24px 0 4px; }
        p { margin: 0 0 12px; max-width: 76ch; }
        .kicker { color: var(--quiet); font-size: 13px; letter-spacing: .08em; text-transform: uppercase; margin: 0; }
        .quiet { color: var(--quiet); }
        .warning { color: var(--warning); background: var(--warning-card); border-radius: 8px; padding: 10px 14px; }
        section { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 22px 24px;
          margin-bottom: 20px; }
        .scroll { overflow-x: auto; margin-bottom: 12px; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 15px; }
        caption { text-align: left; color: var(--quiet); font-size: 14px; padding-bottom: 6px; }
        th, td { padding: 7px 10px; border-bottom: 1px solid var(--rule); text-align: right; vertical-align: top; }
        th[scope=row] { text-align: left; font-weight: 500; }
        thead th { color: var(--quiet); font-weight: 600; font-size: 14px; }
        .text { text-align: left; overflow-wrap: anywhere; min-width: 9em; }
        tbody tr:last-child > * { border-bottom: 0; }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(270px, 1fr)); gap: 8px 32px; }
        .columns caption, .nobody { color: var(--ink); font-size: 15px; font-weight: 600; }
        .nobody strong { font-weight: 600; }
        figure { margin: 16px 0 4px; overflow-x: auto; }
        figcaption { font-size: 15px; margin-bottom: 4px; }
        svg { display: block; width: 100%; min-width: 600px; height: auto; }
        .legend { color: var(--quiet); font-size: 14px; margin-left: 18px; white-space: nowrap; }
        svg.sample { display: inline-block; min-width: 0; width: 28px; height: 12px; }
        svg text { font-family: inherit; fill: var(--quiet); font-size: 12px; }
        svg text.label { fill: var(--ink); font-size: 14px; }
        .grid, .axis { stroke: var(--rule); fill: none; }
        .axis { stroke: var(--quiet); }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .curve-0 { stroke: var(--curve-0); }
        .curve-1 { stroke: var(--curve-1); stroke-dasharray: 7 3; }
        .curve-2 { stroke: var(--curve-2); stroke-dasharray: 2 2.5; }
        .curve-3 { stroke: var(--curve-3); stroke-dasharray: 10 3 2 3; }
        .curve-4 { stroke: var(--curve-4); stroke-dasharray: 14 4; }
        .curve-5 { stroke: var(--curve-5); stroke-dasharray: 4 4; }
        .area.area { stroke: none; }
        .area.curve-0 { fill: var(--curve-0); }
        .area.curve-1 { fill: var(--curve-1); }
        .area.curve-2 { fill: var(--curve-2); }
        .area.curve-3 { fill: var(--curve-3); }
        .area.curve-4 { fill: var(--curve-4); }
        .area.curve-5 { fill: var(--curve-5); }
        @media print { section { break-inside: avoid; } }
        """
}
