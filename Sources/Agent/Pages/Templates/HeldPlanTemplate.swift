/// A plan that waits, and the decision about it.
enum HeldPlanTemplate {
  static let text = #"""
    {{<frame}}
    {{$main}}
    <div class="title">
    <h1>{{frame.title}}</h1>
    <p class="hush">{{words.held.since}} {{#since}}{{>time}}{{/since}} ·
    {{words.held.askedBy}} {{askedBy}}</p>
    </div>
    <p class="stand">{{progress}} <a href="#decision">{{words.proposal.toDecision}}</a></p>
    {{#hasApprovals}}
    <section aria-labelledby="approvals">
    <h2 id="approvals">{{words.held.approvals}}</h2>
    <ul class="rows">
    {{#approvals}}
    <li><p><strong>{{by}}</strong> <span class="hush">{{#at}}{{>time}}{{/at}}</span></p>
    <p class="quote">{{reason}}</p></li>
    {{/approvals}}
    </ul>
    </section>
    {{/hasApprovals}}
    {{#plan}}{{>plan-view}}{{/plan}}
    <section class="panel decide" aria-labelledby="decision">
    <h2 id="decision">{{words.held.decision}}</h2>
    {{#standing}}<p class="notice notice-info">{{.}}</p>{{/standing}}
    <div class="choices">
    {{#mayApprove}}
    <form method="post" action="{{place}}/approve">{{>token}}
    <p class="field"><label for="reason">{{words.held.reason}}</label>
    <span class="help" id="reason-help">{{words.held.reasonHelp}}</span>
    <textarea id="reason" name="reason" rows="3" maxlength="1000" required
     aria-describedby="reason-help"></textarea></p>
    <p class="check"><input type="checkbox" id="read" name="read" value="yes" required>
    <label for="read">{{words.held.read}}</label></p>
    <p><button class="primary" type="submit">{{words.held.approve}}</button></p>
    </form>
    {{/mayApprove}}
    {{#mayCancel}}
    <form method="post" action="{{place}}/cancel">{{>token}}
    <p class="field"><label for="cancel-reason">{{words.held.cancelReason}}</label>
    <span class="help" id="cancel-help">{{words.held.cancelHelp}}</span>
    <textarea id="cancel-reason" name="reason" rows="3" maxlength="1000" required
     aria-describedby="cancel-help"></textarea></p>
    <p><button type="submit">{{words.held.cancel}}</button></p>
    </form>
    {{/mayCancel}}
    </div>
    </section>
    {{/main}}
    {{/frame}}
    """#
}
