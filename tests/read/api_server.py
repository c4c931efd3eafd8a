"""An API server on loopback, with or without TLS, that does what a test wants: lists in pages, refuses, hangs, breaks off."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import trustme

from planner.read.live.resources import KUBERNETES, PODS

SERVED = {each.path: f"{each.kind}List" for each in (*KUBERNETES, PODS)}


class Server:
    """Serves `lists` two items a page; `answers` take precedence, one by one, where there are any for a path.

    An answer is a status with a body, or a function of the request that writes what it wants. `groups` are the custom resources
    that the server tells of.
    """

    def __init__(self, tls=None):
        self.lists = {}
        self.answers = {}
        self.asked = []
        self.headers = []
        self.groups = []
        self.aggregates = True
        self.closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request, client_address):
                """Clients that refuse a certificate or lose their patience are what the tests are about."""

            def finish_request(self, request, client_address):
                if tls is None:
                    super().finish_request(request, client_address)
                else:
                    with tls.wrap_socket(request, server_side=True) as wrapped:
                        super().finish_request(wrapped, client_address)

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.server.closing, self.server.answers = self.closing, self.answers
        self.port = self.server.server_port
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def told(self, header):
        """Return what the requests said in a header."""
        return {tuple(each.get_all(header, [])) for each in self.headers}

    def answer(self, request):
        url = urlparse(request.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.asked.append((url.path, query))
        self.headers.append(request.headers)
        planned = self.answers.get(url.path) or self.answers.get("*")
        found = planned.pop(0) if planned else None
        if callable(found):
            found(request)
            return
        send(request, *(found or self.page(url.path, query)))

    def page(self, path, query):
        if path == "/apis":
            return 200, json.dumps(self.discovery()).encode()
        for group in self.groups:
            if path == f"/apis/{group['name']}/{group['version']}":
                resources = [{"name": name, "kind": kind, "verbs": ["list"]} for kind, name in group["kinds"].items()]
                return 200, json.dumps({"kind": "APIResourceList", "resources": resources}).encode()
        if path not in self.lists:
            empty = json.dumps({"kind": SERVED.get(path), "metadata": {}, "items": None}).encode()
            return (200, empty) if path in SERVED else (404, b"404 page not found\n")
        items, start = self.lists[path], int(query.get("continue", 0))
        end = start + 2 if "limit" in query else len(items)
        meta = {"continue": str(end)} if end < len(items) else {}
        return 200, json.dumps({"kind": SERVED.get(path, "AList"), "metadata": meta, "items": items[start:end]}).encode()

    def discovery(self):
        if not self.aggregates:
            groups = [{"name": group["name"], "versions": [{"version": group["version"]}]} for group in self.groups]
            return {"kind": "APIGroupList", "groups": groups}
        items = []
        for group in self.groups:
            resources = [
                {"resource": name, "responseKind": {"kind": kind}, "verbs": ["get", "list"]}
                for kind, name in group["kinds"].items()
            ]
            versions = [{"version": group["version"], "resources": resources}]
            items.append({"metadata": {"name": group["name"]}, "versions": versions})
        return {"kind": "APIGroupDiscoveryList", "items": items}

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def send(request, status, body=None, length=None, encoding=None):
    if body is None:
        body = json.dumps({"kind": "Status", "code": status, "message": f"no: {status}"}).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    if encoding:
        request.send_header("Content-Encoding", encoding)
    request.send_header("Content-Length", str(length or len(body)))
    request.end_headers()
    request.wfile.write(body)
    if length:
        request.close_connection = True


class Authority:
    """A certificate authority that makes certificates for 127.0.0.1, also wrong ones."""

    def __init__(self, folder):
        self.ca = trustme.CA()
        self.folder = folder
        self.file = str(folder / "ca.pem")
        self.ca.cert_pem.write_to_path(self.file)

    def server(self, name="127.0.0.1", clients=False, **options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(name, **options).configure_cert(context)
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            # With TLS 1.3 the refusal races with the request: it may be overtaken by the end of the connection.
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            self.ca.configure_trust(context)
        return context

    def client(self, **options):
        issued = self.ca.issue_cert("someone", **options)
        certificate, key = self.folder / "client.pem", self.folder / "client.key"
        issued.cert_chain_pems[0].write_to_path(certificate)
        issued.private_key_pem.write_to_path(key)
        return {"client-certificate": str(certificate), "client-key": str(key)}


def write_kubeconfig(folder, url, cluster=None, user=None):
    path = folder / "kubeconfig"
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "here",
                "clusters": [{"name": "c", "cluster": {"server": url, **(cluster or {})}}],
                "users": [{"name": "u", "user": {"token": "not-a-secret"} if user is None else user}],
                "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
            }
        )
    )
    return str(path)
