/// The frame of every page, and the smallest parts.
enum FrameTemplate {
  static let text = #"""
    <!DOCTYPE html>
    <html lang="{{words.language}}">
    <head>
    <meta charset="utf-8">
    <title>{{frame.title}} – hsasync</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="stylesheet" href="/style.css">
    {{$head}}{{/head}}
    </head>
    <body>
    <a class="skip" href="#content">{{words.frame.skip}}</a>
    <header class="top">
    <div class="bar">
    <a class="brand" href="/"><strong>hsasync</strong> <span>{{words.frame.tagline}}</span></a>
    <div class="who">
    {{#frame.isKnown}}
    <p><span class="hush">{{words.frame.signedIn}}</span> {{#frame.userName}}{{.}} {{/frame.userName}}
    <code>{{frame.userID}}</code></p>
    {{/frame.isKnown}}
    <nav aria-label="{{words.frame.language}}"><a href="{{frame.languageLink}}"
     lang="{{frame.otherLanguage}}" hreflang="{{frame.otherLanguage}}">{{words.frame.other}}</a></nav>
    </div>
    </div>
    </header>
    <main id="content" tabindex="-1">
    {{#frame.hasTrail}}
    <nav class="trail" aria-label="{{words.frame.trail}}"><ol>
    {{#frame.trail}}<li><a href="{{link}}">{{text}}</a></li>{{/frame.trail}}
    <li aria-current="page">{{frame.title}}</li>
    </ol></nav>
    {{/frame.hasTrail}}
    {{#frame.notice}}
    <div class="notice notice-{{kind}}" role="{{role}}"><p><strong>{{word}}</strong> {{text}}</p></div>
    {{/frame.notice}}
    {{$main}}{{/main}}
    </main>
    {{#frame.isKnown}}<footer class="foot"><p>{{words.frame.foot}}</p></footer>{{/frame.isKnown}}
    </body>
    </html>
    """#

  /// A moment, for reading and for machines.
  static let time = #"""
    <time datetime="{{machine}}">{{moment}}</time>
    """#

  /// The hidden field that proves that a form came from here.
  static let token = #"""
    <input type="hidden" name="csrf" value="{{frame.csrf}}">
    """#
}
