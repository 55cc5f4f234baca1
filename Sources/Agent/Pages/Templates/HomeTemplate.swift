/// The first page.
enum HomeTemplate {
  static let text = #"""
    {{<frame}}
    {{$main}}
    <h1>{{words.home.title}}</h1>
    {{#isEmpty}}<p class="calm">{{words.home.none}}</p>{{/isEmpty}}
    <ul class="cards">
    {{#providers}}
    <li class="card">
    <div class="card-head">
    <h2><a href="{{link}}">{{name}}</a></h2>
    <p class="hush"><code>{{id}}</code></p>
    </div>
    <p class="stand">{{#state}}<span class="badge state-{{kind}}">
    <span aria-hidden="true">{{sign}}</span> {{word}}</span>{{/state}} {{sentence}}</p>
    <dl class="facts">
    <div><dt>{{words.provider.file}}</dt>
    {{#file}}<dd>{{serial}}, {{#at}}{{>time}}{{/at}}, {{by}}</dd>{{/file}}
    {{^file}}<dd>{{words.provider.noFile}}</dd>{{/file}}
    </div>
    {{#plans}}<div><dt>{{words.home.plans}}</dt><dd>{{.}}</dd></div>{{/plans}}
    {{#findings}}<div><dt>{{words.home.findingsLabel}}</dt><dd>{{.}}</dd></div>{{/findings}}
    </dl>
    </li>
    {{/providers}}
    </ul>
    {{/main}}
    {{/frame}}
    """#
}
