/// The page of one provider.
enum ProviderTemplate {
  static let text = #"""
    {{<frame}}
    {{$main}}
    <div class="title">
    <h1>{{frame.title}}</h1>
    <p class="hush">{{words.provider.identity}} <code>{{id}}</code></p>
    </div>
    <p class="stand">{{#state}}<span class="badge state-{{kind}}">
    <span aria-hidden="true">{{sign}}</span> {{word}}</span>{{/state}} {{sentence}}</p>
    {{>provider-work}}
    <div class="columns">
    <section class="panel" aria-labelledby="upload">
    <h2 id="upload">{{words.provider.upload}}</h2>
    <p>{{words.provider.uploadLead}}</p>
    <form method="post" action="{{place}}/proposals" enctype="multipart/form-data">
    {{>token}}
    <p class="field"><label for="file">{{words.provider.fileField}}</label>
    <span class="help" id="file-help">{{words.provider.fileHelp}}</span>
    <input type="file" id="file" name="file" accept=".yaml,.yml,.ldif" required
     aria-describedby="file-help"></p>
    <p class="field"><label for="note">{{words.provider.noteField}}</label>
    <span class="help" id="note-help">{{words.provider.noteHelp}}</span>
    <input type="text" id="note" name="note" maxlength="500" autocomplete="off"
     aria-describedby="note-help"></p>
    <p><button class="primary" type="submit">{{words.provider.uploadButton}}</button></p>
    </form>
    </section>
    <section class="panel" aria-labelledby="force">
    <h2 id="force">{{words.provider.inForce}}</h2>
    <dl class="facts">
    <div><dt>{{words.provider.file}}</dt>
    {{#file}}<dd>{{serial}}</dd>{{/file}}
    {{^file}}<dd>{{words.provider.noFile}}</dd>{{/file}}
    </div>
    {{#file}}
    <div><dt>{{words.provider.uploaded}}</dt><dd>{{#at}}{{>time}}{{/at}}, {{by}}</dd></div>
    {{/file}}
    <div><dt>{{words.provider.mandate}}</dt>
    <dd>{{#mandateFrom}}{{>time}}{{/mandateFrom}} –
    {{#mandateTo}}{{>time}}{{/mandateTo}}{{^mandateTo}}{{words.provider.openEnded}}{{/mandateTo}}</dd></div>
    <div><dt>{{words.provider.mandateGiven}}</dt><dd>{{mandateGiven}}</dd></div>
    </dl>
    <form method="post" action="{{place}}/reconcile" class="inline">
    {{>token}}
    <button type="submit">{{words.provider.reconcile}}</button>
    <p class="help">{{words.provider.reconcileHelp}}</p>
    </form>
    <ul class="ways">
    <li><a href="{{place}}/plan">{{words.provider.planNow}}</a>
    <span class="help">{{words.provider.planNowHelp}}</span></li>
    <li><a href="{{place}}/state.yaml" download="">{{words.provider.download}}</a>
    <span class="help">{{words.provider.downloadHelp}}</span></li>
    <li><a href="{{place}}/explain">{{words.provider.explain}}</a>
    <span class="help">{{words.provider.explainHelp}}</span></li>
    </ul>
    </section>
    </div>
    <section aria-labelledby="latest">
    <h2 id="latest">{{words.provider.latest}}</h2>
    {{#hasHistory}}{{>events}}{{/hasHistory}}
    {{^hasHistory}}<p class="calm">{{words.provider.noHistory}}</p>{{/hasHistory}}
    <p><a href="{{place}}/history">{{words.provider.allHistory}}</a></p>
    </section>
    {{/main}}
    {{/frame}}
    """#

  /// What asks for the ombud's attention, before anything else.
  static let work = #"""
    {{#hasPlans}}
    <section class="attend" aria-labelledby="waiting">
    <h2 id="waiting">{{words.provider.waiting}}</h2>
    <ul class="rows">
    {{#plans}}
    <li><p><a href="{{link}}">{{words.provider.plan}} <code>{{code}}</code></a>
    <span class="hush">{{words.provider.since}} {{#since}}{{>time}}{{/since}}</span></p>
    <ul>{{#reasons}}<li>{{.}}</li>{{/reasons}}</ul></li>
    {{/plans}}
    </ul>
    </section>
    {{/hasPlans}}
    {{#hasWork}}
    <div class="columns">
    {{#hasRequests}}
    <section class="underway" aria-labelledby="requests">
    <h2 id="requests">{{words.provider.underWay}}</h2>
    <ul class="rows">
    {{#requests}}
    <li><p><a href="{{link}}">{{what}}</a>
    {{#state}}<span class="badge run-{{kind}}">
    <span aria-hidden="true">{{sign}}</span> {{word}}</span>{{/state}}
    <span class="hush">{{words.provider.since}} {{#since}}{{>time}}{{/since}}</span></p></li>
    {{/requests}}
    </ul>
    </section>
    {{/hasRequests}}
    {{#hasProposals}}
    <section class="underway" aria-labelledby="proposals">
    <h2 id="proposals">{{words.provider.proposals}}</h2>
    <ul class="rows">
    {{#proposals}}
    <li><p><a href="{{link}}">{{fileName}}</a> {{verdict}}
    <span class="hush">{{#at}}{{>time}}{{/at}}, {{by}}</span></p></li>
    {{/proposals}}
    </ul>
    </section>
    {{/hasProposals}}
    </div>
    {{/hasWork}}
    """#
}
