/// A request under way or at its end.
enum RequestTemplate {
  static let text = #"""
    {{<frame}}
    {{$head}}
    {{#isUnderWay}}
    <noscript><meta http-equiv="refresh" content="2"></noscript>
    <script src="/progress.js" defer></script>
    {{/isUnderWay}}
    {{/head}}
    {{$main}}
    <div class="title">
    <h1>{{frame.title}}</h1>
    <p class="hush">{{words.request.askedBy}} {{by}}, {{#at}}{{>time}}{{/at}} · <code>{{id}}</code></p>
    </div>
    <p class="stand" role="status">{{#state}}<span class="badge run-{{kind}}">
    <span aria-hidden="true">{{sign}}</span> {{word}}</span>{{/state}}
    {{#result}}{{.}}{{/result}}
    {{#isUnderWay}}<span class="hush">{{words.request.follows}}</span>{{/isUnderWay}}</p>
    {{#held}}
    <p><a href="{{link}}">{{words.request.held}} {{code}}</a></p>
    {{/held}}
    {{#hasOutcomes}}
    <section aria-labelledby="outcomes">
    <h2 id="outcomes">{{words.request.outcomes}}</h2>
    <ul class="tally">
    {{#counts}}
    <li class="out-{{outcome}}"><span class="sign" aria-hidden="true">{{sign}}</span>
    <strong>{{count}}</strong> {{word}}</li>
    {{/counts}}
    </ul>
    <table class="stack" role="table" aria-labelledby="outcomes">
    <thead role="rowgroup"><tr role="row">
    <th scope="col" role="columnheader" class="figure">{{words.request.number}}</th>
    <th scope="col" role="columnheader">{{words.request.entry}}</th>
    <th scope="col" role="columnheader">{{words.request.outcome}}</th>
    <th scope="col" role="columnheader">{{words.request.detail}}</th>
    </tr></thead>
    <tbody role="rowgroup">
    {{#outcomes}}
    <tr role="row">
    <td role="cell" class="figure" data-label="{{words.request.number}}">{{number}}</td>
    <th scope="row" role="rowheader">{{entry}}</th>
    <td role="cell" data-label="{{words.request.outcome}}"><span class="effect out-{{outcome}}">
    <span aria-hidden="true">{{sign}}</span> {{word}}</span></td>
    <td role="cell" data-label="{{words.request.detail}}">{{#detail}}{{.}}{{/detail}}</td>
    </tr>
    {{/outcomes}}
    </tbody>
    </table>
    </section>
    {{/hasOutcomes}}
    <section aria-labelledby="log">
    <h2 id="log">{{words.request.log}}</h2>
    <div aria-live="polite">
    <ol class="log" id="lines"{{#isUnderWay}} data-events="{{events}}"{{/isUnderWay}}
    {{#isEnglish}}lang="en"{{/isEnglish}}>{{#lines}}
    <li>{{.}}</li>{{/lines}}</ol>
    {{^hasLines}}<p class="calm" id="no-lines">{{words.request.noLines}}</p>{{/hasLines}}
    </div>
    </section>
    <p><a href="{{back}}">{{words.request.back}} {{provider}}</a></p>
    {{/main}}
    {{/frame}}
    """#
}
