/// A plan: what changes, unit by unit.
enum PlanTemplate {
  /// The page of the plan of the moment.
  static let text = #"""
    {{<frame}}
    {{$main}}
    <h1>{{frame.title}}</h1>
    <p>{{words.plan.lead}}</p>
    {{#plan}}{{>plan-view}}{{/plan}}
    {{#hasChanges}}
    <section class="panel decide" aria-labelledby="decision">
    <h2 id="decision">{{words.plan.carryOut}}</h2>
    <p>{{words.plan.carryOutLead}}</p>
    <form method="post" action="{{place}}/reconcile">{{>token}}
    <p><button class="primary" type="submit">{{words.provider.reconcile}}</button></p></form>
    </section>
    {{/hasChanges}}
    {{/main}}
    {{/frame}}
    """#

  /// The plan itself, on every page that shows one.
  static let view = #"""
    <section class="plan" aria-labelledby="plan">
    <h2 id="plan">{{words.plan.heading}}</h2>
    <p>{{sentence}}</p>
    {{^isEmpty}}
    <ul class="tally">
    {{#counts}}
    <li class="act-{{action}}"><span class="sign" aria-hidden="true">{{sign}}</span>
    <strong>{{count}}</strong> {{word}}</li>
    {{/counts}}
    </ul>
    {{/isEmpty}}
    {{#hasGuards}}
    <div class="guards">
    <h3>{{words.plan.guards}}</h3>
    <ul>{{#guards}}<li><strong>{{sentence}}</strong> <span>{{meaning}}</span></li>{{/guards}}</ul>
    </div>
    {{/hasGuards}}
    {{#hasContents}}
    <nav class="contents" aria-label="{{words.plan.contents}}"><ul>
    {{#groups}}
    <li><a href="#unit-{{group}}">{{heading}}</a> <span class="hush">{{count}}</span></li>
    {{/groups}}
    {{#hasRoles}}<li><a href="#roles">{{words.plan.roles}}</a> <span class="hush">{{rolesCount}}</span></li>
    {{/hasRoles}}
    </ul></nav>
    {{/hasContents}}
    {{#groups}}
    <section class="unit" aria-labelledby="unit-{{group}}">
    <h3 id="unit-{{group}}">{{heading}} <span class="hush">{{count}}</span></h3>
    <ol class="changes">
    {{#changes}}
    {{>plan-change}}
    {{/changes}}
    </ol>
    </section>
    {{/groups}}
    {{#hasRoles}}
    {{>plan-roles}}
    {{/hasRoles}}
    </section>
    """#

  /// One change of one entry.
  static let change = #"""
    <li class="change act-{{action}}" id="change-{{number}}">
    <div class="change-head">
    <h4><span class="number">{{number}}</span>
    <span class="act"><span class="sign" aria-hidden="true">{{sign}}</span> {{word}}</span>
    {{kind}} {{#name}}<strong>{{.}}</strong> {{/name}}<code>{{id}}</code></h4>
    {{#place}}<p class="hush place">{{words.plan.place}} <code>{{.}}</code></p>{{/place}}
    </div>
    <p class="why">{{why}}</p>
    {{#hasDifferences}}
    <dl class="diff">
    {{#isMoved}}
    <div><dt>{{words.plan.location}}</dt>
    {{#movedFrom}}<dd class="gone"><span class="word">
    <span aria-hidden="true">−</span> {{words.plan.from}}</span>
    <del>{{.}}</del></dd>{{/movedFrom}}
    {{#movedTo}}<dd class="come"><span class="word">
    <span aria-hidden="true">+</span> {{words.plan.to}}</span>
    <ins>{{.}}</ins></dd>{{/movedTo}}
    </div>
    {{/isMoved}}
    {{#attributes}}
    {{>plan-values}}
    {{/attributes}}
    </dl>
    {{/hasDifferences}}
    </li>
    """#

  /// The values that one attribute loses and gains.
  static let values = #"""
    <div><dt><code>{{attribute}}</code></dt>
    {{#pair}}
    <dd class="gone"><span class="word"><span aria-hidden="true">−</span> {{words.plan.removed}}</span>
    <del>{{#old}}{{before}}{{#own}}<mark>{{.}}</mark>{{/own}}{{after}}{{/old}}</del></dd>
    <dd class="come"><span class="word"><span aria-hidden="true">+</span> {{words.plan.added}}</span>
    <ins>{{#new}}{{before}}{{#own}}<mark>{{.}}</mark>{{/own}}{{after}}{{/new}}</ins></dd>
    {{/pair}}
    {{#removed}}
    {{#values}}
    <dd class="gone"><span class="word"><span aria-hidden="true">−</span> {{words.plan.removed}}</span>
    <del>{{.}}</del></dd>
    {{/values}}
    {{#folded}}
    <dd class="gone"><details><summary><span aria-hidden="true">−</span> {{summary}}</summary>
    <ul>{{#rows}}<li><del>{{.}}</del></li>{{/rows}}</ul></details></dd>
    {{/folded}}
    {{/removed}}
    {{#added}}
    {{#values}}
    <dd class="come"><span class="word"><span aria-hidden="true">+</span> {{words.plan.added}}</span>
    <ins>{{.}}</ins></dd>
    {{/values}}
    {{#folded}}
    <dd class="come"><details><summary><span aria-hidden="true">+</span> {{summary}}</summary>
    <ul>{{#rows}}<li><ins>{{.}}</ins></li>{{/rows}}</ul></details></dd>
    {{/folded}}
    {{/added}}
    </div>
    """#

  /// The roles that follow from the changes.
  static let roles = #"""
    <section class="unit" aria-labelledby="roles">
    <h3 id="roles">{{words.plan.roles}} <span class="hush">{{rolesCount}}</span></h3>
    <p>{{words.plan.rolesLead}}</p>
    <table class="stack" role="table" aria-labelledby="roles">
    <thead role="rowgroup"><tr role="row">
    <th scope="col" role="columnheader">{{words.plan.person}}</th>
    <th scope="col" role="columnheader">{{words.plan.effect}}</th>
    <th scope="col" role="columnheader">{{words.plan.role}}</th>
    <th scope="col" role="columnheader">{{words.plan.target}}</th>
    <th scope="col" role="columnheader">{{words.plan.why}}</th>
    </tr></thead>
    <tbody role="rowgroup">
    {{#roles}}
    <tr role="row">
    <th scope="row" role="rowheader">{{#personName}}{{.}} {{/personName}}<code>{{personID}}</code></th>
    <td role="cell" data-label="{{words.plan.effect}}"><span class="effect {{class}}">
    <span aria-hidden="true">{{sign}}</span> {{word}}</span></td>
    <td role="cell" data-label="{{words.plan.role}}">{{role}}</td>
    <td role="cell" data-label="{{words.plan.target}}">{{target}}</td>
    <td role="cell" data-label="{{words.plan.why}}">{{why}}</td>
    </tr>
    {{/roles}}
    </tbody>
    </table>
    </section>
    """#
}
