/// An uploaded file: what is wrong with it, or what it would change.
enum ProposalTemplate {
  static let text = #"""
    {{<frame}}
    {{$main}}
    <div class="title">
    <h1>{{frame.title}}</h1>
    <p class="hush"><code>{{fileName}}</code> · {{#at}}{{>time}}{{/at}} · {{by}}</p>
    </div>
    {{#note}}<p class="quote"><span class="hush">{{words.proposal.note}}</span> {{.}}</p>{{/note}}
    <p class="stand">{{verdict}}
    {{#plan}}<a href="#decision">{{words.proposal.toDecision}}</a>{{/plan}}</p>
    {{#hasFindings}}{{>findings}}{{/hasFindings}}
    {{^isSound}}
    <section class="panel" aria-labelledby="decision">
    <h2 id="decision">{{words.proposal.mend}}</h2>
    <p>{{words.proposal.mendLead}}</p>
    <form method="post" action="{{place}}/discard">{{>token}}
    <p><button type="submit">{{words.proposal.discard}}</button></p></form>
    </section>
    {{/isSound}}
    {{#plan}}{{>plan-view}}{{/plan}}
    {{#isSound}}
    <section class="panel decide" aria-labelledby="decision">
    <h2 id="decision">{{words.proposal.decision}}</h2>
    <p>{{words.proposal.decisionLead}}</p>
    <div class="choices">
    <form method="post" action="{{place}}/accept">{{>token}}
    <p><button class="primary" type="submit">{{words.proposal.accept}}</button></p></form>
    <form method="post" action="{{place}}/discard">{{>token}}
    <p><button type="submit">{{words.proposal.discard}}</button></p></form>
    </div>
    </section>
    {{/isSound}}
    {{/main}}
    {{/frame}}
    """#

  /// Each finding with the line it is about.
  static let findings = #"""
    <section aria-labelledby="findings">
    <h2 id="findings">{{words.proposal.findings}}</h2>
    <ol class="findings">
    {{#findings}}
    <li class="finding finding-{{severity}}">
    <p class="message"><span class="badge finding-badge">
    <span aria-hidden="true">{{sign}}</span> {{word}}</span>
    <strong{{#isEnglish}} lang="en"{{/isEnglish}}>{{message}}</strong></p>
    {{#excerpt}}
    <p class="source">{{#line}}<span class="line">{{.}}</span>{{/line}}
    <code>{{before}}{{#word}}<mark>{{.}}</mark>{{/word}}{{after}}</code></p>
    {{/excerpt}}
    {{#advice}}<p class="advice"{{#isEnglish}} lang="en"{{/isEnglish}}>{{.}}</p>{{/advice}}
    <p class="hush">{{#place}}{{words.proposal.place}} {{.}} · {{/place}}<code>{{code}}</code></p>
    </li>
    {{/findings}}
    </ol>
    </section>
    """#
}
