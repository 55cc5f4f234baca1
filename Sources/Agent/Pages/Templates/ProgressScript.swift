/// The one script: it spares the reader of a running request the reloading.
enum ProgressScript {
  static let text = #"""
    // Appends each line the agent tells, and loads the page anew when the request is over.
    (function () {
      "use strict";
      var list = document.getElementById("lines");
      var address = list && list.getAttribute("data-events");
      if (!address) { return; }
      function again() { window.location.reload(); }
      if (!window.EventSource) { window.setTimeout(again, 3000); return; }
      var nothing = document.getElementById("no-lines");
      var known = list.children.length;
      var source = new EventSource(address);
      source.addEventListener("line", function (event) {
        // The id of a line is its number; what the page already shows is passed over.
        var number = parseInt(event.lastEventId, 10);
        if (number <= known) { return; }
        var item = document.createElement("li");
        item.textContent = event.data;
        list.appendChild(item);
        known += 1;
        if (nothing) { nothing.remove(); nothing = null; }
      });
      source.addEventListener("done", function () { source.close(); again(); });
      source.onerror = function () {
        // While it is connecting the browser tries by itself; once closed nobody does.
        if (source.readyState === EventSource.CLOSED) { window.setTimeout(again, 5000); }
      };
    }());
    """#
}
