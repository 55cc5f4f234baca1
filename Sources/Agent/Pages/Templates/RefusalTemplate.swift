/// A page instead of the one that was asked for.
enum RefusalTemplate {
  static let text = #"""
    {{<frame}}
    {{$main}}
    <div class="refusal">
    <p class="hush">{{words.refusal.status}} {{status}}</p>
    <h1>{{frame.title}}</h1>
    <p class="lead">{{sentence}}</p>
    {{#detail}}<p class="quote">{{.}}</p>{{/detail}}
    <h2>{{words.refusal.what}}</h2>
    <p>{{advice}}</p>
    {{#isReadable}}<p><a href="/">{{words.refusal.home}}</a></p>{{/isReadable}}
    {{#reference}}<p class="hush">{{words.refusal.reference}} <code>{{.}}</code></p>{{/reference}}
    </div>
    {{/main}}
    {{/frame}}
    """#
}
