/// Why a person has a role, or has not.
enum ExplainTemplate {
  static let text = #"""
    {{<frame}}
    {{$main}}
    <h1>{{frame.title}}</h1>
    <p>{{words.explain.lead}}</p>
    <form method="get" action="{{place}}" class="panel ask">
    <p class="field"><label for="person">{{words.explain.person}}</label>
    <span class="help" id="person-help">{{words.explain.personHelp}}</span>
    <input type="text" id="person" name="person" value="{{person}}" required autocomplete="off"
     spellcheck="false" aria-describedby="person-help"></p>
    <p class="field"><label for="role">{{words.explain.role}}</label>
    <span class="help" id="role-help">{{words.explain.roleHelp}}</span>
    <input type="text" id="role" name="role" value="{{role}}" autocomplete="off" spellcheck="false"
     aria-describedby="role-help"></p>
    <p><button class="primary" type="submit">{{words.explain.ask}}</button></p>
    </form>
    {{#answer}}
    <section aria-labelledby="answer">
    <h2 id="answer">{{words.explain.answer}}
    {{#personName}}{{.}} {{/personName}}<code>{{personID}}</code></h2>
    {{#isEmpty}}<p class="calm">{{words.explain.none}}</p>{{/isEmpty}}
    <ul class="answers">
    {{#roles}}
    <li class="answer">
    <h3>{{name}} <span class="effect {{class}}"><span aria-hidden="true">{{sign}}</span> {{word}}</span></h3>
    {{#tree}}{{>reasons}}{{/tree}}
    </li>
    {{/roles}}
    </ul>
    </section>
    {{/answer}}
    {{/main}}
    {{/frame}}
    """#

  /// Reasons and the reasons for them, each level within the one above.
  static let reasons = #"""
    <ul class="reasons">{{#reasons}}<li>{{text}}{{#tree}}{{>reasons}}{{/tree}}</li>{{/reasons}}</ul>
    """#
}
