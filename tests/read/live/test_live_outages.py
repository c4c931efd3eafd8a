"""Whatever keeps a cluster from being read is one clear message, within the time that was given, and nothing is written."""

import contextlib
from datetime import UTC, datetime

import pytest

from planner.errors import BadInput
from planner.read import read_live
from tests.read.api_server import Authority, Server, send, write_kubeconfig

LONG_AGO = datetime(2001, 2, 3, 4, 5, tzinfo=UTC)
NODES = "/api/v1/nodes"


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def serve():
    """Start servers, and end them after the test."""
    with contextlib.ExitStack() as stack:

        def start(tls=None, answer=None):
            found = Server(tls)
            stack.callback(found.close)
            if answer is not None:
                found.answers[NODES] = [answer]
            return found

        yield start


@pytest.fixture
def said(tmp_path, authority):
    """Read a cluster that cannot be read, and return the one message."""

    def read(url, cluster=None, user=None, timeout=20.0):
        trust = {"certificate-authority": authority.file, **(cluster or {})}
        with pytest.raises(BadInput) as caught:
            read_live(None, write_kubeconfig(tmp_path, url, trust, user), None, timeout)
        (fault,) = caught.value.faults
        assert str(fault).count("\n") == 0
        return str(fault)

    return read


def drip_head(request):
    """Send a header that never ends, so slowly that no single read takes long."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    drip(request)


def drip_body(request):
    """Send a body that never ends, so slowly that no single read takes long."""
    request.send_response(200)
    request.send_header("Content-Length", "1000000")
    request.end_headers()
    drip(request)


def drip(request):
    with contextlib.suppress(OSError):
        while not request.server.closing.wait(0.02):
            request.wfile.write(b" ")


def hang(request):
    request.server.closing.wait()


def half_chunked(request):
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    request.wfile.write(b'400\r\n{"items": [')
    request.close_connection = True


def redirect(request):
    request.send_response(302)
    request.send_header("Location", "https://login.example.com/")
    request.send_header("Content-Length", "0")
    request.end_headers()


def endless(request):
    """Always name one more page."""
    request.server.answers[NODES] = [endless]
    send(request, 200, b'{"metadata": {"continue": "more"}, "items": []}')


ANSWERS = [
    pytest.param((401, None), "does not know who you are (401 Unauthorized); log in again", id="whoever is not known"),
    pytest.param((500, None), "answers 500 Internal Server Error: no: 500; try again later", id="an API server in trouble"),
    pytest.param(
        (503, b"upstream\nis down"), "answers 503 Service Unavailable: upstream is down;", id="a proxy without a server"
    ),
    pytest.param((200, b'{"items": ['), "something that is no list", id="JSON that ends early"),
    pytest.param((200, b"[" * 100_000), "something that is no list", id="JSON without end"),
    pytest.param((200, b'{"items": 5}'), "something that is no list", id="JSON of another kind"),
    pytest.param((200, b"<html>"), "check whether a proxy answers", id="a proxy's web page"),
    pytest.param((200, b'{"items": [', 500), "breaks off in the middle of an answer; try again", id="half an answer"),
    pytest.param(half_chunked, "breaks off in the middle of an answer; try again", id="half an answer in chunks"),
    pytest.param(redirect, "sends elsewhere (302 Found): a login page or a proxy answers", id="a login page"),
]


@pytest.mark.parametrize("tls", [True, False], ids=["over TLS", "without TLS"])
@pytest.mark.parametrize(("answer", "message"), ANSWERS)
def test_an_answer_that_is_none_is_said(serve, authority, said, answer, message, tls):
    url = serve(authority.server() if tls else None, answer).url
    found = said(url)
    assert found.startswith(f"cluster here: the API server {url} ")
    assert message in found


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(hang, id="a server that hangs"),
        pytest.param(drip_head, id="a head that drips"),
        pytest.param(drip_body, id="a body that drips"),
        pytest.param(endless, id="a list with always one more page"),
    ],
)
def test_all_of_it_ends_within_the_time_that_was_given(serve, authority, said, answer):
    url = serve(authority.server(), answer).url
    expected = (
        f"cluster here: the API server {url} has not told everything within the 3 s of --timeout (GET {NODES}); "
        "check whether the API server is well and the address right, or raise --timeout"
    )
    assert said(url, timeout=3.0) == expected, "the login before it has its time too"


def test_a_server_that_hangs_in_the_middle_of_the_reading_is_given_up_too(serve, authority, said):
    server = serve(authority.server())
    server.lists[NODES] = [{"metadata": {"name": "node-0"}, "status": {"allocatable": {"cpu": "4"}}}]
    server.answers["/apis"] = [hang]
    assert "within the 1 s of --timeout (GET /apis)" in said(server.url, timeout=1.0)


def test_too_many_requests_are_not_waited_for_longer_than_there_is_time(serve, said):
    def busy(request):
        request.send_response(429)
        request.send_header("Retry-After", "3600")
        request.send_header("Content-Length", "0")
        request.end_headers()

    assert "within the 0.5 s of --timeout" in said(serve(answer=busy).url, timeout=0.5)


def test_a_refused_connection_is_a_fault(said):
    server = Server()
    server.close()
    expected = (
        f"cluster here: the API server {server.url} refuses the connection; "
        "check the address in the kubeconfig, the network and the VPN"
    )
    assert said(server.url) == expected


def test_a_name_that_nobody_knows_is_a_fault(said):
    assert "cannot be found: its name cannot be resolved; check the address" in said("https://nobody.invalid:6443")


def test_a_certificate_of_another_authority_is_a_fault(serve, said, tmp_path):
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    found = said(serve(other.server()).url)
    assert "cannot be trusted: its certificate is not signed by the authority that we know; check certificate-authority" in found


def test_a_certificate_of_the_server_that_has_expired_is_a_fault(serve, authority, said):
    found = said(serve(authority.server(not_after=LONG_AGO)).url)
    assert "cannot be trusted: its certificate has expired; ask who runs it" in found


def test_a_certificate_for_another_address_is_a_fault(serve, authority, said):
    found = said(serve(authority.server("127.0.0.9")).url)
    assert "cannot be trusted: its certificate is for another address; check the address and tls-server-name" in found


def test_tls_where_none_is_spoken_is_a_fault(serve, said):
    found = said(serve().url.replace("http:", "https:"))
    assert "does not speak TLS at this address" in found


def test_a_client_certificate_that_is_refused_says_until_when_it_was_valid(serve, authority, said):
    user = authority.client(not_after=LONG_AGO)
    found = said(serve(authority.server(), (401, None)).url, user=user)
    assert "(401 Unauthorized): the client certificate in the kubeconfig is valid until 2001-02-03 04:05 UTC; log in" in found


def test_a_client_certificate_that_has_expired_is_said_where_the_server_insists_on_one(serve, authority, said):
    user = authority.client(not_after=LONG_AGO)
    found = said(serve(authority.server(clients=True)).url, user=user)
    assert "does not accept the client certificate: it has expired; renew the client certificate" in found


def test_a_client_certificate_that_is_missing_is_said_where_the_server_insists_on_one(serve, authority, said):
    assert "does not accept the client certificate, or misses one; check the certificates" in said(
        serve(authority.server(clients=True)).url
    )


def test_no_certificate_is_asked_for_where_the_kubeconfig_says_so(serve, tmp_path, recwarn):
    (tmp_path / "other").mkdir()
    server = serve(Authority(tmp_path / "other").server(), (401, None))
    kubeconfig = write_kubeconfig(tmp_path, server.url, {"insecure-skip-tls-verify": True})
    with pytest.raises(BadInput, match="401 Unauthorized"):
        read_live(None, kubeconfig, None)
    assert not recwarn.list


@pytest.mark.parametrize("token", ["geheim\nnis", "geheim\u20acnis"])
def test_credentials_that_http_cannot_carry_are_a_fault_and_are_not_shown(serve, said, token):
    found = said(serve().url, user={"token": token})
    assert "HTTP cannot carry the credentials in the kubeconfig; log in again" in found
    assert "geheim" not in found


def test_a_client_certificate_that_is_none_is_a_fault(serve, authority, said, tmp_path):
    (tmp_path / "no.pem").write_text("nothing")
    user = {"client-certificate": str(tmp_path / "no.pem"), "client-key": str(tmp_path / "no.pem")}
    assert "TLS does not work; check the certificates in the kubeconfig" in said(serve(authority.server()).url, user=user)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_no_time_at_all_is_a_fault(serve, said, timeout):
    assert "--timeout: must be more than 0 seconds" in said(serve().url, timeout=timeout)


def test_all_the_time_in_the_world_is_enough(serve, said):
    assert "401" in said(serve(answer=(401, None)).url, timeout=float("inf"))


@pytest.mark.parametrize("text", ["", "{", "a: [", "- 1", "clusters: 5", "\x00"])
def test_a_broken_kubeconfig_is_a_fault(tmp_path, text):
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"cannot be used: .+; check --kubeconfig and --context"):
        read_live(None, str(path), None)


def test_a_kubeconfig_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(BadInput, match="cannot be used"):
        read_live(None, str(tmp_path / "none"), None)


def login(*command):
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": command[0], "args": list(command[1:])}}


@pytest.mark.parametrize(
    ("command", "message"),
    [
        pytest.param(("sh", "-c", "echo token expired >&2; exit 3"), "process returned 3. token expired", id="that fails"),
        pytest.param(("sh", "-c", "echo nonsense"), "failed to decode process output", id="that says nothing of use"),
        pytest.param(("no-such-login-program",), "No such file or directory", id="that is not there"),
    ],
)
def test_a_login_program(tmp_path, capfd, command, message):
    with pytest.raises(BadInput) as caught:
        read_live(None, write_kubeconfig(tmp_path, "https://127.0.0.1:1", user=login(*command)), None)
    (fault,) = caught.value.faults
    assert fault.reason.startswith("its login program does not work: ")
    assert message in fault.reason
    assert capfd.readouterr().err == ""


def test_a_login_program_that_hangs_is_given_up(tmp_path):
    waiting = login("sleep", "30")
    with pytest.raises(BadInput, match=r"its login program does not end within the 0\.5 s of --timeout"):
        read_live(None, write_kubeconfig(tmp_path, "https://127.0.0.1:1", user=waiting), None, 0.5)


POLICY = "{apiVersion: ringfence.dev/v1alpha1, kind: TrustPolicy, metadata: {name: p}, spec: {levels: [a], untagged: a}}"


@pytest.mark.parametrize(
    ("answer", "timeout", "message"),
    [
        pytest.param((401, None), 20, "does not know who you are (401 Unauthorized)", id="401"),
        pytest.param((403, None), 20, "you may not list nodes (403 Forbidden)", id="403"),
        pytest.param(drip_body, 1, "has not told everything within the 1 s of --timeout", id="a server that drips"),
        pytest.param((200, b"{}"), 20, "answers with something that is no list", id="an answer without a list"),
        pytest.param((200, b'{"kind": "Status"}'), 20, "no list: an object of kind Status", id="a Status that is called well"),
    ],
)
def test_the_command_line_says_it_once_writes_nothing_and_leaves_with_2(
    serve, authority, tmp_path, ringfence, answer, timeout, message
):
    url = serve(authority.server(), answer).url
    kubeconfig = write_kubeconfig(tmp_path, url, {"certificate-authority": authority.file})
    (tmp_path / "trust.yaml").write_text(POLICY)
    before = sorted(path.name for path in tmp_path.iterdir())
    given = ("--kubeconfig", kubeconfig, "--policy", "trust.yaml", "--timeout", timeout, "-o", "plan.yaml")
    done = ringfence("plan", *given, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
