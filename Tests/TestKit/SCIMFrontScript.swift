/// What ``SCIMFront`` runs.
///
/// A fault is an object with `on` (a method, `*` for any), `path` and `body` (texts that are in it), `skip` and `times`
/// (how often it is not done, and is done), and `do`: `answer` (`status`, `headers`, `text`, without anything done),
/// `after` (the same when it has been done), `drop` and `dropAfter` (no answer), `hang` and `hangAfter` (none, ever),
/// `half` (half of the answer), `slow` (`seconds` late), `wait` (answered, and sent when the file `go` is there), `stale` (what a GET of the same was answered first),
/// `huge` (`size` octets of white space before the answer), `unchanged` (200 with the resource as it is).
let scimFrontScript = #"""
  import http.client, http.server, json, os, re, socket, ssl, sys, threading, time, urllib.parse

  folder = sys.argv[1]
  options = json.load(open(folder + "/options.json"))
  lock = threading.Lock()
  log = open(folder + "/log", "a")
  first_answers = {}
  faults, faults_text, counts = [], None, {}
  store = {"Users": {}, "Groups": {}}
  serial = [0]


  def touch(kind, resource):
      serial[0] += 1
      resource["meta"] = {"resourceType": kind[:-1]}
      if options["etag"]:
          resource["meta"]["version"] = 'W/"%d"' % serial[0]
      store[kind][resource["id"]] = resource


  for kind in store:
      for resource in options[kind]:
          touch(kind, resource)


  def fault_for(method, path, body):
      global faults, faults_text
      text = open(folder + "/faults.json").read()
      if text != faults_text:
          faults, faults_text = json.loads(text), text
          counts.clear()
      for index, fault in enumerate(faults):
          if fault.get("on", "*") not in ("*", method):
              continue
          if fault.get("path", "") not in path or fault.get("body", "") not in body:
              continue
          counts[index] = counts.get(index, 0) + 1
          seen = counts[index] - fault.get("skip", 0)
          if 0 < seen <= fault.get("times", 1 << 30):
              return fault
      return None


  def error(status, kind=None):
      body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status), "detail": "SECRET-DETAIL"}
      if kind:
          body["scimType"] = kind
      return status, {}, json.dumps(body)


  def shown(status, resource):
      headers = {"ETag": resource["meta"]["version"]} if "version" in resource["meta"] else {}
      return status, headers, json.dumps(resource)


  def matches(resource, text):
      for part in text.split(" or "):
          name, value = re.fullmatch(r"([\w.]+) eq (.*)", part).groups()
          if options["ignoresFilters"]:
              return True
          if "." in name:
              name, member = name.split(".")
              if any(element.get(member) == json.loads(value) for element in resource.get(name, [])):
                  return True
          elif resource.get(name) == json.loads(value):
              return True
      return False


  def listed(kind, query):
      found = list(store[kind].values())
      if "filter" in query:
          found = [resource for resource in found if matches(resource, query["filter"])]
      start = int(query.get("startIndex", 1))
      page = found[start - 1 : start - 1 + int(query.get("count", 100))]
      return 200, {}, json.dumps(
          {"totalResults": len(found), "startIndex": start, "itemsPerPage": len(page), "Resources": page})


  def patch(resource, operations):
      for operation in operations:
          path = operation["path"]
          if operation["op"] == "add":
              known = [element["value"] for element in resource.get(path, [])]
              more = [element for element in operation["value"] if element["value"] not in known]
              if any(element["value"].endswith("Unknown") for element in more):
                  return error(400, "invalidValue")
              resource[path] = resource.get(path, []) + more
          else:
              name, value = re.fullmatch(r"(\w+)\[value eq (.*)\]", path).groups()
              resource[name] = [element for element in resource.get(name, []) if element["value"] != json.loads(value)]
      return None


  def small(method, path, query, body, headers):
      if options.get("token") and headers.get("Authorization") != "Bearer " + options["token"]:
          return error(401)
      parts = path.split("/")[2:]
      if parts == ["ServiceProviderConfig"]:
          return 200, {}, json.dumps({"patch": {"supported": options["patch"]}, "etag": {"supported": options["etag"]}})
      if parts[0] not in store:
          return error(404)
      kind = parts[0]
      if len(parts) == 1:
          if method == "GET":
              return listed(kind, query)
          if "userName" in body and any(user["userName"] == body["userName"] for user in store[kind].values()):
              return error(409, "uniqueness")
          body["id"] = "made-%d" % len(store[kind])
          touch(kind, body)
          return shown(201, body)
      resource = store[kind].get(parts[1])
      if resource is None:
          return error(404)
      if method == "GET":
          return shown(200, resource)
      if headers.get("If-Match") not in (None, resource["meta"].get("version")):
          return error(412)
      if method == "PUT":
          body["id"] = parts[1]
          touch(kind, body)
          return shown(200, body)
      if not options["patch"]:
          return error(501)
      changed = json.loads(json.dumps(resource))
      wrong = patch(changed, body["Operations"])
      if wrong:
          return wrong
      touch(kind, changed)
      return shown(200, changed) if "attributes" in query else (204, shown(200, changed)[1], "")


  def behind(method, target, body, headers):
      connection = http.client.HTTPConnection("127.0.0.1", options["backend"], timeout=60)
      kept = {name: headers[name] for name in ("Authorization", "If-Match", "Content-Type", "Accept") if name in headers}
      connection.request(method, target, body.encode() if body else None, kept)
      answer = connection.getresponse()
      text = answer.read().decode()
      wanted = {name: answer.headers[name] for name in ("ETag", "Location", "Retry-After") if name in answer.headers}
      return answer.status, wanted, text


  class Handler(http.server.BaseHTTPRequestHandler):
      protocol_version = "HTTP/1.1"

      def setup(self):
          if tls:
              self.request = tls.wrap_socket(self.request, server_side=True)
          super().setup()

      def finish(self):
          super().finish()
          self.request.close()

      def log_message(self, *ignored):
          pass

      def do(self):
          body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
          split = urllib.parse.urlsplit(self.path)
          query = dict(urllib.parse.parse_qsl(split.query))
          path = urllib.parse.unquote(split.path)
          with lock:
              print(json.dumps({
                  "method": self.command, "path": path + ("?" + urllib.parse.unquote(split.query) if split.query else ""),
                  "body": body, "version": self.headers.get("If-Match"),
                  "authorization": self.headers.get("Authorization")}), file=log, flush=True)
              fault = fault_for(self.command, self.path, body)
          self.serve(fault or {"do": None}, lambda: self.answer(path, query, body))

      do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

      def answer(self, path, query, body):
          if "backend" in options:
              return behind(self.command, self.path, body, self.headers)
          with lock:
              return small(self.command, path, query, json.loads(body) if body else None, self.headers)

      def serve(self, fault, answer):
          what = fault["do"]
          if what in ("dropAfter", "hangAfter", "after"):
              answer()
          if what in ("drop", "dropAfter"):
              self.close_connection = True
          elif what in ("hang", "hangAfter"):
              self.rfile.read(1)
              self.close_connection = True
          elif what in ("answer", "after"):
              self.reply(fault["status"], fault.get("headers", {}), fault.get("text", ""))
          elif what == "unchanged":
              self.command = "GET"
              split = urllib.parse.urlsplit(self.path)
              self.reply(*self.answer(urllib.parse.unquote(split.path), {}, ""))
          elif what == "stale":
              with lock:
                  kept = first_answers.get(self.path)
              kept = kept or answer()
              self.reply(*kept)
          else:
              if what == "slow":
                  time.sleep(fault["seconds"])
              status, headers, text = answer()
              while what == "wait" and not os.path.exists(folder + "/go"):
                  time.sleep(0.005)
              if self.command == "GET":
                  with lock:
                      first_answers.setdefault(self.path, (status, headers, text))
              if what == "huge":
                  text = " " * fault["size"] + text
              self.reply(status, headers, text, half=what == "half")

      def reply(self, status, headers, text, half=False):
          octets = text.encode()
          self.send_response(status)
          for name, value in headers.items():
              self.send_header(name, value)
          if status != 204:
              self.send_header("Content-Type", "application/scim+json")
              self.send_header("Content-Length", str(len(octets)))
          self.end_headers()
          if half:
              octets = octets[: len(octets) // 2]
              self.close_connection = True
          self.wfile.write(octets)


  class Server(http.server.ThreadingHTTPServer):
      daemon_threads = True
      request_queue_size = 64

      def handle_error(self, *ignored):
          pass


  tls = None
  if "certificate" in options:
      tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      tls.load_cert_chain(options["certificate"], options["key"])
      if "clients" in options:
          tls.load_verify_locations(options["clients"])
          tls.verify_mode = ssl.CERT_REQUIRED
  server = Server(("127.0.0.1", 0), Handler)
  with open(folder + "/port.new", "w") as file:
      file.write(str(server.server_address[1]))
  os.rename(folder + "/port.new", folder + "/port")
  server.serve_forever()
  """#
