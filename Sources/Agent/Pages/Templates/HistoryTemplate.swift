/// What has been in force and what has been done.
enum HistoryTemplate {
  static let text = #"""
    {{<frame}}
    {{$main}}
    <h1>{{frame.title}}</h1>
    <section aria-labelledby="versions">
    <h2 id="versions">{{words.history.versions}}</h2>
    {{^hasVersions}}<p class="calm">{{words.provider.noFile}}</p>{{/hasVersions}}
    {{#hasVersions}}
    <table class="stack" role="table" aria-labelledby="versions">
    <thead role="rowgroup"><tr role="row">
    <th scope="col" role="columnheader" class="figure">{{words.history.serial}}</th>
    <th scope="col" role="columnheader">{{words.history.when}}</th>
    <th scope="col" role="columnheader">{{words.history.who}}</th>
    <th scope="col" role="columnheader" class="figure">{{words.history.rows}}</th>
    <th scope="col" role="columnheader">SHA-256</th>
    <th scope="col" role="columnheader">{{words.history.note}}</th>
    <th scope="col" role="columnheader">{{words.history.file}}</th>
    </tr></thead>
    <tbody role="rowgroup">
    {{#versions}}
    <tr role="row"{{#isInForce}} class="now"{{/isInForce}}>
    <th scope="row" role="rowheader" class="figure">{{serial}}
    {{#isInForce}}<span class="badge state-agrees">{{words.history.inForce}}</span>{{/isInForce}}</th>
    <td role="cell" data-label="{{words.history.when}}">{{#at}}{{>time}}{{/at}}</td>
    <td role="cell" data-label="{{words.history.who}}">{{by}}</td>
    <td role="cell" class="figure" data-label="{{words.history.rows}}">{{rows}}</td>
    <td role="cell" data-label="SHA-256"><code>{{digest}}</code></td>
    <td role="cell" data-label="{{words.history.note}}">{{#note}}{{.}}{{/note}}</td>
    <td role="cell" data-label="{{words.history.file}}"><a href="{{link}}" download="">{{download}}</a></td>
    </tr>
    {{/versions}}
    </tbody>
    </table>
    {{/hasVersions}}
    </section>
    <section aria-labelledby="latest">
    <h2 id="latest">{{words.history.events}}</h2>
    {{#hasHistory}}{{>events}}{{/hasHistory}}
    {{^hasHistory}}<p class="calm">{{words.provider.noHistory}}</p>{{/hasHistory}}
    </section>
    {{/main}}
    {{/frame}}
    """#

  /// What was done, by whom; the provider's page shows the latest of it.
  static let events = #"""
    <table class="stack" role="table" aria-labelledby="latest">
    <thead role="rowgroup"><tr role="row">
    <th scope="col" role="columnheader">{{words.history.when}}</th>
    <th scope="col" role="columnheader">{{words.history.who}}</th>
    <th scope="col" role="columnheader">{{words.history.what}}</th>
    <th scope="col" role="columnheader" class="figure">{{words.history.run}}</th>
    <th scope="col" role="columnheader">{{words.history.outcome}}</th>
    </tr></thead>
    <tbody role="rowgroup">
    {{#history}}
    <tr role="row">
    <th scope="row" role="rowheader" class="moment">{{#at}}{{>time}}{{/at}}</th>
    <td role="cell" data-label="{{words.history.who}}">{{by}}{{#byID}} <code>{{.}}</code>{{/byID}}</td>
    <td role="cell" data-label="{{words.history.what}}">{{what}}</td>
    <td role="cell" class="figure" data-label="{{words.history.run}}">{{#run}}{{.}}{{/run}}</td>
    <td role="cell" data-label="{{words.history.outcome}}">{{outcome}}</td>
    </tr>
    {{/history}}
    </tbody>
    </table>
    """#
}
